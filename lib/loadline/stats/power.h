#ifndef LOADLINE_STATS_POWER_H_
#define LOADLINE_STATS_POWER_H_

#include <cstdint>

#include "absl/types/span.h"

namespace loadline::stats {

// What a comparison could have seen. The rule: a change is called when the whole one-sided
// interval at level `alpha` lies beyond `margin`, which is when the one-sided p value of
// "shift <= margin" is <= alpha. The smallest detectable shift is the true shift at which that
// happens in kPower of all comparisons of this size and spread.
//
// Shifts and margins have the unit of the sample (log ratios, mostly) and are told in the
// direction of the change, margin >= 0; a drop is seen at the same distance. Nothing is assumed
// about the shape of the spread: how often values of this sample would overtake each other when
// shifted gives the power (Lehmann 1975, section 2.3). docs/statistics.md has the
// formulas, and how often the rule fires at the stated shift: from 6 values on within 5 points of
// kPower. That is averaged over samples; one sample's answer varies as its spread does.
//
// Infinite when the samples are too small for the rule to fire or, fewer than 3 values, to show a
// spread, and when a value or the spread is not finite. Pure, O(n log n).
inline constexpr double kPower = 0.80;

// Unpaired, by RankSumInterval. The spread is that within each side, so a shift between them does
// not count.
double RankSumDetectableShift(absl::Span<const double> base, absl::Span<const double> changed,
                              double margin, double alpha);

// The same of m and n values whose spread is known: that of `spread`, which should have many more.
double RankSumDetectableShift(absl::Span<const double> spread, uint64_t m, uint64_t n,
                              double margin, double alpha);

// An estimate that is normal with a known standard error, called when
// estimate - z_(1 - alpha) * standard_error > margin.
double NormalDetectableShift(double standard_error, double margin, double alpha);

// How many values a side make `target`, a shift beyond `margin`, detectable at the spread of these
// samples. Beyond 20 the shift goes with the root of the number. UINT64_MAX when target <= margin
// or the sample shows no spread to reckon with, as above; samples may be too small for the rule to
// fire.
uint64_t RankSumNeeded(absl::Span<const double> base, absl::Span<const double> changed,
                       double margin, double alpha, double target);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_POWER_H_
