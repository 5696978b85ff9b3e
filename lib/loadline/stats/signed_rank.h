#ifndef LOADLINE_STATS_SIGNED_RANK_H_
#define LOADLINE_STATS_SIGNED_RANK_H_

#include "absl/types/span.h"
#include "loadline/stats/interval.h"

namespace loadline::stats {

// One sample of n numbers, or n differences of pairs, and its centre theta: independent draws from
// distributions symmetric around theta (Wilcoxon 1945; Hollander & Wolfe 1999, chapter 3).
//
// Everything is exact for n <= 100 and uses the normal approximation beyond (RankNull says how
// good it is). Ties and zeros are counted against whoever claims something: they make intervals too
// wide, never too narrow.
//
// Total functions: of an empty sample, or one with a value that is not finite, the estimate is
// NaN and the interval unbounded. Pure, O(n log n), O(n) memory.

// The Hodges-Lehmann estimate of theta: the median of the Walsh averages (x_i + x_j) / 2, i <= j.
double HodgesLehmann(absl::Span<const double> sample);

// The two-sided interval for theta, a closed interval [w_(k), w_(N + 1 - k)] of Walsh averages
// (Tukey 1949), that holds theta with at least `confidence`, in (0, 1). Unbounded when
// 2^-n > (1 - confidence) / 2: finite at 95 % from n = 6, at 99 % from 8, at 99.9 % from 11.
Interval SignedRankInterval(absl::Span<const double> sample, double confidence);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_SIGNED_RANK_H_
