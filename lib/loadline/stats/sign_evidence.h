#ifndef LOADLINE_STATS_SIGN_EVIDENCE_H_
#define LOADLINE_STATS_SIGN_EVIDENCE_H_

#include <cstdint>

#include "absl/types/span.h"
#include "loadline/stats/interval.h"

namespace loadline::stats {

// Evidence that gathers one value at a time and may be looked at after every one.
//
// The hypothesis is that each value, given those before it, lies above `shift` with a probability
// of at most 1/2. Then prod (1 + lambda x_i), x_i = +1 above and -1 otherwise, is a nonnegative
// supermartingale that begins at 1; so is the mean E of two of them, and the chance that E ever
// reaches 1 / alpha is at most alpha, whenever and however one stops (Ville 1939; Shafer, Journal
// of the Royal Statistical Society A 2021). Nothing is assumed about the shape of the values, nor
// about their independence. 1 over the largest E so far is therefore an always-valid p value.
//
// lambda is 0.9 in one, which is soon done when all values agree (8 values for alpha 0.01, 12 for
// 0.001), and 0.5 in the other, which can afford a third of them on the other side.
//
// Values have an order: that in which they were measured. Those that are not finite are on nobody's
// side: they count as not above, and not below. Pure, O(n).

// min(1, 1 / max_n E_n) for "above `shift`": small when values keep lying above it.
double SignEvidenceGreater(absl::Span<const double> values, double shift);
// For "below `shift`".
double SignEvidenceLess(absl::Span<const double> values, double shift);

// What is not yet claimed at `alpha`, for each side: SignEvidenceGreater reaches it for exactly the
// shifts below `low`, SignEvidenceLess for exactly those above `high`. The chance that the middle
// of the values ever lies outside is at most 2 alpha, whenever and however one stops, where an
// interval for a number of values chosen beforehand misses it more often the more often one looks.
// A bound is infinite before SignEvidenceNeeded(alpha) values; alpha is in (0, 1). Where early
// values claim one thing and later ones the opposite, the interval is what both deny. O(n log n).
Interval SignEvidenceInterval(absl::Span<const double> values, double alpha);

// How many values that all agree it takes to reach `alpha`, in (0, 1).
uint64_t SignEvidenceNeeded(double alpha);

// The true centre at which SignEvidenceGreater(., margin) reaches `alpha` within `count` values in
// kPower (power.h) of all such series, for values spread around their centre as `values` are around
// their Hodges-Lehmann estimate. Infinite with fewer than 3 values, when one is not finite, or when
// `count` is below SignEvidenceNeeded(alpha). O(n + count^2).
double SignEvidenceDetectable(absl::Span<const double> values, double margin, double alpha,
                              uint64_t count);

// The chance that `count` values, each above the shift with probability `above` by itself, reach
// `alpha`. Exact, O(count^2).
double SignEvidencePower(double above, double alpha, uint64_t count);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_SIGN_EVIDENCE_H_
