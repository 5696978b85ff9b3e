#ifndef LOADLINE_STATS_RANK_SUM_H_
#define LOADLINE_STATS_RANK_SUM_H_

#include "absl/types/span.h"
#include "loadline/stats/interval.h"

namespace loadline::stats {

// Two independent samples, m numbers `base` and n numbers `changed`, and the shift between them:
// changed is distributed as base + shift (Mann & Whitney 1947; Hollander & Wolfe 1999, chapter 4).
//
// Everything is exact while m * n <= 2,500 and uses the normal approximation beyond (RankNull says
// how good it is). Ties are counted against whoever claims something: a difference that equals the
// hypothesis supports neither side, so that p values are too large and intervals too wide, never
// the other way. The functions agree to the last bit: the interval at confidence C lies above
// `shift` exactly when RankSumPValueGreater(base, changed, shift) <= (1 - C) / 2.
//
// Total functions: where a sample is empty or has a value that is not finite, the estimate is NaN,
// the interval unbounded, the p value 1. Pure, O((m + n) log(m + n)), O(m + n) memory.

// The Hodges-Lehmann estimate of the shift: the median of all differences changed_j - base_i.
double HodgesLehmannShift(absl::Span<const double> base, absl::Span<const double> changed);

// The two-sided interval for the shift, a closed interval of two such differences (Moses; Hollander
// & Wolfe 1999, section 4.3), that holds it with at least `confidence`, in (0, 1). Unbounded when
// 1 / C(m + n, m) > (1 - confidence) / 2: at 95 % with m = n it is finite from 4, at 99 % from 5.
Interval RankSumInterval(absl::Span<const double> base, absl::Span<const double> changed,
                         double confidence);

// The one-sided p value of the hypothesis "the shift is <= `shift`", small when it seems greater.
double RankSumPValueGreater(absl::Span<const double> base, absl::Span<const double> changed,
                            double shift);

// The one-sided p value of the hypothesis "the shift is >= `shift`", small when it seems less.
double RankSumPValueLess(absl::Span<const double> base, absl::Span<const double> changed,
                         double shift);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_RANK_SUM_H_
