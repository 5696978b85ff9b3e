#ifndef STOWAGE_VECTOR_INT8_CODE_H_
#define STOWAGE_VECTOR_INT8_CODE_H_

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "stowage/vector/distance.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// A vector as the metric sees it (under kCosine: divided by its norm), rounded to one signed byte
// a component: x_i ~ scale * code_i with scale = max |x_i| / 127. In memory the header is followed
// by PaddedDimension(dim) codes.
struct CodeHeader {
  float scale = 0;
  float norm = 0;      // of the vector, as the metric sees it
  float residual = 0;  // norm of what the rounding lost: ||x - scale * code||, rounded up
  int32_t sum = 0;     // of the codes
};
static_assert(sizeof(CodeHeader) == 16);

constexpr size_t PaddedDimension(size_t dimension) {
  return (dimension + kCodePadding - 1) / kCodePadding * kCodePadding;
}
// Bytes of one code with its header: 400 at 384 dimensions.
constexpr size_t CodeBytes(size_t dimension) {
  return sizeof(CodeHeader) + PaddedDimension(dimension);
}

inline const CodeHeader& HeaderOf(const std::byte* code) {
  return *reinterpret_cast<const CodeHeader*>(code);
}
inline const int8_t* CodesOf(const std::byte* code) {
  return reinterpret_cast<const int8_t*>(code + sizeof(CodeHeader));
}

// Writes CodeBytes(values.size()) bytes at `code`, which is aligned to 16. `factor` multiplies
// every component first: 1 / norm under kCosine, else 1. Components are finite.
void EncodeInt8(absl::Span<const float> values, float factor, std::byte* code);

// A query ready for both kinds of distance.
struct EncodedQuery {
  std::vector<float> values;     // under kCosine of norm 1
  std::vector<CodeHeader> code;  // CodeBytes() bytes; CodeHeader for its alignment
  double norm = 0;

  const std::byte* code_bytes() const { return reinterpret_cast<const std::byte*>(code.data()); }
};

// `query` is valid for the metric (see vector_checks.h).
EncodedQuery EncodeQuery(absl::Span<const float> query, Metric metric);

// The distance under `metric` that two codes with this dot product stand for.
inline float CodeDistance(Metric metric, const CodeHeader& a, const CodeHeader& b, int32_t dot) {
  const float product = a.scale * b.scale * static_cast<float>(dot);
  if (metric != Metric::kSquaredL2) return 1 - product;
  return a.norm * a.norm + b.norm * b.norm - 2 * product;
}

// How far CodeDistance() can be from the distance that the float kernels compute, at most. With
// a = a' + r_a, b = b' + r_b, where ' is the decoded code and r the residual:
//   |a.b - a'.b'| = |r_a.b' + a.r_b| <= ||r_a|| (||b|| + ||r_b||) + ||a|| ||r_b||
// and, for the rounding of float arithmetic itself on both sides, kFloatSlack of ||a|| ||b||
// (for squared L2 of the larger norm squared; for both others also of the 1 in 1 - a.b).
inline float CodeDistanceError(Metric metric, const CodeHeader& a, const CodeHeader& b) {
  constexpr float kFloatSlack = 4e-6F;
  const float lost = a.residual * (b.norm + b.residual) + a.norm * b.residual;
  if (metric != Metric::kSquaredL2) return lost + kFloatSlack * (1 + a.norm * b.norm);
  return 2 * lost + kFloatSlack * (a.norm + b.norm) * (a.norm + b.norm);
}

}  // namespace stowage

#endif  // STOWAGE_VECTOR_INT8_CODE_H_
