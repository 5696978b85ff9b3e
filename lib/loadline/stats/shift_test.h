#ifndef LOADLINE_STATS_SHIFT_TEST_H_
#define LOADLINE_STATS_SHIFT_TEST_H_

#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "loadline/stats/interval.h"
#include "loadline/stats/serial_dependence.h"

namespace loadline::stats {

// What a comparison takes where nobody says another.
inline constexpr double kDefaultAlpha = 0.01;   // the chance of one false claim among all
inline constexpr double kDefaultMargin = 0.05;  // what a time may get worse by, a fraction
// The fewest values whose spread is believed.
inline constexpr uint64_t kFewestForASpread = 3;

// What a test of one shift among `family` of them is held to.
struct ShiftTestOptions {
  double alpha = kDefaultAlpha;  // one-sided chance of one false claim in the whole family
  uint64_t family = 1;
  // The variance of a side's values is taken for at least this: what the clock can tell, or what
  // was recorded.
  double base_variance_floor = 0;
  double changed_variance_floor = 0;
  double rho = 0;  // by which the values lean on each other (serial_dependence.h)
  // What a claim from fewer than FewestForSeparation values must show beyond the shift in question.
  double doubt = std::log(1.5);
};

// Two independent samples, of at least kFewestForASpread finite values each, and the shift between
// them, on a scale where shifts add: logarithms of times, mostly.
//
// Two tests in one. The rank sum (rank_sum.h) is right for every shape, but among many comparisons
// no difference, however large, is small enough a chance for it: with n values a side its p value
// is never below 1 / C(2n, n). Welch's t (Welch 1947, Satterthwaite 1946) does not saturate, but is
// believed only where the ranks agree (at 0.01, or at the least they can). p = min(1, 2 min(p_rank,
// p_t)). docs/statistics.md has its levels and powers, simulated.
//
// No test can tell two levels that each process falls on by the toss of a coin from a change, once
// the coins fall that way: 4^-n. Below FewestForSeparation values a claim of t's must hold for the
// shift plus `doubt`, too.
//
// Where values lean on each other (rho > 0) ranks are too bold: t alone claims, with its standard
// error and degrees of freedom widened.
//
// Immutable. O(n log n) to make, O(n) a question.
class ShiftTest {
 public:
  ShiftTest(absl::Span<const double> base, absl::Span<const double> changed,
            const ShiftTestOptions& options);

  // The Hodges-Lehmann estimate of the shift.
  double Estimate() const;

  // One-sided p values of "the shift is <= `shift`", small when it seems greater, and of "it is >=
  // `shift`". Not adjusted for the family.
  double PGreater(double shift) const;
  double PLess(double shift) const;

  // Intervals for the shift whose bounds each miss it with a chance of alpha: of the means, by
  // Student's t; of the ranks (RankSumInterval), unbounded where these cannot reach alpha. What
  // PGreater and PLess claim at half of alpha lies outside one of them.
  Interval OfMeans() const;
  Interval OfRanks() const;

  // The shift that a test of this size and spread calls greater than `margin` in kPower of all
  // comparisons, as the first of the family (Holm's hardest step).
  double Detectable(double margin) const;

 private:
  double PMoreThan(double sign, double shift) const;
  double T(double distance) const;  // the chance of as large a difference of means

  ShiftTestOptions options_;
  std::vector<double> base_;
  std::vector<double> changed_;
  double difference_ = 0;  // of the means
  double error_ = 0;       // its standard error
  double degrees_ = 0;
  bool few_ = false;  // fewer than FewestForSeparation
};

// ceil(log4(family / alpha)): values a side from which it is no likelier than a false claim may be
// that two levels which nothing changed fell apart by chance.
uint64_t FewestForSeparation(uint64_t family, double alpha);

// How far beyond the margin a shift must lie to be claimed in kPower of comparisons of `size`
// values a side, at least 2, with this standard deviation of single values: the first of `family`.
double ShiftTestReach(double deviation, uint64_t size, uint64_t family, double alpha,
                      double doubt = std::log(1.5));

// How many values a side make `reach`, a shift beyond the margin, detectable at this standard
// deviation of single values, in [3, 1'000'000]; that number where more would be needed.
// `doubt` as in ShiftTestOptions. O(log n).
uint64_t ShiftTestNeeded(double deviation, double reach, uint64_t family, double alpha,
                         double doubt = std::log(1.5));

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_SHIFT_TEST_H_
