#include "stowage/vector/int8_code.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace stowage {
namespace {

float LargestMagnitude(absl::Span<const float> values) {
  float largest[4] = {};
  size_t i = 0;
  for (; i + 4 <= values.size(); i += 4) {
    for (size_t lane = 0; lane < 4; ++lane) {
      const float magnitude = std::fabs(values[i + lane]);
      if (magnitude > largest[lane]) largest[lane] = magnitude;
    }
  }
  for (; i < values.size(); ++i) largest[0] = std::max(largest[0], std::fabs(values[i]));
  return *std::max_element(largest, largest + 4);
}

// To the nearest whole number, halves to even, for |x| < 2^22: in this sum no bit is left for a
// fraction. std::nearbyint() is a call a component.
inline float Rounded(float x) {
  constexpr float kShift = 12'582'912;  // 1.5 * 2^23
  return (x + kShift) - kShift;
}

}  // namespace

void EncodeInt8(absl::Span<const float> values, float factor, std::byte* code) {
  CodeHeader header;
  header.scale = LargestMagnitude(values) * factor / 127;
  const float inverse = 1 / header.scale;
  // All components zero, or so small that their scale has no inverse: the codes are zeros and
  // the residual is the whole vector.
  const float to_code = std::isfinite(inverse) ? factor * inverse : 0;
  auto* const codes = reinterpret_cast<int8_t*>(code + sizeof(CodeHeader));
  double norm = 0;
  double residual = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const float rounded = std::clamp(Rounded(values[i] * to_code), -127.0F, 127.0F);
    codes[i] = static_cast<int8_t>(rounded);
    header.sum += codes[i];
    const double value = double{values[i]} * double{factor};
    const double lost = value - double{header.scale} * double{rounded};
    norm += value * value;
    residual += lost * lost;
  }
  std::memset(codes + values.size(), 0, PaddedDimension(values.size()) - values.size());
  header.norm = static_cast<float>(std::sqrt(norm));
  header.residual = static_cast<float>(std::sqrt(residual) * (1 + 1e-6));
  std::memcpy(code, &header, sizeof(header));
}

EncodedQuery EncodeQuery(absl::Span<const float> query, Metric metric) {
  EncodedQuery encoded;
  encoded.values.assign(query.begin(), query.end());
  encoded.norm = std::sqrt(DotInDouble(query.data(), query.data(), query.size()));
  if (metric == Metric::kCosine) {
    for (float& value : encoded.values) {
      value = static_cast<float>(double{value} / encoded.norm);
    }
    encoded.norm = 1;
  }
  encoded.code.resize(CodeBytes(query.size()) / sizeof(CodeHeader));
  EncodeInt8(encoded.values, 1, reinterpret_cast<std::byte*>(encoded.code.data()));
  return encoded;
}

}  // namespace stowage
