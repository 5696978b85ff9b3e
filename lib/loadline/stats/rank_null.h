#ifndef LOADLINE_STATS_RANK_NULL_H_
#define LOADLINE_STATS_RANK_NULL_H_

#include <cstdint>
#include <memory>
#include <vector>

namespace loadline::stats {

// How a rank statistic is distributed when nothing is there to be found: whole numbers from 0 to
// max(), symmetric around max() / 2. Immutable; a thread keeps the last few it made.
//
// The normal approximation has longer tails than the exact distribution: where it takes over, it
// gives 2 % too much for a tail of 0.01, 11 % for 0.001 and twice too much for 1e-6, and 0.2 % of
// itself too little for 0.05. With fewer than ten values on one side of a rank sum the last grows
// to 0.5 % (ten), 1 % (five), 6 % (two).
class RankNull {
 public:
  // Wilcoxon's signed-rank statistic W+ of n differences without ties or zeros. Exact for
  // n <= kMaxExactPairs, by the recursion c_r(w) = c_(r-1)(w) + c_(r-1)(w - r) over 2^n
  // (Hollander & Wolfe 1999, section 3.1); normal with continuity correction beyond.
  static constexpr uint64_t kMaxExactPairs = 100;
  static std::shared_ptr<const RankNull> SignedRank(uint64_t n);

  // The Mann-Whitney statistic U of samples of m and n without ties. Exact while
  // m * n <= kMaxExactProduct, by the recursion of Mann & Whitney 1947; normal with continuity
  // correction beyond.
  static constexpr uint64_t kMaxExactProduct = 2'500;
  static std::shared_ptr<const RankNull> RankSum(uint64_t m, uint64_t n);

  uint64_t max() const { return max_; }
  bool is_exact() const { return !at_most_.empty(); }

  // P(W <= w), which is P(W >= max() - w) as well.
  double AtMost(uint64_t w) const;

  // How many of the values 0, 1, 2, ... have P(W <= value) <= tail; 0 if none has. A tail that
  // is missed by a billionth of itself counts as met: 1 - 0.9 is not 0.1 in binary.
  uint64_t CountWithin(double tail) const;

 private:
  RankNull(uint64_t max, double deviation, std::vector<double> at_most);

  uint64_t max_;
  double deviation_;             // of the normal approximation
  std::vector<double> at_most_;  // P(W <= w) for w <= max / 2; empty: approximate
};

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_RANK_NULL_H_
