#include "stowage/vector/residual_code.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "stowage/vector/lanes.h"
#include "stowage/vector/list_kernels.h"

namespace stowage {
namespace {

constexpr size_t kOneBitFrom = 96;
constexpr size_t kFourBitFrom = 48;
constexpr float kLargestByte = 127;

// What the terms need of a code k.
struct CodeSums {
  double residual = 0;        // <r, r>
  double code_residual = 0;   // <k, r>
  double code = 0;            // <k, k>
  double code_reference = 0;  // <k, w>
  double reference = 0;       // <r, w>
};

// The sums, four components after four.
class CodeSummer {
 public:
  void Add(Float4 k, Float4 r, Float4 w) {
    residual_.AddProduct(r, r);
    code_residual_.AddProduct(k, r);
    code_.AddProduct(k, k);
    code_reference_.AddProduct(k, w);
    reference_.AddProduct(r, w);
  }
  CodeSums sums() const {
    return {residual_.total(), code_residual_.total(), code_.total(), code_reference_.total(),
            reference_.total()};
  }

 private:
  DoubleSum residual_, code_residual_, code_, code_reference_, reference_;
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

CodeTerms EncodeBits(bool squared_l2, absl::Span<const float> residual,
                     absl::Span<const float> reference, size_t lane, std::byte* block) {
  CodeSummer sums;
  for (size_t begin = 0; begin < residual.size(); begin += 32) {
    Int4 positive = {};  // lane l has component 4 i + l in its i-th four bits
    for (size_t i = 0; i < 8; ++i) {
      const Float4 r = Load4(&residual[begin + 4 * i]);
      positive |= ((r >= 0) & 1) << static_cast<int>(4 * i);
      sums.Add(r >= 0 ? All4(1) : All4(-1), r, Load4(&reference[begin + 4 * i]));
    }
    const uint32_t word = BitsOfFours(positive);
    std::memcpy(block + (begin / 32 * kBlockRows + lane) * sizeof(word), &word, sizeof(word));
  }
  return UnbiasedTerms(squared_l2, sums.sums());
}

// Levels are v - 7.5 for v in 0..15.
Float4 NibbleLevel(Float4 r, float inverse_step) {
  return Smaller(Larger(Rounded(r * inverse_step + 7.5F), All4(0)), All4(15)) - 7.5F;
}

// The step, as the inverse, of the best cosine between code and residual: most of the largest
// component is worth losing for finer steps. Six are tried.
float BestInverseStep(absl::Span<const float> residual) {
  const float widest = 7.5F / LargestMagnitude(residual);
  if (!std::isfinite(widest)) return 0;
  float best = widest;
  float best_cosine = -1;
  for (float inverse = widest; inverse < widest * 2.3F; inverse *= 1.18F) {
    Float4 product = {};
    Float4 square = {};
    for (size_t i = 0; i < residual.size(); i += 4) {
      const Float4 r = Load4(&residual[i]);
      const Float4 level = NibbleLevel(r, inverse);
      product += level * r;
      square += level * level;
    }
    const float cosine = Sum(product) / std::sqrt(Sum(square));
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
  CodeSummer sums;
  for (size_t group = 0; group * 8 < residual.size(); ++group) {
    uint32_t bytes = 0;
    // The first four in the low halves of the four bytes, the others in the high halves.
    for (size_t half = 0; half < 2; ++half) {
      const size_t j = group * 8 + half * 4;
      const Float4 r = Load4(&residual[j]);
      const Float4 level = NibbleLevel(r, inverse);
      sums.Add(level, r, Load4(&reference[j]));
      const Int4 nibbles = ToInt(level + 7.5F);
      for (size_t i = 0; i < 4; ++i) {
        bytes |= static_cast<uint32_t>(nibbles[i]) << (8 * i + 4 * half);
      }
    }
    std::memcpy(block + (group * kBlockRows + lane) * sizeof(bytes), &bytes, sizeof(bytes));
  }
  return UnbiasedTerms(squared_l2, sums.sums());
}

// Calls store(j, code + 128) for every component.
template <typename Store>
ByteTerms EncodeByteCodes(bool squared_l2, absl::Span<const float> residual,
                          absl::Span<const float> reference, Store store) {
  const float scale = LargestMagnitude(residual) / kLargestByte;
  const float inverse = 1 / scale;
  // Nothing left, or so little that the scale has no inverse: the whole residual is lost.
  const float to_code = std::isfinite(inverse) ? inverse : 0;
  CodeSummer summer;
  for (size_t j = 0; j < residual.size(); j += 4) {
    const Float4 r = Load4(&residual[j]);
    const Float4 code =
        Smaller(Larger(Rounded(r * to_code), All4(-kLargestByte)), All4(kLargestByte));
    summer.Add(code, r, Load4(&reference[j]));
    const Int4 bytes_of_code = ToInt(code) + 128;
    for (size_t i = 0; i < 4; ++i) store(j + i, static_cast<uint8_t>(bytes_of_code[i]));
  }
  const CodeSums sums = summer.sums();
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
