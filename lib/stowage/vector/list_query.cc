#include "stowage/vector/list_query.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "stowage/vector/distance.h"
#include "stowage/vector/lanes.h"

namespace stowage {
namespace {

constexpr float kHalfByte = 7.5F;
// Largest query component that high and low in [-64, 64] can hold.
constexpr float kLargestCount = 128 * 63 + 63;

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
  return std::min(LargestMagnitude(query.rotated) / kHalfByte,
                  0.33F * query.length / std::sqrt(dim));
}

void PreparePlanes(ListQuery& query) {
  const size_t words = query.rotated.size() / 32;
  query.planes.assign(4 * words, 0);
  query.step = PlaneStep(query);
  const float inverse = query.step > 0 ? 1 / query.step : 0;
  Float4 magnitudes = {};
  Float4 lost_squares = {};
  for (size_t word = 0; word < words; ++word) {
    // Lane l has in its i-th four bits what stands for component 4 i + l.
    Int4 levels = {};
    for (size_t i = 0; i < 8; ++i) {
      const Float4 component = Load4(&query.rotated[word * 32 + 4 * i]);
      const Float4 level =
          Smaller(Larger(Rounded(component * All4(inverse) + All4(kHalfByte)), All4(0)), All4(15));
      levels |= ToInt(level) << static_cast<int>(4 * i);
      const Float4 lost = component - All4(query.step) * (level - All4(kHalfByte));
      lost_squares += lost * lost;
      magnitudes += Magnitude(component);
    }
    for (size_t plane = 0; plane < 4; ++plane) {
      query.planes[plane * words + word] = BitsOfFours(levels >> static_cast<int>(plane));
    }
  }
  query.plane_error = std::sqrt(Sum(lost_squares));
  const double sum_of_magnitudes = Sum(magnitudes);
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
  split.step = LargestMagnitude(rotated) / kLargestCount;
  const float inverse = 1 / split.step;
  const float to_count = std::isfinite(inverse) ? inverse : 0;
  split.bytes = {split.high.data(), split.low.data(), 0, 0};
  const Float4 most = All4(kLargestCount);
  Float4 lost_squares = {};
  Int4 high_sums = {};
  Int4 low_sums = {};
  for (size_t j = 0; j < rotated.size(); j += 4) {
    const Float4 component = Load4(&rotated[j]);
    const Float4 count = Smaller(Larger(Rounded(component * All4(to_count)), -most), most);
    const Float4 high = Rounded(count * All4(1.0F / 128));
    const Int4 highs = ToInt(high);
    const Int4 lows = ToInt(count - All4(128) * high);
    high_sums += highs;
    low_sums += lows;
    for (size_t lane = 0; lane < 4; ++lane) {
      split.high[j + lane] = static_cast<int8_t>(highs[lane]);
      split.low[j + lane] = static_cast<int8_t>(lows[lane]);
    }
    const Float4 lost = component - All4(split.step) * count;
    lost_squares += lost * lost;
  }
  split.bytes.high_sum = Sum(high_sums);
  split.bytes.low_sum = Sum(low_sums);
  split.error = std::sqrt(Sum(lost_squares));
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
