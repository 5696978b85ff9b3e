#include "stowage/vector/distance.h"

#include <cmath>

#include "stowage/vector/distance_kernels.h"
#include "stowage/vector/lanes.h"

namespace stowage {
namespace {

// Four partial sums: the compiler may not reorder float additions, so one sum is one long chain of
// dependent additions.
float SquaredL2Scalar(const float* a, const float* b, size_t n) {
  float sums[4] = {};
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      const float difference = a[i + lane] - b[i + lane];
      sums[lane] += difference * difference;
    }
  }
  for (; i < n; ++i) sums[0] += (a[i] - b[i]) * (a[i] - b[i]);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

float DotScalar(const float* a, const float* b, size_t n) {
  float sums[4] = {};
  size_t i = 0;
  for (; i + 4 <= n; i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) sums[lane] += a[i + lane] * b[i + lane];
  }
  for (; i < n; ++i) sums[0] += a[i] * b[i];
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

constexpr DistanceKernels kScalar = {"scalar", SquaredL2Scalar, DotScalar};

}  // namespace

const std::vector<const DistanceKernels*>& SupportedKernels() {
  static const auto* const kernels = [] {
    auto* all = new std::vector<const DistanceKernels*>(X86Kernels());
    for (const DistanceKernels* neon : NeonKernels()) all->push_back(neon);
    all->push_back(&kScalar);
    return all;
  }();
  return *kernels;
}

const DistanceKernels& ActiveKernels() {
  static const DistanceKernels& fastest = *SupportedKernels().front();
  return fastest;
}

double SquaredL2InDouble(const float* a, const float* b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) {
    const double difference = double{a[i]} - double{b[i]};
    sum += difference * difference;
  }
  return sum;
}

double DotInDouble(const float* a, const float* b, size_t n) {
  DoubleSum sum;
  size_t i = 0;
  for (; i + 4 <= n; i += 4) sum.AddProduct(Load4(a + i), Load4(b + i));
  double rest = 0;
  for (; i < n; ++i) rest += double{a[i]} * double{b[i]};
  return sum.total() + rest;
}

double LengthInDouble(absl::Span<const float> values) {
  return std::sqrt(DotInDouble(values.data(), values.data(), values.size()));
}

}  // namespace stowage
