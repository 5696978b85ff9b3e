#ifndef LOADLINE_STATS_SERIAL_DEPENDENCE_H_
#define LOADLINE_STATS_SERIAL_DEPENDENCE_H_

#include <cstdint>

#include "absl/types/span.h"

namespace loadline::stats {

// Values that lean on each other: a first-order autoregression, whose values i and j correlate by
// rho^|i - j|. One short series cannot tell rho, a suite of them can. Pure, O(n) a series of n.

// Gathers the lag-1 autocorrelation of pairs of series, each in order of measurement, and solves
// for rho. A pair counts as much as any other, whatever its spread; that reads a rho of 0.5 as 0.44
// and one of 0.8 as 0.69 at ten values a series (none as none), since pairs that lean more have
// more spread.
class SerialDependence {
 public:
  // Pairs with a series of fewer than three values or one that is not finite, and those without any
  // spread, say nothing and are left out.
  void Add(absl::Span<const double> base, absl::Span<const double> changed);

  uint64_t pairs() const { return pairs_; }
  // In [0, 0.98]: the rho at which series of these lengths have the autocorrelation that was seen
  // (ExpectedAutocorrelation). 0 without pairs.
  double Rho() const;

 private:
  double seen_ = 0;  // sums over the pairs
  uint64_t values_ = 0;
  uint64_t pairs_ = 0;
};

// What sum (x_t - mean)(x_(t+1) - mean) / sum (x_t - mean)^2 comes to over n values: with
// C_ij = rho^|i - j| and H = I - 11'/n the first off-diagonal of HCH over its diagonal. Below rho,
// since the mean is the sample's own: -1/n at rho = 0.
double ExpectedAutocorrelation(double rho, double n);

// What it does to the difference between the means of two such series, measured one after the
// other.
struct DependenceEffect {
  double variance_factor = 1;  // of the difference, over what the spread within the series suggests
  double degrees;              // of freedom that both spreads have together
};
DependenceEffect EffectOfDependence(double rho, uint64_t base, uint64_t changed);

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_SERIAL_DEPENDENCE_H_
