#include "tools/loadline/report/sarif.h"

#include <utility>

#include "tools/loadline/report/escape.h"
#include "tools/loadline/results/json.h"

namespace loadline::report {
namespace {

using results::Json;

Json Text(std::string text) { return Json::Object{{"text", std::move(text)}}; }

const char* NameOf(SarifKind kind) {
  switch (kind) {
    case SarifKind::kPass:
      return "pass";
    case SarifKind::kFail:
      return "fail";
    case SarifKind::kOpen:
      return "open";
    case SarifKind::kInformational:
      return "informational";
  }
  return "fail";
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

// A `level` other than "none" is allowed for failures only.
Json ResultAsJson(const SarifResult& result) {
  return Json::Object{{"ruleId", result.rule},
                      {"kind", NameOf(result.kind)},
                      {"level", result.kind == SarifKind::kFail ? "error" : "none"},
                      {"message", Text(result.message)},
                      {"locations", LocationsOf(result)}};
}

}  // namespace

std::string WriteSarif(const std::vector<SarifRule>& rules, const std::vector<SarifResult>& results,
                       const std::string& headline) {
  Json::Array rule_list;
  for (const SarifRule& rule : rules) {
    rule_list.push_back(Json::Object{{"id", rule.id}, {"shortDescription", Text(rule.text)}});
  }
  Json::Array result_list;
  for (const SarifResult& result : results) result_list.push_back(ResultAsJson(result));
  Json::Object driver{{"name", "loadline"}, {"rules", std::move(rule_list)}};
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

}  // namespace loadline::report
