#ifndef STOWAGE_VECTOR_DISTANCE_H_
#define STOWAGE_VECTOR_DISTANCE_H_

#include <cstddef>
#include <vector>

#include "absl/types/span.h"

namespace stowage {

// One implementation of the inner loops. Pointers need float alignment only. Pure functions;
// thread-safe.
//
// Results differ from the exact value by less than 1e-5 of the sum of the terms' magnitudes (up to
// 65,535 terms).
struct DistanceKernels {
  const char* name;  // "avx512", "avx2", "neon", "scalar"

  // sum (a_i - b_i)^2 and sum a_i b_i over n floats.
  float (*squared_l2)(const float* a, const float* b, size_t n);
  float (*dot)(const float* a, const float* b, size_t n);
};

// The fastest this CPU can run, chosen once. Belongs into every record of a measurement.
const DistanceKernels& ActiveKernels();

// All that this CPU can run, the plain C++ ones ("scalar") last; for tests.
const std::vector<const DistanceKernels*>& SupportedKernels();

// The same sums in double precision: no overflow for |x| <= 1e18, and the reference of the tests.
double SquaredL2InDouble(const float* a, const float* b, size_t n);
double DotInDouble(const float* a, const float* b, size_t n);
// The Euclidean length.
double LengthInDouble(absl::Span<const float> values);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_DISTANCE_H_
