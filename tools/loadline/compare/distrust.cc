#include "tools/loadline/compare/distrust.h"

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "tools/loadline/results/counted.h"

namespace loadline::compare {
namespace {

// What claims that the sides differ.
constexpr Finding kDifferences[] = {Finding::kRegressed, Finding::kTail,    Finding::kSlower,
                                    Finding::kWorse,     Finding::kChanged, Finding::kImproved,
                                    Finding::kFaster,    Finding::kBetter};
constexpr Finding kNegatives[] = {Finding::kSame};

// Replaces all these findings; says how many of them decided.
size_t Replace(absl::Span<const Finding> findings, Finding by, Reason reason,
               CompareVerdict& verdict) {
  size_t decided = 0;
  for (BenchmarkComparison& benchmark : verdict.benchmarks) {
    for (Change& change : benchmark.changes) {
      if (!absl::c_linear_search(findings, change.finding)) continue;
      change.finding = by;
      change.beyond = Beyond::kOpen;
      change.reason = reason;
      decided += change.gated ? 1 : 0;
    }
  }
  return decided;
}

}  // namespace

void Distrust(bool same_program, const PairedRuns* runs, CompareVerdict& verdict) {
  const size_t decided =
      same_program ? Replace(kDifferences, Finding::kVoid, Reason::kSameProgram, verdict) : 0;
  if (decided > 0) {
    verdict.void_reasons.push_back(absl::StrCat(
        "both sides ran the same program, with the same settings, and ",
        results::Counted(decided, "figure differs", "figures differ"),
        ": something else than the program does that (the machine, the order of the runs, what "
        "else was running). Measure both sides again, in turns"));
  }
  if (runs == nullptr) return;
  if (!runs->void_reasons.empty()) Replace(kDifferences, Finding::kVoid, Reason::kControl, verdict);
  if (!runs->blind.empty()) Replace(kNegatives, Finding::kOpen, Reason::kBlind, verdict);
}

}  // namespace loadline::compare
