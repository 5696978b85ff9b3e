#include "tools/loadline/duet/control.h"

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/stats/sign_evidence.h"

namespace loadline::duet {
namespace {

constexpr char kNoneForItself[] = "a control was not run: there was no benchmark for it";
constexpr char kNoneForSpike[] =
    "a control was not run: no benchmark's iterations can be set, or a slice has too few of them";

}  // namespace

TestTerms TermsOfControl(const TestTerms& benchmark) {
  TestTerms terms = benchmark;
  terms.alpha = terms.alpha_harm = benchmark.alpha / 2;
  terms.typical_only = true;
  terms.budget_seconds = 2 * benchmark.budget_seconds;
  return terms;
}

bool NeedsMore(const Control& control) {
  return control.test.samples().size() < stats::SignEvidenceNeeded(control.test.terms().alpha);
}

void JudgeControl(const Control& control, compare::PairedRuns& paired) {
  const SequentialTest& test = control.test;
  const size_t restarts = test.samples().size();
  const bool itself = control.arms == Arms::kBaseAndBase;
  const std::string played = itself ? "the base against itself"
                                    : absl::StrFormat("the base with %g%% more work", 100 * kSpike);
  const std::string after = absl::StrCat(" after ", restarts, " restarts");
  const double estimate = 100 * test.Estimate();
  if (restarts == 0) {
    paired.notes.push_back(itself ? kNoneForItself : kNoneForSpike);
  } else if (NeedsMore(control)) {
    const std::string too_few =
        absl::StrFormat("too few restarts to tell: %d, %d are needed", restarts,
                        stats::SignEvidenceNeeded(test.terms().alpha));
    if (itself) {
      paired.notes.push_back(absl::StrCat("control: ", played, ": ", too_few));
    } else {
      paired.blind.push_back(absl::StrCat("blind: ", played, ": ", too_few, ". Raise --budget"));
    }
  } else if (itself && (test.Worse() || test.Better())) {
    paired.void_reasons.push_back(absl::StrFormat(
        "void: %s differs by %+.2f%%%s. Something here treats the two sides differently; no "
        "verdict of this run can be trusted",
        played, estimate, after));
  } else if (itself) {
    paired.notes.push_back(
        absl::StrFormat("control: %s differs by %+.2f%%%s: no alarm", played, estimate, after));
  } else if (test.Worse()) {
    paired.notes.push_back(
        absl::StrFormat("control: %s was seen as %+.2f%%%s", played, estimate, after));
  } else {
    paired.blind.push_back(absl::StrFormat(
        "blind: %s was not seen as worse%s (it read %+.2f%%): a regression of that size would have "
        "passed. Raise --budget, or use a quieter machine",
        played, after, estimate));
  }
}

}  // namespace loadline::duet
