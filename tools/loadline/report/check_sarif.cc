#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tools/loadline/report/check_report.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {
namespace {

using judge::CheckVerdict;
using judge::LimitVerdict;
using judge::Outcome;
using results::Json;

Json Text(std::string text) { return Json::Object{{"text", std::move(text)}}; }

Json Rule(const char* id, const char* text) {
  return Json::Object{{"id", id}, {"shortDescription", Text(text)}};
}

Json Artifact(const std::string& path) {
  return Json::Object{{"uri", EscapeUriPath(path == "-" ? "stdin" : path)}};
}

std::string Message(const LimitVerdict& limit) {
  std::string text = absl::StrCat(limit.required(), ": ", OutcomeName(limit.outcome), ", worst ",
                                  limit.WorstText());
  if (!limit.worst_benchmark.empty()) absl::StrAppend(&text, " at ", limit.worst_benchmark);
  absl::StrAppend(&text, ", measured ", limit.benchmarks_measured, " of ",
                  limit.benchmarks_matched);
  if (!limit.explanation.empty()) absl::StrAppend(&text, ": ", limit.explanation);
  return text;
}

// A `level` other than "none" is allowed for failures only.
Json Result(const char* rule, bool pass, std::string message, Json location) {
  return Json::Object{{"ruleId", rule},
                      {"kind", pass ? "pass" : "fail"},
                      {"level", pass ? "none" : "error"},
                      {"message", Text(std::move(message))},
                      {"locations", Json::Array{std::move(location)}}};
}

Json LimitResult(const CheckVerdict& verdict, const LimitVerdict& limit) {
  Json::Object location{
      {"physicalLocation",
       Json::Object{{"artifactLocation", Artifact(verdict.policy)},
                    {"region", Json::Object{{"startLine", limit.limit.where.line},
                                            {"startColumn", limit.limit.where.column}}}}}};
  if (!limit.worst_benchmark.empty()) {
    location.emplace_back("logicalLocations",
                          Json::Array{Json::Object{{"fullyQualifiedName", limit.worst_benchmark}}});
  }
  return Result("limit", limit.outcome == Outcome::kPass, Message(limit), std::move(location));
}

Json FailureResult(const judge::FailedBenchmark& failure) {
  return Result(
      "failed-benchmark", false, absl::StrCat(failure.benchmark, ": ", failure.message),
      Json::Object{
          {"physicalLocation", Json::Object{{"artifactLocation", Artifact(failure.source)}}},
          {"logicalLocations",
           Json::Array{Json::Object{{"fullyQualifiedName", failure.benchmark}}}}});
}

}  // namespace

std::string CheckAsSarif(const CheckVerdict& verdict) {
  Json::Array results;
  for (const LimitVerdict& limit : verdict.limits) results.push_back(LimitResult(verdict, limit));
  for (const auto& failure : verdict.failures) results.push_back(FailureResult(failure));
  for (const std::string& problem : verdict.problems) {
    results.push_back(
        Result("input", false, problem,
               Json::Object{{"physicalLocation",
                             Json::Object{{"artifactLocation", Artifact(verdict.policy)}}}}));
  }
  Json::Object driver{
      {"name", "loadline"},
      {"rules", Json::Array{Rule("limit", "A limit of the policy"),
                            Rule("failed-benchmark", "A benchmark that gave no figure"),
                            Rule("input", "What keeps the input from being judged")}}};
  Json::Object run{{"tool", Json::Object{{"driver", std::move(driver)}}},
                   {"columnKind", "unicodeCodePoints"},
                   {"results", std::move(results)},
                   {"properties", Json::Object{{"headline", verdict.Headline()}}}};
  return WriteJson(Json::Object{
             {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
             {"version", "2.1.0"},
             {"runs", Json::Array{std::move(run)}},
         }) +
         "\n";
}

}  // namespace loadline::report
