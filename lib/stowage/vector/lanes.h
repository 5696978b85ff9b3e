#ifndef STOWAGE_VECTOR_LANES_H_
#define STOWAGE_VECTOR_LANES_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"

namespace stowage {

// Vectors of g++ and clang that are one register of SSE2 or NEON, which every processor has that
// this is built for: for loops that compilers leave as they are. What is worth wider registers is
// among the kernels. Lanes of a comparison are -1 or 0.
using Float4 = float __attribute__((vector_size(16)));
using Int4 = int32_t __attribute__((vector_size(16)));
using Double2 = double __attribute__((vector_size(16)));

inline Float4 Load4(const float* values) {
  Float4 loaded;
  std::memcpy(&loaded, values, sizeof(loaded));
  return loaded;
}
inline void Store4(Float4 lanes, float* values) { std::memcpy(values, &lanes, sizeof(lanes)); }

inline Float4 All4(float value) { return Float4{value, value, value, value}; }
inline Float4 Smaller(Float4 a, Float4 b) { return a < b ? a : b; }
inline Float4 Larger(Float4 a, Float4 b) { return a > b ? a : b; }
inline Float4 Magnitude(Float4 a) { return Larger(a, -a); }
// To the nearest whole number, for |x| < 2^22; std::nearbyint() is a call.
template <typename FloatOrFloat4>
FloatOrFloat4 Rounded(FloatOrFloat4 x) {
  constexpr float kShift = 12'582'912;  // 1.5 * 2^23
  return (x + kShift) - kShift;
}
inline Int4 ToInt(Float4 a) { return __builtin_convertvector(a, Int4); }

inline float Sum(Float4 a) { return (a[0] + a[1]) + (a[2] + a[3]); }
inline int32_t Sum(Int4 a) { return (a[0] + a[1]) + (a[2] + a[3]); }

inline float Largest(Float4 a) { return std::max(std::max(a[0], a[1]), std::max(a[2], a[3])); }

// Of values whose number is a multiple of four.
inline float LargestMagnitude(absl::Span<const float> values) {
  Float4 largest = {};
  for (size_t i = 0; i < values.size(); i += 4) {
    largest = Larger(largest, Magnitude(Load4(&values[i])));
  }
  return Largest(largest);
}

// The lowest bit of each four bits, in order: lane l has those of 4 i + l in its i-th four bits.
inline uint32_t BitsOfFours(Int4 fours) {
  fours &= 0x11111111;
  return static_cast<uint32_t>(fours[0] | fours[1] << 1 | fours[2] << 2 | fours[3] << 3);
}

// A sum of products in double, four at a time.
class DoubleSum {
 public:
  void AddProduct(Float4 a, Float4 b) {
    low_ += Double2{double{a[0]}, double{a[1]}} * Double2{double{b[0]}, double{b[1]}};
    high_ += Double2{double{a[2]}, double{a[3]}} * Double2{double{b[2]}, double{b[3]}};
  }
  double total() const {
    const Double2 both = low_ + high_;
    return both[0] + both[1];
  }

 private:
  Double2 low_ = {};
  Double2 high_ = {};
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_LANES_H_
