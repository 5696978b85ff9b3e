#ifndef BENCHMARKS_WORKLOAD_ZIPF_H_
#define BENCHMARKS_WORKLOAD_ZIPF_H_

#include <cstdint>

#include "benchmarks/workload/random.h"

namespace loadline::workload {

// Draws ranks 0..count-1 with probability proportional to 1 / (rank + 1)^exponent; exponent 0.99
// is what YCSB calls zipfian. Exact for every count, in constant time and memory, by
// rejection-inversion (Hörmann & Derflinger, "Rejection-inversion to generate variates from
// monotone discrete distributions", ACM TOMACS 6(3), 1996). Immutable, thread-safe.
class ZipfSampler {
 public:
  // REQUIRES: count >= 1, exponent > 0 and finite.
  explicit ZipfSampler(uint64_t count, double exponent = 0.99);

  uint64_t Draw(Random& random) const;

  uint64_t count() const { return count_; }

 private:
  double Density(double x) const;          // x^-exponent
  double Integral(double x) const;         // antiderivative of Density, 0 at x = 1
  double InverseIntegral(double y) const;  // Integral(InverseIntegral(y)) == y

  uint64_t count_;
  double exponent_;
  double integral_low_;
  double integral_high_;
  double accept_below_;
};

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_ZIPF_H_
