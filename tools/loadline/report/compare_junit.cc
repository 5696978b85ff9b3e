#include <string>

#include "absl/strings/str_cat.h"
#include "tools/loadline/report/check_parts.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/compare_report.h"
#include "tools/loadline/report/compare_rows.h"
#include "tools/loadline/report/compare_words.h"
#include "tools/loadline/report/junit.h"

namespace loadline::report {
namespace {

using compare::CompareVerdict;
using compare::Finding;
using results::ExitCode;

// A row that is too noisy is an error where the policy lets it fail, and skipped where it does not.
JunitOutcome OutcomeOf(const CompareRow& row) {
  if (!row.gated) return JunitOutcome::kSkipped;
  switch (row.finding) {
    case Finding::kRegressed:
      return JunitOutcome::kFailure;
    case Finding::kImproved:
    case Finding::kFaster:
    case Finding::kBetter:
    case Finding::kSame:
      return JunitOutcome::kPass;
    case Finding::kOpen:
    case Finding::kSlower:
    case Finding::kWorse:
      if (row.benchmark->exit_code == ExitCode::kBroken) return JunitOutcome::kFailure;
      if (row.change != nullptr && !row.change->TooNoisyToGate()) return JunitOutcome::kPass;
      break;
    case Finding::kFailed:
    case Finding::kMissing:
    case Finding::kIncomparable:
    case Finding::kVoid:
    case Finding::kTail:
    case Finding::kSkipped:
    case Finding::kChanged:
    case Finding::kNew:
      break;
  }
  return row.benchmark->exit_code == ExitCode::kPass ? JunitOutcome::kSkipped
                                                     : JunitOutcome::kError;
}

}  // namespace

std::string CompareAsJunit(const CompareVerdict& verdict) {
  JunitSuite suite("loadline compare");
  suite.AddProperty("policy", verdict.policy);
  suite.AddProperty("base", SideWords(verdict.base));
  suite.AddProperty("new", SideWords(verdict.candidate));
  suite.AddProperty("headline", Headline(verdict));
  suite.AddProperty("counts", VerdictCounts(verdict));
  for (const Remark& remark : SurroundingsOf(verdict)) suite.AddProperty(remark.about, remark.text);
  for (const CompareRow& row : RowsOf(verdict)) {
    const CompareCells cells = CellsOf(verdict, row);
    suite.AddCase(
        "loadline.compare",
        row.change == nullptr ? cells.benchmark : absl::StrCat(cells.benchmark, " ", cells.metric),
        OutcomeOf(row), RowSentence(verdict, row));
  }
  for (const samples::EnvironmentDifference& difference : verdict.environment) {
    if (!difference.refuses()) continue;
    suite.AddCase("loadline.environment", difference.what, JunitOutcome::kError, difference.Text());
  }
  for (const std::string& reason : verdict.void_reasons) {
    suite.AddCase("loadline.void", reason, JunitOutcome::kError, reason);
  }
  for (const std::string& problem : verdict.problems) {
    suite.AddCase("loadline.input", problem, JunitOutcome::kError, problem);
  }
  if (verdict.limits.has_value()) AddCheckCases(*verdict.limits, suite);
  return suite.Render();
}

}  // namespace loadline::report
