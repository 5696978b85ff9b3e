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
// direction of the change, margin >= 0; a drop is seen at the same distance. The spread is the
// sample's own, so the answer varies as spreads do from sample to sample. Infinite when the
// sample is too small for the rule to fire at all, has values that are not finite, or is empty.
// Pure, O(n log n).
inline constexpr double kPower = 0.80;

// Unpaired, by RankSumInterval.
double RankSumDetectableShift(absl::Span<const double> base, absl::Span<const double> changed,
                              double margin, double alpha);

// Paired, by SignedRankInterval.
double SignedRankDetectableShift(absl::Span<const double> differences, double margin, double alpha);

// An estimate that is normal with a known standard error, called by estimate - z se > margin.
double NormalDetectableShift(double standard_error, double margin, double alpha);

// How many values a side (rank sum) or pairs (signed rank) make `target`, a shift beyond `margin`,
// detectable at the spread of these samples. The least number for which the rule can fire at all
// if the spread is zero; UINT64_MAX if target <= margin or no number up to a million will do.
uint64_t RankSumNeeded(absl::Span<const double> base, absl::Span<const double> changed,
                       double margin, double alpha, double target);
uint64_t SignedRankNeeded(absl::Span<const double> differences, double margin, double alpha,
                          double target);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_POWER_H_
