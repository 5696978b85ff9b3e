#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/loadline/report/check_parts.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/compare_report.h"
#include "tools/loadline/report/compare_rows.h"
#include "tools/loadline/report/compare_words.h"
#include "tools/loadline/report/sarif.h"

namespace loadline::report {
namespace {

using compare::CompareVerdict;
using compare::Finding;
using results::ExitCode;

SarifKind KindOf(const CompareRow& row) {
  if (!row.gated) return SarifKind::kInformational;
  switch (row.finding) {
    case Finding::kRegressed:
    case Finding::kFailed:
      return SarifKind::kFail;
    case Finding::kImproved:
    case Finding::kFaster:
    case Finding::kBetter:
    case Finding::kSame:
      return SarifKind::kPass;
    case Finding::kOpen:
    case Finding::kSlower:
    case Finding::kWorse:
      if (row.benchmark->exit_code == ExitCode::kPass) return SarifKind::kInformational;
      break;
    case Finding::kMissing:
    case Finding::kIncomparable:
    case Finding::kVoid:
    case Finding::kTail:
    case Finding::kSkipped:
    case Finding::kChanged:
    case Finding::kNew:
      break;
  }
  return row.benchmark->exit_code == ExitCode::kPass ? SarifKind::kOpen : SarifKind::kFail;
}

std::string FirstOf(const std::vector<std::string>& sources) {
  return sources.empty() ? std::string() : sources.front();
}

}  // namespace

std::string CompareAsSarif(const CompareVerdict& verdict) {
  const std::string path = FirstOf(verdict.candidate.sources);
  std::vector<SarifRule> rules = {
      {"comparison", "A metric of a benchmark, or a benchmark, held against the base"},
      {"environment", "What base and new must have in common"}};
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
                       .kind = difference.refuses() ? SarifKind::kFail : SarifKind::kInformational,
                       .message = difference.Text(),
                       .path = path});
  }
  for (const std::string& reason : verdict.void_reasons) {
    results.push_back({.rule = "comparison", .message = reason, .path = path});
  }
  for (const std::string& problem : verdict.problems) {
    results.push_back({.rule = "input", .message = problem, .path = path});
  }
  for (const SarifRule& rule : CheckSarifRules()) rules.push_back(rule);
  if (verdict.limits.has_value()) {
    for (SarifResult& result : CheckSarifResults(*verdict.limits)) results.push_back(result);
  }
  return WriteSarif(rules, results, Headline(verdict));
}

}  // namespace loadline::report
