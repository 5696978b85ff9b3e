#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tools/loadline/report/check_parts.h"
#include "tools/loadline/report/check_report.h"
#include "tools/loadline/report/sarif.h"

namespace loadline::report {
namespace {

using limits::CheckVerdict;
using limits::LimitVerdict;
using limits::Outcome;

std::string Message(const LimitVerdict& limit) {
  std::string text = absl::StrCat(limit.required(), ": ", OutcomeName(limit.outcome), ", worst ",
                                  limit.WorstText());
  if (!limit.worst_benchmark.empty()) absl::StrAppend(&text, " at ", limit.worst_benchmark);
  absl::StrAppend(&text, ", measured ", limit.benchmarks_measured, " of ",
                  limit.benchmarks_matched);
  if (!limit.explanation.empty()) absl::StrAppend(&text, ": ", limit.explanation);
  return text;
}

SarifResult LimitResult(const CheckVerdict& verdict, const LimitVerdict& limit) {
  return {.rule = "limit",
          .kind = limit.outcome == Outcome::kPass ? SarifKind::kPass : SarifKind::kFail,
          .message = Message(limit),
          .path = verdict.policy,
          .where = limit.limit.where,
          .benchmark = limit.worst_benchmark};
}

}  // namespace

std::vector<SarifResult> CheckSarifResults(const CheckVerdict& verdict) {
  std::vector<SarifResult> results;
  for (const LimitVerdict& limit : verdict.limits) results.push_back(LimitResult(verdict, limit));
  for (const limits::FailedBenchmark& failure : verdict.failures) {
    results.push_back({.rule = "failed-benchmark",
                       .message = absl::StrCat(failure.benchmark, ": ", failure.message),
                       .path = failure.source,
                       .benchmark = failure.benchmark});
  }
  for (const std::string& problem : verdict.problems) {
    results.push_back({.rule = "input", .message = problem, .path = verdict.policy});
  }
  return results;
}

std::vector<SarifRule> CheckSarifRules() {
  return {{"limit", "A limit of the policy"},
          {"failed-benchmark", "A benchmark that gave no figure"},
          {"input", "What keeps the input from being judged"}};
}

std::string CheckAsSarif(const CheckVerdict& verdict) {
  return WriteSarif(CheckSarifRules(), CheckSarifResults(verdict), verdict.Headline());
}

}  // namespace loadline::report
