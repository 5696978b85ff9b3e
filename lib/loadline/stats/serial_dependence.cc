#include "loadline/stats/serial_dependence.h"

#include <cmath>
#include <cstddef>

#include "loadline/stats/sample.h"

namespace loadline::stats {
namespace {

constexpr double kMostRho = 0.98;
constexpr int kHalvings = 40;
constexpr size_t kFewestValues = 3;

// Sums over the n x n matrix C with C_ij = rho^|i - j|, rho in [0, 1).
class Correlation {
 public:
  Correlation(double rho, double n) : rho_(rho), n_(n) {
    all_ = SumOfPowers(rho_);
    squares_ = SumOfPowers(rho_ * rho_);
    for (double i = 0; i < n_; ++i) row_squares_ += RowSum(i) * RowSum(i);
  }

  double all() const { return all_; }
  // Of HCH: the trace, the first off-diagonal, and the sum of the squares of all elements.
  double Trace() const { return n_ - all_ / n_; }
  double OffDiagonal() const {
    const double rows = 2 * all_ - RowSum(0) - RowSum(n_ - 1);
    return (n_ - 1) * rho_ - rows / n_ + (n_ - 1) * all_ / (n_ * n_);
  }
  double Squares() const { return squares_ - 2 * row_squares_ / n_ + all_ * all_ / (n_ * n_); }

 private:
  double RowSum(double i) const {
    return (1 + rho_ - std::pow(rho_, i + 1) - std::pow(rho_, n_ - i)) / (1 - rho_);
  }
  // Of r^|i - j|: n + 2 sum_k (n - k) r^k.
  double SumOfPowers(double r) const {
    double sum = n_;
    double power = r;
    for (double k = 1; k < n_; ++k, power *= r) sum += 2 * (n_ - k) * power;
    return sum;
  }

  double rho_;
  double n_;
  double all_ = 0;
  double squares_ = 0;
  double row_squares_ = 0;
};

struct Sums {
  double products = 0;
  double squares = 0;
};

void AddTo(Sums& sums, absl::Span<const double> series) {
  const double mean = Mean(series);
  for (size_t i = 0; i < series.size(); ++i) {
    sums.squares += (series[i] - mean) * (series[i] - mean);
    if (i > 0) sums.products += (series[i] - mean) * (series[i - 1] - mean);
  }
}

}  // namespace

void SerialDependence::Add(absl::Span<const double> base, absl::Span<const double> changed) {
  Sums sums;
  for (const absl::Span<const double> series : {base, changed}) {
    if (series.size() < kFewestValues || !AllFinite(series)) return;
    AddTo(sums, series);
  }
  const double seen = sums.products / sums.squares;
  if (!std::isfinite(seen)) return;
  seen_ += seen;
  values_ += base.size() + changed.size();
  ++pairs_;
}

double SerialDependence::Rho() const {
  if (pairs_ == 0) return 0;
  const double seen = seen_ / static_cast<double>(pairs_);
  const double n = static_cast<double>(values_) / static_cast<double>(2 * pairs_);
  double low = 0;
  double high = kMostRho;
  if (seen <= ExpectedAutocorrelation(low, n)) return 0;
  for (int halving = 0; halving < kHalvings; ++halving) {
    const double middle = (low + high) / 2;
    (ExpectedAutocorrelation(middle, n) < seen ? low : high) = middle;
  }
  return low;
}

double ExpectedAutocorrelation(double rho, double n) {
  const Correlation c(rho, n);
  return c.OffDiagonal() / c.Trace();
}

DependenceEffect EffectOfDependence(double rho, uint64_t base, uint64_t changed) {
  const auto m = static_cast<double>(base);
  const auto n = static_cast<double>(changed);
  const Correlation first(rho, m);
  const Correlation second(rho, n);
  // Of every value of one side with every one of the other, which follow it.
  const double across =
      rho * (1 - std::pow(rho, m)) / (1 - rho) * (1 - std::pow(rho, n)) / (1 - rho);
  const double variance = first.all() / (m * m) + second.all() / (n * n) - 2 * across / (m * n);
  const double suggested = first.Trace() / (m - 1) / m + second.Trace() / (n - 1) / n;
  const auto degrees = [](const Correlation& c) { return c.Trace() * c.Trace() / c.Squares(); };
  return {variance / suggested, degrees(first) + degrees(second)};
}

}  // namespace loadline::stats
