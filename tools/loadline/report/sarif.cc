#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/report/report.h"
#include "tools/loadline/report/report_parts.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {
namespace {

using compare::CompareVerdict;
using compare::Finding;
using limits::CheckVerdict;
using limits::LimitVerdict;
using results::ExitCode;
using results::Json;

constexpr absl::string_view kFail = "fail";

struct SarifResult {
  std::string rule;                // the id of one of the rules
  absl::string_view kind = kFail;  // "open" when too little is known to say
  std::string message;
  std::string path;            // the file it is about; "-" is standard input; empty: none
  policy::TextPosition where;  // in that file; line 0: the file as a whole
  std::string benchmark;       // empty: none
};

Json Text(std::string text) { return Json::Object{{"text", std::move(text)}}; }

Json Rule(const char* id, const char* text) {
  return Json::Object{{"id", id}, {"shortDescription", Text(text)}};
}

// Those who show results want a line, so that what is about a whole file is about its first.
Json RegionOf(const policy::TextPosition& where) {
  if (where.line == 0) return Json::Object{{"startLine", 1}};
  return Json::Object{{"startLine", where.line}, {"startColumn", where.column}};
}

// None where there is neither a file nor a benchmark.
Json::Array LocationsOf(const SarifResult& result) {
  Json::Object location;
  if (!result.path.empty()) {
    const std::string uri = EscapeUriPath(result.path == "-" ? "stdin" : result.path);
    location.emplace_back("physicalLocation",
                          Json::Object{{"artifactLocation", Json::Object{{"uri", uri}}},
                                       {"region", RegionOf(result.where)}});
  }
  if (!result.benchmark.empty()) {
    location.emplace_back("logicalLocations",
                          Json::Array{Json::Object{{"fullyQualifiedName", result.benchmark}}});
  }
  if (location.empty()) return {};
  return {Json(std::move(location))};
}

// A log of one run.
std::string WriteSarif(Json::Array rules, const std::vector<SarifResult>& results,
                       const std::string& headline) {
  Json::Array result_list;
  for (const SarifResult& result : results) {
    // A `level` other than "none" is allowed for failures only.
    result_list.push_back(Json::Object{{"ruleId", result.rule},
                                       {"kind", result.kind},
                                       {"level", result.kind == kFail ? "error" : "none"},
                                       {"message", Text(result.message)},
                                       {"locations", LocationsOf(result)}});
  }
  Json::Object driver{{"name", "loadline"}, {"rules", std::move(rules)}};
  Json::Object run{{"tool", Json::Object{{"driver", std::move(driver)}}},
                   {"columnKind", "unicodeCodePoints"},
                   {"results", std::move(result_list)},
                   {"properties", Json::Object{{"headline", headline}}}};
  return WriteJson(Json::Object{
             {"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
             {"version", "2.1.0"},
             {"runs", Json::Array{std::move(run)}},
         }) +
         "\n";
}

Json::Array CheckRules() {
  return {Rule("limit", "A limit of the policy"),
          Rule("failed-benchmark", "A benchmark that gave no figure"),
          Rule("input", "What keeps the input from being judged")};
}

void AddProblems(const std::vector<std::string>& problems, const std::string& path,
                 std::vector<SarifResult>& results) {
  for (const std::string& problem : problems) {
    results.push_back({.rule = "input", .message = problem, .path = path});
  }
}

void AddCheckResults(const CheckVerdict& verdict, std::vector<SarifResult>& results) {
  for (const LimitVerdict& limit : verdict.limits) {
    results.push_back({.rule = "limit",
                       .kind = limit.outcome == limits::Outcome::kPass ? "pass" : kFail,
                       .message = absl::StrCat(limit.required(), ": ", OutcomeName(limit.outcome),
                                               LimitFigures(limit)),
                       .path = verdict.policy,
                       .where = limit.limit.where,
                       .benchmark = limit.worst_benchmark});
  }
  for (const limits::FailedBenchmark& failure : verdict.failures) {
    results.push_back({.rule = "failed-benchmark",
                       .message = absl::StrCat(failure.benchmark, ": ", failure.message),
                       .path = failure.source,
                       .benchmark = failure.benchmark});
  }
  AddProblems(verdict.problems, verdict.policy, results);
}

absl::string_view KindOf(const CompareRow& row) {
  if (!row.gated) return "informational";
  if (row.finding == Finding::kRegressed || row.finding == Finding::kFailed) return kFail;
  if (IsGood(row.finding)) return "pass";
  if (row.benchmark->exit_code != ExitCode::kPass) return kFail;
  return IsHeldToGuard(row.finding) ? "informational" : "open";
}

}  // namespace

std::string AsSarif(const CheckVerdict& verdict) {
  std::vector<SarifResult> results;
  AddCheckResults(verdict, results);
  return WriteSarif(CheckRules(), results, verdict.Headline());
}

std::string AsSarif(const CompareVerdict& verdict) {
  const std::vector<std::string>& sources = verdict.candidate.sources;
  const std::string path = sources.empty() ? std::string() : sources.front();
  Json::Array rules = CheckRules();
  rules.insert(
      rules.begin(),
      {Rule("comparison", "A metric of a benchmark, or a benchmark, held against the base"),
       Rule("environment", "What base and new must have in common")});
  std::vector<SarifResult> results;
  for (const CompareRow& row : RowsOf(verdict)) {
    results.push_back(
        {.rule = "comparison",
         .kind = KindOf(row),
         .message = absl::StrCat(row.benchmark->name, ": ", RowSentence(verdict, row)),
         .path = path,
         .benchmark = row.benchmark->name});
  }
  for (const samples::EnvironmentDifference& difference : verdict.environment) {
    results.push_back({.rule = "environment",
                       .kind = difference.refuses() ? kFail : "informational",
                       .message = difference.Text(),
                       .path = path});
  }
  for (const std::string& reason : verdict.void_reasons) {
    results.push_back({.rule = "comparison", .message = reason, .path = path});
  }
  AddProblems(verdict.problems, path, results);
  if (verdict.limits.has_value()) AddCheckResults(*verdict.limits, results);
  return WriteSarif(std::move(rules), results, Headline(verdict));
}

}  // namespace loadline::report
