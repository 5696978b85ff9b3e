#ifndef STOWAGE_VECTOR_ROTATION_H_
#define STOWAGE_VECTOR_ROTATION_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace stowage {

// A random orthogonal map that spreads what lies on a few axes over all of them, so that codes of a
// few bits a component lose as much in every direction. Distances and inner products stay as they
// are, up to the rounding of floats. The same dimension and seed give the same map.
//
// From 48 dimensions on, rounds of random signs and Walsh-Hadamard transforms (Ailon and Chazelle,
// STOC 2006), O(n log n); below, a dense matrix.
//
// Immutable; thread-safe.
class Rotation {
 public:
  // dimension: 1..kMaxDimension.
  Rotation(size_t dimension, uint64_t seed);

  size_t dimension() const { return dimension_; }
  // Floats of a rotated vector: the dimension rounded up to a multiple of 32, or of 4 below 48.
  size_t padded() const { return padded_; }
  static size_t PaddedFor(size_t dimension);

  // From dimension() floats to padded() floats; the ranges do not overlap.
  void Apply(const float* values, float* rotated) const;

  size_t memory_bytes() const { return (signs_.capacity() + dense_.capacity()) * sizeof(float); }

 private:
  void ApplyDense(const float* values, float* rotated) const;
  void ApplyRounds(float* rotated) const;

  size_t dimension_;
  size_t padded_;
  size_t span_ = 0;           // of a transform: the largest power of two <= padded_
  std::vector<float> signs_;  // padded_ of each round, scaled by what the round's transform needs
  std::vector<float> dense_;  // dimension_ columns of padded_ floats
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_ROTATION_H_
