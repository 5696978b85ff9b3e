#ifndef LOADLINE_STATS_PROPORTION_H_
#define LOADLINE_STATS_PROPORTION_H_

#include <cstdint>

#include "absl/types/span.h"
#include "loadline/stats/interval.h"

namespace loadline::stats {

// A share p of independent trials, k of n of which succeeded; exact, by the binomial distribution.
// k > n counts as k = n. Pure, O(1) unless said otherwise.

// What a sample says about a claim; each answer is wrong with a probability of at most alpha.
enum class Proof { kProved, kRefuted, kUndecided };

// The two-sided interval for p of Clopper & Pearson 1934, in [0, 1]: beta quantiles
// B(tail; k, n - k + 1) and B(1 - tail; k + 1, n - k) with tail = (1 - confidence) / 2.
// [0, 1] when n = 0 or `confidence` is not in (0, 1).
Interval ClopperPearson(uint64_t successes, uint64_t trials, double confidence);

// Whether p > limit, the claim; refuted means p < limit. Proved when P(Bin(n, limit) >= k)
// <= alpha, which is when the lower Clopper-Pearson bound at alpha is >= limit, and refuted when
// P(Bin(n, limit) <= k) <= alpha. A limit below 0 is proved, one above 1 refuted, by no trial at
// all; one that is NaN is undecided.
Proof ProvenAtLeast(uint64_t successes, uint64_t trials, double limit, double alpha);

// The twin: whether p < limit.
Proof ProvenAtMost(uint64_t successes, uint64_t trials, double limit, double alpha);

// Whether the q-quantile of what the sample was drawn from lies below `mark`: ProvenAtLeast for
// the share of values below it and q. Values that equal the mark count against both answers, as
// does NaN. Undecided when q is not in (0, 1). O(n).
Proof QuantileProvenBelow(absl::Span<const double> sample, double q, double mark, double alpha);

// The twin: whether the q-quantile lies above `mark`.
Proof QuantileProvenAbove(absl::Span<const double> sample, double q, double mark, double alpha);

// The fewest trials that prove p > limit if all of them succeed: the smallest n with
// limit^n <= alpha, 59 for 0.95 at alpha = 0.05. As many observations, all below the mark, prove
// that the limit-quantile is. 1 when limit <= 0; UINT64_MAX when no number will do.
uint64_t TrialsToProve(double limit, double alpha);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_PROPORTION_H_
