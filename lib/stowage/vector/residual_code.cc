#include "stowage/vector/residual_code.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "stowage/vector/list_kernels.h"

namespace stowage {
namespace {

constexpr size_t kOneBitFrom = 96;
constexpr size_t kFourBitFrom = 48;
constexpr float kLargestByte = 127;

// What the terms need of a code k: sums in double, over the components in order.
struct CodeSums {
  double residual = 0;        // <r, r>
  double code_residual = 0;   // <k, r>
  double code = 0;            // <k, k>
  double code_reference = 0;  // <k, w>
  double reference = 0;       // <r, w>

  void Add(float k, float r, float w) {
    residual += double{r} * r;
    code_residual += double{k} * r;
    code += double{k} * k;
    code_reference += double{k} * w;
    reference += double{r} * w;
  }
};

CodeTerms Terms(bool squared_l2, double f, const CodeSums& sums) {
  // ||r - f k||^2, whatever f is.
  const double lost = sums.residual - 2 * f * sums.code_residual + f * f * sums.code;
  const double error = std::sqrt(std::max(lost, 0.0)) * (1 + 1e-6);
  CodeTerms terms;
  if (squared_l2) {
    terms.factor = static_cast<float>(-2 * f);
    terms.along = static_cast<float>(sums.residual + 2 * f * sums.code_reference);
    terms.error = static_cast<float>(2 * error);
  } else {
    terms.factor = static_cast<float>(-f);
    terms.along = static_cast<float>(f * sums.code_reference - sums.reference);
    terms.error = static_cast<float>(error);
  }
  return terms;
}

// f = ||r||^2 / <k, r>; a residual of nothing has no direction.
CodeTerms UnbiasedTerms(bool squared_l2, const CodeSums& sums) {
  const double f = sums.code_residual > 0 ? sums.residual / sums.code_residual : 0;
  return Terms(squared_l2, f, sums);
}

float LargestMagnitude(absl::Span<const float> values) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::fabs(value));
  return largest;
}

CodeTerms EncodeBits(bool squared_l2, absl::Span<const float> residual,
                     absl::Span<const float> reference, size_t lane, std::byte* block) {
  CodeSums sums;
  for (size_t begin = 0; begin < residual.size(); begin += 32) {
    uint32_t word = 0;
    for (size_t i = 0; i < 32; ++i) {
      const float r = residual[begin + i];
      const bool positive = r >= 0;
      word |= uint32_t{positive} << i;
      sums.Add(positive ? 1 : -1, r, reference[begin + i]);
    }
    std::memcpy(block + (begin / 32 * kBlockRows + lane) * sizeof(word), &word, sizeof(word));
  }
  return UnbiasedTerms(squared_l2, sums);
}

// Levels are v - 7.5 for v in 0..15.
float NibbleLevel(float r, float inverse_step) {
  return std::clamp(Rounded(r * inverse_step + 7.5F), 0.0F, 15.0F) - 7.5F;
}

// The step, as the inverse, of the best cosine between code and residual: most of the largest
// component is worth losing for finer steps. Six are tried.
float BestInverseStep(absl::Span<const float> residual) {
  const float widest = 7.5F / LargestMagnitude(residual);
  if (!std::isfinite(widest)) return 0;
  float best = widest;
  double best_cosine = -1;
  for (float inverse = widest; inverse < widest * 2.3F; inverse *= 1.18F) {
    double product = 0;
    double square = 0;
    for (const float r : residual) {
      const double level = NibbleLevel(r, inverse);
      product += level * r;
      square += level * level;
    }
    const double cosine = product / std::sqrt(square);
    if (cosine > best_cosine) {
      best_cosine = cosine;
      best = inverse;
    }
  }
  return best;
}

CodeTerms EncodeNibbles(bool squared_l2, absl::Span<const float> residual,
                        absl::Span<const float> reference, size_t lane, std::byte* block) {
  const float inverse = BestInverseStep(residual);
  CodeSums sums;
  for (size_t group = 0; group * 8 < residual.size(); ++group) {
    uint32_t bytes = 0;
    for (size_t i = 0; i < 8; ++i) {
      const size_t j = group * 8 + i;
      const float level = NibbleLevel(residual[j], inverse);
      sums.Add(level, residual[j], reference[j]);
      // The first four in the low halves of the four bytes, the others in the high halves.
      bytes |= static_cast<uint32_t>(level + 7.5F) << (i % 4 * 8 + i / 4 * 4);
    }
    std::memcpy(block + (group * kBlockRows + lane) * sizeof(bytes), &bytes, sizeof(bytes));
  }
  return UnbiasedTerms(squared_l2, sums);
}

// Calls store(j, code + 128) for every component.
template <typename Store>
ByteTerms EncodeByteCodes(bool squared_l2, absl::Span<const float> residual,
                          absl::Span<const float> reference, Store store) {
  const float scale = LargestMagnitude(residual) / kLargestByte;
  const float inverse = 1 / scale;
  // Nothing left, or so little that the scale has no inverse: the whole residual is lost.
  const float to_code = std::isfinite(inverse) ? inverse : 0;
  CodeSums sums;
  for (size_t j = 0; j < residual.size(); ++j) {
    const float code = std::clamp(Rounded(residual[j] * to_code), -kLargestByte, kLargestByte);
    store(j, static_cast<uint8_t>(static_cast<int>(code) + 128));
    sums.Add(code, residual[j], reference[j]);
  }
  ByteTerms bytes;
  bytes.terms = Terms(squared_l2, scale, sums);
  bytes.length = static_cast<float>(std::sqrt(sums.residual)) * (squared_l2 ? 2 : 1);
  return bytes;
}

}  // namespace

HotCode HotCodeFor(size_t dim) {
  if (dim >= kOneBitFrom) return HotCode::kOneBit;
  return dim >= kFourBitFrom ? HotCode::kFourBit : HotCode::kEightBit;
}

size_t HotBlockBytes(HotCode code, size_t dim) {
  switch (code) {
    case HotCode::kOneBit:
      return dim / 8 * kBlockRows;
    case HotCode::kFourBit:
      return dim / 2 * kBlockRows;
    case HotCode::kEightBit:
      break;
  }
  return dim * kBlockRows;
}

CodeTerms EncodeHot(HotCode code, bool squared_l2, absl::Span<const float> residual,
                    absl::Span<const float> reference, size_t lane, std::byte* block) {
  switch (code) {
    case HotCode::kOneBit:
      return EncodeBits(squared_l2, residual, reference, lane, block);
    case HotCode::kFourBit:
      return EncodeNibbles(squared_l2, residual, reference, lane, block);
    case HotCode::kEightBit:
      break;
  }
  const auto store = [&](size_t j, uint8_t byte) {
    block[(j / 4 * kBlockRows + lane) * 4 + j % 4] = static_cast<std::byte>(byte);
  };
  return EncodeByteCodes(squared_l2, residual, reference, store).terms;
}

ByteTerms EncodeBytes(bool squared_l2, absl::Span<const float> residual,
                      absl::Span<const float> reference, uint8_t* code) {
  std::memset(code + residual.size(), 128, PaddedBytes(residual.size()) - residual.size());
  return EncodeByteCodes(squared_l2, residual, reference,
                         [&](size_t j, uint8_t byte) { code[j] = byte; });
}

}  // namespace stowage
