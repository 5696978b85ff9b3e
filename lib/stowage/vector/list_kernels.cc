#include "stowage/vector/list_kernels.h"

#include <bit>

namespace stowage {
namespace {

void CountSignsScalar(const uint32_t* bits, size_t words, const uint32_t* signs, int32_t* counts) {
  for (size_t row = 0; row < kBlockRows; ++row) counts[row] = 0;
  for (size_t word = 0; word < words; ++word) {
    for (size_t row = 0; row < kBlockRows; ++row) {
      counts[row] += std::popcount(bits[word * kBlockRows + row] ^ signs[word]);
    }
  }
}

void CountPlanesScalar(const uint32_t* bits, size_t words, const uint32_t* planes,
                       int32_t* counts) {
  for (size_t row = 0; row < kBlockRows; ++row) counts[row] = 0;
  for (size_t plane = 0; plane < 4; ++plane) {
    int32_t of_plane[kBlockRows];
    CountSignsScalar(bits, words, planes + plane * words, of_plane);
    for (size_t row = 0; row < kBlockRows; ++row) counts[row] += of_plane[row] << plane;
  }
}

void DotNibblesScalar(const uint8_t* codes, size_t groups, const ByteQuery& query, ByteDot* dots) {
  for (size_t row = 0; row < kBlockRows; ++row) {
    dots[row] = {};
    for (size_t group = 0; group < groups; ++group) {
      for (size_t i = 0; i < 4; ++i) {
        const int32_t byte = codes[(group * kBlockRows + row) * 4 + i];
        const size_t j = 8 * group + i;
        dots[row].high += (byte & 15) * query.high[j] + (byte >> 4) * query.high[j + 4];
        dots[row].low += (byte & 15) * query.low[j] + (byte >> 4) * query.low[j + 4];
      }
    }
  }
}

void DotBytesScalar(const uint8_t* codes, size_t groups, const ByteQuery& query, ByteDot* dots) {
  for (size_t row = 0; row < kBlockRows; ++row) {
    dots[row] = {};
    for (size_t group = 0; group < groups; ++group) {
      for (size_t i = 0; i < 4; ++i) {
        const int32_t code = codes[(group * kBlockRows + row) * 4 + i] - 128;
        dots[row].high += code * query.high[4 * group + i];
        dots[row].low += code * query.low[4 * group + i];
      }
    }
  }
}

ByteDot DotByteRowScalar(const uint8_t* codes, size_t n, const ByteQuery& query) {
  ByteDot dot;
  for (size_t i = 0; i < n; ++i) {
    const int32_t code = codes[i] - 128;
    dot.high += code * query.high[i];
    dot.low += code * query.low[i];
  }
  return dot;
}

int32_t DotByteRowsScalar(const uint8_t* a, const uint8_t* b, size_t n) {
  int32_t dot = 0;
  for (size_t i = 0; i < n; ++i) dot += (int32_t{a[i]} - 128) * (int32_t{b[i]} - 128);
  return dot;
}

uint32_t SelectScalar(const BlockTerms& block, const ListTerms& list, const float* s, float limit,
                      float* lower) {
  uint32_t chosen = 0;
  for (size_t row = 0; row < kBlockRows; ++row) {
    const float score = list.base + list.along * block.along[row] + block.factor[row] * s[row];
    lower[row] = score - list.error * block.error[row];
    if (lower[row] <= limit) chosen |= 1U << row;
  }
  return chosen;
}

constexpr ListKernels kScalarLists = {"scalar",          CountSignsScalar, CountPlanesScalar,
                                      DotNibblesScalar,  DotBytesScalar,   DotByteRowScalar,
                                      DotByteRowsScalar, SelectScalar};

}  // namespace

const std::vector<const ListKernels*>& SupportedListKernels() {
  static const auto* const kernels = [] {
    auto* all = new std::vector<const ListKernels*>(X86ListKernels());
    for (const ListKernels* neon : NeonListKernels()) all->push_back(neon);
    all->push_back(&kScalarLists);
    return all;
  }();
  return *kernels;
}

const ListKernels& ActiveListKernels() {
  static const ListKernels& fastest = *SupportedListKernels().front();
  return fastest;
}

}  // namespace stowage
