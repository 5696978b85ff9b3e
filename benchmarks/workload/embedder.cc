#include "benchmarks/workload/embedder.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <cmath>

#include "benchmarks/workload/parallel_for.h"
#include "benchmarks/workload/random.h"
#include "benchmarks/workload/text_features.h"

namespace loadline::workload {
namespace {

// Weights are summed in units of 2^-20 of a unit vector: with up to 2^21 features the sum of their
// magnitudes is at most sqrt(2^21) * 2^20 < 2^31.
constexpr double kWeightUnit = 0x1p20;

constexpr double kClassWeight[] = {1.0, 0.5, 0.25};  // by FeatureClass

// Eight lanes of 0 or -1 for the bits of a byte, lowest first: (x ^ mask) - mask negates x where
// the bit is set.
using SignMasks = std::array<int32_t, 8>;
constexpr std::array<SignMasks, 256> MakeSignMasks() {
  std::array<SignMasks, 256> table{};
  for (size_t byte = 0; byte < table.size(); ++byte) {
    for (size_t bit = 0; bit < 8; ++bit) table[byte][bit] = (byte >> bit & 1) != 0 ? -1 : 0;
  }
  return table;
}
constexpr std::array<SignMasks, 256> kSignMasks = MakeSignMasks();

// Adds +weight or -weight to each sum, by the sign bits of `bucket`. The number of sums is a
// multiple of 64.
void AddProjected(uint32_t bucket, int32_t weight, uint64_t seed, absl::Span<int32_t> sums) {
  uint64_t key = MixBits(seed ^ uint64_t{bucket} << 32);
  for (size_t d = 0; d < sums.size(); d += 64) {
    key += 0x9E3779B97F4A7C15u;
    uint64_t bits = MixBits(key);
    for (size_t i = 0; i < 64; i += 8, bits >>= 8) {
      const SignMasks& masks = kSignMasks[bits & 0xFF];
      int32_t* out = &sums[d + i];
      for (size_t lane = 0; lane < 8; ++lane) out[lane] += (weight ^ masks[lane]) - masks[lane];
    }
  }
}

void Normalise(absl::Span<const int32_t> sums, absl::Span<float> out) {
  double square = 0;
  for (size_t d = 0; d < out.size(); ++d) square += double{1} * sums[d] * sums[d];
  if (square == 0) {
    std::fill(out.begin(), out.end(), 0.0f);
    out[0] = 1.0f;
    return;
  }
  const double length = std::sqrt(square);
  for (size_t d = 0; d < out.size(); ++d) out[d] = static_cast<float>(sums[d] / length);
}

}  // namespace

Embedder::Embedder(const EmbedderOptions& options)
    : options_(options), inverse_frequency_(TextFeature::kBuckets) {
  assert(options.dimension >= 1);
}

Embedder Embedder::Fit(absl::Span<const absl::string_view> texts, const EmbedderOptions& options) {
  std::vector<std::atomic<uint32_t>> holders(TextFeature::kBuckets);
  ParallelFor(texts.size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      for (const TextFeature& feature : ExtractFeatures(texts[i])) {
        holders[feature.bucket].fetch_add(1, std::memory_order_relaxed);
      }
    }
  });
  Embedder embedder(options);
  const auto count = static_cast<double>(texts.size());
  for (size_t i = 0; i < holders.size(); ++i) {
    // Two classes may share a bucket, which then counts a text twice: never more than all.
    const double holding = std::min<double>(holders[i].load(std::memory_order_relaxed), count);
    embedder.inverse_frequency_[i] = static_cast<float>(std::log((count + 1.0) / (holding + 0.5)));
  }
  return embedder;
}

void Embedder::Embed(absl::string_view text, absl::Span<float> out) const {
  assert(out.size() == options_.dimension);
  const std::vector<TextFeature> features = ExtractFeatures(text);
  std::vector<double> weights(features.size());
  double square = 0;
  for (size_t i = 0; i < features.size(); ++i) {
    const TextFeature& feature = features[i];
    weights[i] = kClassWeight[static_cast<size_t>(feature.feature_class)] *
                 (1.0 + std::log(feature.count)) * inverse_frequency_[feature.bucket];
    square += weights[i] * weights[i];
  }
  const double scale = features.empty() ? 0 : kWeightUnit / std::sqrt(square);
  std::vector<int32_t> sums((options_.dimension + 63) / 64 * 64);
  for (size_t i = 0; i < features.size(); ++i) {
    AddProjected(features[i].bucket, static_cast<int32_t>(std::lround(weights[i] * scale)),
                 options_.seed, absl::MakeSpan(sums));
  }
  Normalise(sums, out);
}

std::vector<float> Embedder::EmbedAll(absl::Span<const absl::string_view> texts) const {
  std::vector<float> rows(texts.size() * options_.dimension);
  ParallelFor(texts.size(), [&](size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) {
      Embed(texts[i], absl::MakeSpan(&rows[i * options_.dimension], options_.dimension));
    }
  });
  return rows;
}

}  // namespace loadline::workload
