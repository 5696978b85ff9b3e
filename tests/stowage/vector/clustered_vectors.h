#ifndef TESTS_STOWAGE_VECTOR_CLUSTERED_VECTORS_H_
#define TESTS_STOWAGE_VECTOR_CLUSTERED_VECTORS_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "stowage/vector/vector_types.h"

namespace stowage::testing {

// Vectors around random centres that lie in a space of fewer dimensions, as embeddings of text do.
// The same seed gives the same vectors.
class ClusteredVectors {
 public:
  ClusteredVectors(size_t dimension, size_t clusters, uint32_t seed)
      : dimension_(dimension), random_(seed), basis_(kLatent * dimension) {
    for (float& x : basis_) x = normal_(random_);
    centres_.resize(clusters * kLatent);
    for (float& x : centres_) x = normal_(random_);
  }

  std::vector<float> Next() {
    const float* const centre = &centres_[random_() % (centres_.size() / kLatent) * kLatent];
    std::vector<float> vector(dimension_);
    for (float& x : vector) x = 0.1F * normal_(random_);
    for (size_t i = 0; i < kLatent; ++i) {
      const float weight = centre[i] + 0.5F * normal_(random_);
      for (size_t j = 0; j < dimension_; ++j) vector[j] += weight * basis_[i * dimension_ + j];
    }
    return vector;
  }

  VectorEntry NextEntry(uint64_t id) {
    return {.id = id,
            .values = Next(),
            .chunk = {.file = "src/file" + std::to_string(id % 7) + ".cc",
                      .first_line = static_cast<int64_t>(id % 1000) + 1,
                      .last_line = static_cast<int64_t>(id % 1000) + 20,
                      .language = id % 2 == 0 ? "cpp" : "python"}};
  }

  std::vector<VectorEntry> NextEntries(uint64_t first_id, size_t count) {
    std::vector<VectorEntry> entries;
    for (size_t i = 0; i < count; ++i) entries.push_back(NextEntry(first_id + i));
    return entries;
  }

 private:
  static constexpr size_t kLatent = 24;

  const size_t dimension_;
  std::mt19937 random_;
  std::normal_distribution<float> normal_;
  std::vector<float> basis_;
  std::vector<float> centres_;
};

}  // namespace stowage::testing

#endif  // TESTS_STOWAGE_VECTOR_CLUSTERED_VECTORS_H_
