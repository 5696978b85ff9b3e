#include "stowage/vector/rotation.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "stowage/vector/lanes.h"

namespace stowage {
namespace {

constexpr size_t kDenseBelow = 48;

// Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (OOPSLA 2014). Of our own
// library, because what std::normal_distribution gives differs between libraries.
uint64_t NextRandom(uint64_t& state) {
  state += 0x9E3779B97F4A7C15;
  uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

// Nearly normal: a sum of twelve uniform values. What is left of the difference goes as columns are
// made orthogonal.
double NextNormal(uint64_t& state) {
  double sum = -6;
  for (int i = 0; i < 12; ++i) sum += static_cast<double>(NextRandom(state) >> 11) * 0x1p-53;
  return sum;
}

double Dot(const double* a, const double* b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += a[i] * b[i];
  return sum;
}

// `count` orthonormal columns of `n` floats, count <= n; Gram and Schmidt, twice for accuracy.
std::vector<float> OrthonormalColumns(size_t n, size_t count, uint64_t seed) {
  std::vector<double> columns(count * n);
  for (double& value : columns) value = NextNormal(seed);
  for (size_t column = 0; column < count; ++column) {
    double* const own = &columns[column * n];
    for (int pass = 0; pass < 2; ++pass) {
      for (size_t before = 0; before < column; ++before) {
        const double* const other = &columns[before * n];
        const double share = Dot(own, other, n);
        for (size_t i = 0; i < n; ++i) own[i] -= share * other[i];
      }
      const double norm = std::sqrt(Dot(own, own, n));
      for (size_t i = 0; i < n; ++i) own[i] /= norm;
    }
  }
  return {columns.begin(), columns.end()};
}

// Walsh-Hadamard of four.
Float4 TransformLanes(Float4 v) {
  const Float4 pairs = __builtin_shufflevector(v, v, 0, 0, 2, 2) +
                       __builtin_shufflevector(v, v, 1, 1, 3, 3) * Float4{1, -1, 1, -1};
  return __builtin_shufflevector(pairs, pairs, 0, 1, 0, 1) +
         __builtin_shufflevector(pairs, pairs, 2, 3, 2, 3) * Float4{1, 1, -1, -1};
}

// Two levels at once.
void TransformFour(Float4& a, Float4& b, Float4& c, Float4& d) {
  const Float4 sum0 = a + b, difference0 = a - b;
  const Float4 sum1 = c + d, difference1 = c - d;
  a = sum0 + sum1;
  b = difference0 + difference1;
  c = sum0 - sum1;
  d = difference0 - difference1;
}

// Those of `apart` floats and of twice as many.
void TransformFour(float* values, size_t apart) {
  Float4 a = Load4(values), b = Load4(values + apart);
  Float4 c = Load4(values + 2 * apart), d = Load4(values + 3 * apart);
  TransformFour(a, b, c, d);
  Store4(a, values);
  Store4(b, values + apart);
  Store4(c, values + 2 * apart);
  Store4(d, values + 3 * apart);
}

// Turns the halves into each other; scaled by sqrt(2). n is a multiple of 8.
void MixHalves(float* values, size_t n) {
  float* const high = values + n / 2;
  for (size_t i = 0; i < n / 2; i += 4) {
    const Float4 a = Load4(values + i), b = Load4(high + i);
    Store4(a + b, values + i);
    Store4(a - b, high + i);
  }
}

// Walsh-Hadamard, unscaled, in place; n is a power of two and at least 32.
void Transform(float* values, size_t n) {
  for (size_t i = 0; i < n; i += 16) {
    for (size_t lanes = i; lanes < i + 16; lanes += 4) {
      Store4(TransformLanes(Load4(values + lanes)), values + lanes);
    }
    TransformFour(values + i, 4);
  }
  size_t half = 16;
  for (; 4 * half <= n; half *= 4) {
    for (size_t begin = 0; begin < n; begin += 4 * half) {
      for (size_t i = begin; i < begin + half; i += 4) TransformFour(values + i, half);
    }
  }
  if (half < n) MixHalves(values, n);  // one level is left
}

}  // namespace

size_t Rotation::PaddedFor(size_t dimension) {
  const size_t unit = dimension < kDenseBelow ? 4 : 32;
  return (dimension + unit - 1) / unit * unit;
}

Rotation::Rotation(size_t dimension, uint64_t seed)
    : dimension_(dimension), padded_(PaddedFor(dimension)) {
  if (dimension < kDenseBelow) {
    dense_ = OrthonormalColumns(padded_, dimension, seed);
    return;
  }
  span_ = std::bit_floor(padded_);
  const size_t rounds = span_ == padded_ ? 3 : 4;
  signs_.resize(rounds * padded_);
  for (size_t round = 0; round < rounds; ++round) {
    // The components that the round's transform passes over keep their length without it.
    const size_t begin = round % 2 == 0 ? 0 : padded_ - span_;
    const auto transformed = static_cast<float>(1 / std::sqrt(static_cast<double>(span_)));
    const float mixed = span_ == padded_ ? 1.0F : static_cast<float>(std::sqrt(0.5));
    for (size_t i = 0; i < padded_; ++i) {
      const float scale = (i >= begin && i < begin + span_ ? transformed : 1.0F) * mixed;
      signs_[round * padded_ + i] = NextRandom(seed) >> 63 != 0 ? -scale : scale;
    }
  }
}

void Rotation::Apply(const float* values, float* rotated) const {
  if (!dense_.empty()) {
    ApplyDense(values, rotated);
    return;
  }
  std::memcpy(rotated, values, dimension_ * sizeof(float));
  std::fill(rotated + dimension_, rotated + padded_, 0.0F);
  ApplyRounds(rotated);
}

void Rotation::ApplyDense(const float* values, float* rotated) const {
  std::fill(rotated, rotated + padded_, 0.0F);
  for (size_t column = 0; column < dimension_; ++column) {
    const float* const base = &dense_[column * padded_];
    for (size_t i = 0; i < padded_; i += 4) {
      Store4(Load4(rotated + i) + All4(values[column]) * Load4(base + i), rotated + i);
    }
  }
}

void Rotation::ApplyRounds(float* rotated) const {
  for (size_t round = 0; round * padded_ < signs_.size(); ++round) {
    const float* const signs = &signs_[round * padded_];
    for (size_t i = 0; i < padded_; i += 4)
      Store4(Load4(rotated + i) * Load4(signs + i), rotated + i);
    Transform(round % 2 == 0 ? rotated : rotated + (padded_ - span_), span_);
    if (span_ < padded_) MixHalves(rotated, padded_);
  }
}

}  // namespace stowage
