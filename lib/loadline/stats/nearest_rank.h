#ifndef LOADLINE_STATS_NEAREST_RANK_H_
#define LOADLINE_STATS_NEAREST_RANK_H_

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace loadline::stats {

// The rank ceil(q * count), 1 for the smallest, of the nearest-rank quantile `q` in [0, 1]
// (Hyndman & Fan 1996, definition 1). REQUIRES: count > 0.
inline uint64_t NearestRank(double q, uint64_t count) {
  if (!(q > 0)) return 1;
  if (q >= 1) return count;
  // 0.07 * 100 is 7.000000000000001: a product that rounding lifted above a whole number must not
  // reach the next rank. The two roundings together stay below 2^-51 of it.
  constexpr double kRounding = 0x1p-51;
  const double product = q * static_cast<double>(count);
  const double rank = std::ceil(product - product * kRounding);
  return std::clamp<uint64_t>(static_cast<uint64_t>(rank), 1, count);
}

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_NEAREST_RANK_H_
