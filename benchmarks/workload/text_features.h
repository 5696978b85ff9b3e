#ifndef BENCHMARKS_WORKLOAD_TEXT_FEATURES_H_
#define BENCHMARKS_WORKLOAD_TEXT_FEATURES_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::workload {

enum class FeatureClass : uint8_t { kIdentifier, kIdentifierPart, kCharacterRun };

// A feature of a text and how often it occurs there.
struct TextFeature {
  static constexpr int kBucketBits = 20;
  static constexpr size_t kBuckets = size_t{1} << kBucketBits;

  uint32_t bucket = 0;  // below kBuckets; a hash of class and content
  FeatureClass feature_class = FeatureClass::kIdentifier;
  uint32_t count = 0;
};

// The features that Embedder documents, each once, in a fixed order. Any bytes. Pure.
std::vector<TextFeature> ExtractFeatures(absl::string_view text);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_TEXT_FEATURES_H_
