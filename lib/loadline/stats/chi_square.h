#ifndef LOADLINE_STATS_CHI_SQUARE_H_
#define LOADLINE_STATS_CHI_SQUARE_H_

namespace loadline::stats {

// The chi-square distribution with `degrees` degrees of freedom, above 0: that of the sum of the
// squares of as many independent standard normal values, and so of a sample's variance times
// degrees over the true one. The x with P(X <= x) = p; 0 for p <= 0, infinity for p >= 1, NaN for
// NaN or other `degrees`. Pure.
double ChiSquareQuantile(double p, double degrees);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_CHI_SQUARE_H_
