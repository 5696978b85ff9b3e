#include "tools/loadline/duet/control.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/stats/sign_evidence.h"

namespace loadline::duet {
namespace {

std::string NotRun(Arms arms) {
  return absl::StrCat("a control was not run: ",
                      arms == Arms::kBaseAndBase
                          ? "there was no benchmark for it"
                          : "no benchmark's iterations can be set, or a slice has too few of them");
}

void JudgeItself(const SequentialTest& test, bool differs, const std::string& after,
                 compare::PairedRuns& paired) {
  const double estimate = 100 * test.Estimate();
  if (differs) {
    paired.void_reasons.push_back(absl::StrFormat(
        "void: the base against itself differs by %+.2f%%%s. Something here treats the two sides "
        "differently; no verdict of this run can be trusted",
        estimate, after));
  } else {
    paired.notes.push_back(absl::StrFormat(
        "control: the base against itself differs by %+.2f%%%s: no alarm", estimate, after));
  }
}

void JudgeSpike(const SequentialTest& test, bool seen, double spike, const std::string& after,
                compare::PairedRuns& paired) {
  const double estimate = 100 * test.Estimate();
  if (seen) {
    paired.notes.push_back(
        absl::StrFormat("control: the base with %g%% more work was seen as %+.2f%%%s", 100 * spike,
                        estimate, after));
  } else {
    paired.blind.push_back(absl::StrFormat(
        "blind: the base with %g%% more work was not seen as worse%s (it read %+.2f%%): a "
        "regression of that size would have passed. Raise --budget, or use a quieter machine",
        100 * spike, after, estimate));
  }
}

}  // namespace

TestTerms TermsOfControl(const TestTerms& benchmark) {
  TestTerms terms = benchmark;
  terms.alpha = terms.alpha_harm = benchmark.alpha / 2;
  terms.typical_only = true;
  terms.budget_seconds = 2 * benchmark.budget_seconds;
  return terms;
}

bool NeedsMore(const Control& control, double alpha) {
  return control.test.samples().size() < stats::SignEvidenceNeeded(alpha / 2);
}

void JudgeControl(const Control& control, double alpha, double spike, compare::PairedRuns& paired) {
  const SequentialTest& test = control.test;
  const size_t restarts = test.samples().size();
  const bool itself = control.arms == Arms::kBaseAndBase;
  const std::string after = absl::StrCat(" after ", restarts, " restarts");
  const std::string too_few = absl::StrFormat("too few restarts to tell: %d, %d are needed",
                                              restarts, stats::SignEvidenceNeeded(alpha / 2));
  const bool worse = test.PWorse() <= alpha / 2;
  const bool better = test.PBetter() <= alpha / 2;
  if (restarts == 0) {
    paired.notes.push_back(NotRun(control.arms));
  } else if (NeedsMore(control, alpha)) {
    if (itself) {
      paired.notes.push_back(absl::StrCat("control: the base against itself: ", too_few));
    } else {
      paired.blind.push_back(absl::StrFormat(
          "blind: the base with %g%% more work: %s. Raise --budget", 100 * spike, too_few));
    }
  } else if (itself) {
    JudgeItself(test, worse || better, after, paired);
  } else {
    JudgeSpike(test, worse, spike, after, paired);
  }
}

}  // namespace loadline::duet
