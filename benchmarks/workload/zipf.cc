#include "benchmarks/workload/zipf.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace loadline::workload {

ZipfSampler::ZipfSampler(uint64_t count, double exponent) : count_(count), exponent_(exponent) {
  assert(count >= 1 && exponent > 0 && std::isfinite(exponent));
  // The first bar, of height Density(1) == 1, is made to end where the integral over [0.5, 1.5]
  // would: rank 1 is then never rejected.
  integral_low_ = Integral(1.5) - 1.0;
  integral_high_ = Integral(static_cast<double>(count) + 0.5);
  accept_below_ = 2.0 - InverseIntegral(Integral(2.5) - Density(2.0));
}

uint64_t ZipfSampler::Draw(Random& random) const {
  while (true) {
    const double u = integral_high_ + random.Uniform() * (integral_low_ - integral_high_);
    const double x = InverseIntegral(u);
    const double k = std::clamp(std::floor(x + 0.5), 1.0, static_cast<double>(count_));
    // The first test spares most draws the second, which is the exact one.
    if (k - x <= accept_below_ || u >= Integral(k + 0.5) - Density(k)) {
      return static_cast<uint64_t>(k) - 1;
    }
  }
}

double ZipfSampler::Density(double x) const { return std::exp(-exponent_ * std::log(x)); }

// expm1 and log1p keep both functions exact where the exponent is near 1 and equal to the
// logarithm and the exponential where it is 1.
double ZipfSampler::Integral(double x) const {
  const double power = (1.0 - exponent_) * std::log(x);
  return power == 0.0 ? std::log(x) : std::expm1(power) / power * std::log(x);
}

double ZipfSampler::InverseIntegral(double y) const {
  // Rounding may carry the argument below -1, where the inverse ends.
  const double t = std::max(-1.0, (1.0 - exponent_) * y);
  return t == 0.0 ? std::exp(y) : std::exp(std::log1p(t) / t * y);
}

}  // namespace loadline::workload
