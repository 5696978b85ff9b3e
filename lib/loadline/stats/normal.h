#ifndef LOADLINE_STATS_NORMAL_H_
#define LOADLINE_STATS_NORMAL_H_

namespace loadline::stats {

// The standard normal distribution. Pure.

// The z with P(Z <= z) = p; -infinity for p <= 0, infinity for p >= 1, NaN for NaN.
double NormalQuantile(double p);

// P(Z > z), with full precision far out: 1 - P(Z <= z) would have none. NaN for NaN.
double NormalTail(double z);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_NORMAL_H_
