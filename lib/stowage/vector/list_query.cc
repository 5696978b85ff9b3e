#include "stowage/vector/list_query.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "stowage/vector/distance.h"

namespace stowage {
namespace {

constexpr float kHalfByte = 7.5F;
// Largest query component that high and low in [-64, 64] can hold.
constexpr float kLargestCount = 128 * 63 + 63;

float Largest(absl::Span<const float> values) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::fabs(value));
  return largest;
}

// <query, sign code> where h of the signs agree less the share that differ: of two directions at an
// angle t a random hyperplane parts the share t / pi, so h = 1 - 2 t / pi and cos t = sin(pi h /
// 2).
std::vector<float> SignScores(size_t dim) {
  std::vector<float> scores(dim + 1);
  const auto n = static_cast<double>(dim);
  for (size_t differ = 0; differ <= dim; ++differ) {
    const double h = 1 - 2 * static_cast<double>(differ) / n;
    scores[differ] =
        static_cast<float>(n * 2 / std::numbers::pi * std::sin(std::numbers::pi / 2 * h));
  }
  return scores;
}

// Coarser steps than those of the largest component: few components are as large.
float PlaneStep(const ListQuery& query) {
  const auto dim = static_cast<float>(query.rotated.size());
  return std::min(Largest(query.rotated) / kHalfByte, 0.33F * query.length / std::sqrt(dim));
}

void PreparePlanes(ListQuery& query) {
  const size_t words = query.rotated.size() / 32;
  query.planes.assign(4 * words, 0);
  query.step = PlaneStep(query);
  const float inverse = query.step > 0 ? 1 / query.step : 0;
  double sum_of_magnitudes = 0;
  double error = 0;
  for (size_t word = 0; word < words; ++word) {
    uint32_t planes[4] = {};
    for (uint32_t i = 0; i < 32; ++i) {
      const float component = query.rotated[word * 32 + i];
      const float level = std::clamp(Rounded(component * inverse + kHalfByte), 0.0F, 15.0F);
      const auto v = static_cast<uint32_t>(level);
      for (uint32_t plane = 0; plane < 4; ++plane) planes[plane] |= (v >> plane & 1) << i;
      const float lost = component - query.step * (level - kHalfByte);
      error += double{lost} * lost;
      sum_of_magnitudes += std::fabs(component);
    }
    for (size_t plane = 0; plane < 4; ++plane) query.planes[plane * words + word] = planes[plane];
  }
  query.plane_error = static_cast<float>(std::sqrt(error));
  const double square = double{query.length} * query.length;
  const double scale = sum_of_magnitudes > 0 ? square / sum_of_magnitudes : 0;
  query.sign_scale = static_cast<float>(scale);
  const double lost = static_cast<double>(query.rotated.size()) * scale * scale - square;
  query.sign_error = static_cast<float>(std::sqrt(std::max(lost, 0.0)));
}

}  // namespace

ListCoding::ListCoding(const StoreConfig& config, std::vector<float> mean, uint64_t seed,
                       Bytes bytes)
    : config_(config),
      rotation_(config.dimension, seed),
      hot_(HotCodeFor(rotation_.padded())),
      bytes_(bytes),
      mean_(std::move(mean)),
      rotated_mean_(rotation_.padded()) {
  rotation_.Apply(mean_.data(), rotated_mean_.data());
  mean_reference_ = squared_l2() ? std::vector<float>(dim()) : rotated_mean_;
  if (hot_ == HotCode::kOneBit) sign_scores_ = SignScores(dim());
}

void ListCoding::Project(absl::Span<const float> values, float factor, float* rotated) const {
  thread_local std::vector<float> centred;
  centred.resize(values.size());
  for (size_t i = 0; i < values.size(); ++i) centred[i] = factor * values[i] - mean_[i];
  rotation_.Apply(centred.data(), rotated);
}

void ListCoding::Rotate(absl::Span<const float> values, float factor, float* rotated) const {
  thread_local std::vector<float> scaled;
  scaled.resize(values.size());
  for (size_t i = 0; i < values.size(); ++i) scaled[i] = factor * values[i];
  rotation_.Apply(scaled.data(), rotated);
}

size_t ListCoding::memory_bytes() const {
  return sizeof(*this) + rotation_.memory_bytes() +
         (mean_.capacity() + rotated_mean_.capacity() + sign_scores_.capacity()) * sizeof(float);
}

void Split(absl::Span<const float> rotated, SplitBytes& split) {
  const size_t padded = PaddedBytes(rotated.size());
  split.high.assign(padded, 0);
  split.low.assign(padded, 0);
  split.step = Largest(rotated) / kLargestCount;
  const float inverse = 1 / split.step;
  const float to_count = std::isfinite(inverse) ? inverse : 0;
  split.bytes = {split.high.data(), split.low.data(), 0, 0};
  double error = 0;
  for (size_t j = 0; j < rotated.size(); ++j) {
    const float count = std::clamp(Rounded(rotated[j] * to_count), -kLargestCount, kLargestCount);
    const float high = Rounded(count / 128);
    split.high[j] = static_cast<int8_t>(high);
    split.low[j] = static_cast<int8_t>(count - 128 * high);
    split.bytes.high_sum += split.high[j];
    split.bytes.low_sum += split.low[j];
    const float lost = rotated[j] - split.step * count;
    error += double{lost} * lost;
  }
  split.error = static_cast<float>(std::sqrt(error));
}

void PrepareQuery(const ListCoding& coding, absl::Span<const float> values, ListQuery& query) {
  query.values.assign(values.begin(), values.end());
  if (coding.config().metric == Metric::kCosine) {
    const double norm = LengthInDouble(values);
    for (float& value : query.values) value = static_cast<float>(double{value} / norm);
  }
  query.rotated.resize(coding.dim());
  if (coding.squared_l2()) {
    coding.Project(query.values, 1, query.rotated.data());
  } else {
    coding.Rotate(query.values, 1, query.rotated.data());
  }
  query.length = static_cast<float>(LengthInDouble(query.rotated));
  if (coding.hot() == HotCode::kOneBit) PreparePlanes(query);
  Split(query.rotated, query.split);
  query.on_mean = coding.squared_l2()
                      ? 0
                      : static_cast<float>(DotInDouble(query.rotated.data(),
                                                       coding.rotated_mean().data(), coding.dim()));
}

}  // namespace stowage
