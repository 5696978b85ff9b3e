#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/loadline/report/check_parts.h"
#include "tools/loadline/report/check_report.h"
#include "tools/loadline/report/junit.h"

namespace loadline::report {
namespace {

using limits::CheckVerdict;
using limits::LimitVerdict;
using limits::Outcome;

std::string Figures(const LimitVerdict& limit) {
  std::string text = absl::StrCat("required ", limit.required(), ", worst ", limit.WorstText());
  if (!limit.worst_benchmark.empty()) absl::StrAppend(&text, " at ", limit.worst_benchmark);
  absl::StrAppend(&text, ", measured ", limit.benchmarks_measured, " of ",
                  limit.benchmarks_matched);
  if (!limit.explanation.empty()) absl::StrAppend(&text, ": ", limit.explanation);
  return text;
}

JunitOutcome OutcomeOf(const LimitVerdict& limit) {
  switch (limit.outcome) {
    case Outcome::kPass:
      return JunitOutcome::kPass;
    case Outcome::kFail:
      return JunitOutcome::kFailure;
    case Outcome::kError:
    case Outcome::kInconclusive:
      return JunitOutcome::kError;
  }
  return JunitOutcome::kError;
}

}  // namespace

void AddCheckCases(const CheckVerdict& verdict, JunitSuite& suite) {
  for (const LimitVerdict& limit : verdict.limits) {
    suite.AddCase(
        "loadline.limit",
        absl::StrCat(limit.required(), " for ", absl::StrJoin(limit.limit.benchmarks, " or ")),
        OutcomeOf(limit), Figures(limit));
  }
  for (const limits::FailedBenchmark& failure : verdict.failures) {
    suite.AddCase("loadline.benchmark", failure.benchmark, JunitOutcome::kError,
                  absl::StrCat(failure.message, " (", failure.source, ")"));
  }
  for (const std::string& problem : verdict.problems) {
    suite.AddCase("loadline.input", problem, JunitOutcome::kError, problem);
  }
}

std::string CheckAsJunit(const CheckVerdict& verdict) {
  JunitSuite suite("loadline check");
  suite.AddProperty("policy", verdict.policy);
  suite.AddProperty("results", absl::StrJoin(verdict.sources, ", "));
  suite.AddProperty("headline", verdict.Headline());
  if (!verdict.reference.empty()) {
    suite.AddProperty("reference", verdict.reference);
    suite.AddProperty("reference_machine", verdict.OnReferenceMachine() ? "true" : "false");
  }
  for (const std::string& note : verdict.notes) suite.AddProperty("note", note);
  AddCheckCases(verdict, suite);
  return suite.Render();
}

}  // namespace loadline::report
