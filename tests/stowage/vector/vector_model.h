#ifndef TESTS_STOWAGE_VECTOR_VECTOR_MODEL_H_
#define TESTS_STOWAGE_VECTOR_VECTOR_MODEL_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/types/span.h"
#include "stowage/vector/distance.h"
#include "stowage/vector/vector_types.h"

namespace stowage::testing {

inline double TrueDistance(Metric metric, absl::Span<const float> a, absl::Span<const float> b) {
  if (metric == Metric::kSquaredL2) return SquaredL2InDouble(a.data(), b.data(), a.size());
  const double dot = DotInDouble(a.data(), b.data(), a.size());
  if (metric == Metric::kInnerProduct) return 1 - dot;
  return 1 - dot / std::sqrt(DotInDouble(a.data(), a.data(), a.size()) *
                             DotInDouble(b.data(), b.data(), b.size()));
}

// What a store should be: a map and a loop over it, in double precision.
struct VectorModel {
  StoreConfig config;
  std::map<uint64_t, VectorEntry> entries;

  void RemoveFile(const std::string& file) {
    std::erase_if(entries, [&](const auto& entry) { return entry.second.chunk.file == file; });
  }

  // Distance and id of the min(k, matching) nearest, nearest first, ties by id.
  std::vector<std::pair<double, uint64_t>> Search(absl::Span<const float> query, size_t k,
                                                  const SearchFilter& filter = {}) const {
    std::vector<std::pair<double, uint64_t>> found;
    for (const auto& [id, entry] : entries) {
      if (!absl::StartsWith(entry.chunk.file, filter.path_prefix)) continue;
      if (!filter.language.empty() && entry.chunk.language != filter.language) continue;
      found.emplace_back(TrueDistance(config.metric, query, entry.values), id);
    }
    std::sort(found.begin(), found.end());
    found.resize(std::min(k, found.size()));
    return found;
  }
};

// The share of the model's neighbours that `found` has, counting as right whatever is as near as
// the farthest of them.
inline double Recall(const std::vector<std::pair<double, uint64_t>>& truth,
                     const std::vector<Neighbor>& found) {
  if (truth.empty()) return found.empty() ? 1 : 0;
  const double farthest = truth.back().first + 1e-5 * (1 + std::fabs(truth.back().first));
  const auto right = std::count_if(found.begin(), found.end(), [&](const Neighbor& neighbor) {
    return neighbor.distance <= farthest;
  });
  return static_cast<double>(right) / static_cast<double>(truth.size());
}

}  // namespace stowage::testing

#endif  // TESTS_STOWAGE_VECTOR_VECTOR_MODEL_H_
