#ifndef STOWAGE_VECTOR_RESIDUAL_CODE_H_
#define STOWAGE_VECTOR_RESIDUAL_CODE_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// Codes of a row's residual r, what is left of it once the centre of its list is taken away, in
// rotated space; dim is the rotation's padded().
//
//   list:  w, its reference: under squared L2 the centre c; else c plus the rotated coding mean
//   row:   y = c + r
//   query: q, rotated, without the coding mean under squared L2
//
// With a code k of r, scaled so that r ~ f k, and S = <q, k>, a row scores
//
//   v = base + along * A + F * S
//     squared L2:  base = ||q - w||^2, along = 1,
//                  A = ||r||^2 + 2 f <k, w>, F = -2 f                v ~ ||q - (w + r)||^2
//     else:        base = -<q, w>, along = max(0, <q, w> / ||w||^2),
//                  A = -(<r, w> - f <k, w>), F = -f                  v ~ -<q, w + r>
//
// What is wrong with it is <u, r - f k>, twice that under squared L2, with u = q - along * w. In
// one and four bits f = ||r||^2 / <k, r>, so that r - f k is orthogonal to r: of a random rotation
// the error is then that of a random direction, of standard deviation ||u|| ||r - f k|| / sqrt(dim)
// (Gao and Long, "RaBitQ", SIGMOD 2024). So with E = ||r - f k|| (twice that under squared L2) the
// score is within ||u|| min(1, eps / sqrt(dim)) E, surely where the minimum is 1.
struct CodeTerms {
  float factor = 0;  // F
  float along = 0;   // A
  float error = 0;   // E
};

// Bits of the code that is scored first, by how many dimensions there are: fewer bits a component
// need more components.
enum class HotCode { kOneBit, kFourBit, kEightBit };
HotCode HotCodeFor(size_t dim);
// Bytes of a block of kBlockRows such codes, without their terms.
size_t HotBlockBytes(HotCode code, size_t dim);

// Writes the code of a residual into row `lane` of a block (see list_kernels.h for the places).
// `residual` and `reference` have dim floats.
CodeTerms EncodeHot(HotCode code, bool squared_l2, absl::Span<const float> residual,
                    absl::Span<const float> reference, size_t lane, std::byte* block);

// The eight-bit code that is scored second, a row of its own: PaddedBytes(dim) bytes, stored as
// code + 128 with zeros (128) behind. f = max |r_j| / 127.
struct ByteTerms {
  CodeTerms terms;
  float length = 0;  // ||r||, times two under squared L2: the error of the query acts on it
};
constexpr size_t PaddedBytes(size_t dim) { return (dim + 63) / 64 * 64; }
ByteTerms EncodeBytes(bool squared_l2, absl::Span<const float> residual,
                      absl::Span<const float> reference, uint8_t* code);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_RESIDUAL_CODE_H_
