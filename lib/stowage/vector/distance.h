#ifndef STOWAGE_VECTOR_DISTANCE_H_
#define STOWAGE_VECTOR_DISTANCE_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stowage {

// Codes of one row are padded with zeros to a multiple of this, so that no int8 kernel has a tail.
inline constexpr size_t kCodePadding = 64;

// One implementation of the inner loops. Float pointers need float alignment only, int8 pointers
// none. Pure functions; thread-safe.
//
// Float results differ from the exact value by less than 1e-5 of the sum of the terms' magnitudes
// (up to 65,535 terms); int8 results are exact.
struct DistanceKernels {
  const char* name;  // "avx512vnni", "avx512", "avx2", "neon-dotprod", "neon", "scalar"

  // sum (a_i - b_i)^2 and sum a_i b_i over n floats.
  float (*squared_l2)(const float* a, const float* b, size_t n);
  float (*dot)(const float* a, const float* b, size_t n);

  // sum a_i b_i over n codes in [-127, 127]; n is a multiple of kCodePadding, at most 65,536.
  // `sum_b` is sum b_i, which the kernels for unsigned times signed bytes need.
  int32_t (*dot_int8)(const int8_t* a, const int8_t* b, size_t n, int32_t sum_b);

  // dots[i] = the dot product of `query` and rows[i], for i < count.
  void (*dot_int8_rows)(const int8_t* query, int32_t query_sum, const int8_t* const* rows,
                        size_t count, size_t n, int32_t* dots);
};

// The fastest this CPU can run, chosen once. Belongs into every record of a measurement.
const DistanceKernels& ActiveKernels();

// All that this CPU can run, the plain C++ ones ("scalar") last; for tests.
const std::vector<const DistanceKernels*>& SupportedKernels();

// The same sums in double precision: no overflow for |x| <= 1e18, and the reference of the tests.
double SquaredL2InDouble(const float* a, const float* b, size_t n);
double DotInDouble(const float* a, const float* b, size_t n);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_DISTANCE_H_
