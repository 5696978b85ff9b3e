#include "tools/loadline/compare/distrust.h"

#include "absl/strings/str_cat.h"
#include "tools/loadline/results/counted.h"

namespace loadline::compare {
namespace {

// Whether a claim is made that the sides differ.
bool ClaimsADifference(Finding finding) {
  switch (finding) {
    case Finding::kRegressed:
    case Finding::kTail:
    case Finding::kSlower:
    case Finding::kWorse:
    case Finding::kChanged:
    case Finding::kImproved:
    case Finding::kFaster:
    case Finding::kBetter:
      return true;
    default:
      return false;
  }
}

}  // namespace

size_t VoidDifferences(Reason reason, CompareVerdict& verdict) {
  size_t decided = 0;
  for (BenchmarkComparison& benchmark : verdict.benchmarks) {
    for (Change& change : benchmark.changes) {
      if (!ClaimsADifference(change.finding)) continue;
      change.finding = Finding::kVoid;
      change.beyond = Beyond::kOpen;
      change.reason = reason;
      decided += change.gated ? 1 : 0;
    }
  }
  return decided;
}

void DistrustTheSameProgram(CompareVerdict& verdict) {
  const size_t decided = VoidDifferences(Reason::kSameProgram, verdict);
  if (decided == 0) return;
  verdict.void_reasons.push_back(absl::StrCat(
      "both sides ran the same program, with the same settings, and ",
      results::Counted(decided, "figure differs", "figures differ"),
      ": something else than the program does that (the machine, the order of the runs, what else "
      "was running). Measure both sides again, in turns"));
}

void OpenNegatives(CompareVerdict& verdict) {
  for (BenchmarkComparison& benchmark : verdict.benchmarks) {
    for (Change& change : benchmark.changes) {
      if (change.finding != Finding::kSame) continue;
      change.finding = Finding::kOpen;
      change.beyond = Beyond::kOpen;
      change.reason = Reason::kBlind;
    }
  }
}

}  // namespace loadline::compare
