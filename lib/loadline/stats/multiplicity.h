#ifndef LOADLINE_STATS_MULTIPLICITY_H_
#define LOADLINE_STATS_MULTIPLICITY_H_

#include <vector>

#include "absl/types/span.h"

namespace loadline::stats {

// P values adjusted for how many there are, in the order given. A hypothesis is rejected at level
// alpha when its adjusted p value is <= alpha. Adjusted values are at most 1 and never below the
// given one; a value that is not in [0, 1] counts as 1. Pure, O(n log n).

// Holm 1979: the probability of even one false rejection stays <= alpha, however the p values
// depend on each other. The i-th smallest of m becomes max over j <= i of (m - j + 1) p_(j).
std::vector<double> HolmAdjusted(absl::Span<const double> p_values);

// Benjamini & Hochberg 1995: the expected share of false ones among the rejected stays <= alpha,
// for independent or positively dependent p values. The i-th smallest of m becomes
// min over j >= i of m p_(j) / j.
std::vector<double> BenjaminiHochbergAdjusted(absl::Span<const double> p_values);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_MULTIPLICITY_H_
