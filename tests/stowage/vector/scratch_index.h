#ifndef TESTS_STOWAGE_VECTOR_SCRATCH_INDEX_H_
#define TESTS_STOWAGE_VECTOR_SCRATCH_INDEX_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "loadline/base/directory.h"
#include "stowage/vector/vector_index.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace stowage::testing {

inline const std::atomic<bool> kNotCancelled{false};

inline void Add(VectorIndex& index, std::vector<VectorEntry> entries) {
  auto staged = index.Stage(std::move(entries));
  ASSERT_OK(staged);
  index.Publish(*std::move(staged));
}

inline std::vector<uint64_t> Ids(const std::vector<Neighbor>& neighbors) {
  std::vector<uint64_t> ids;
  for (const Neighbor& neighbor : neighbors) ids.push_back(neighbor.id);
  return ids;
}

class ScratchFolder {
 protected:
  VectorIndexOptions Here(VectorIndexOptions options) const {
    options.folder = folder_.get();
    return options;
  }

 private:
  const loadline::testing::TempDir temp_;
  const std::unique_ptr<loadline::Directory> folder_ = *loadline::Directory::Open(temp_.path());
};

// An index in a folder of its own, whose searches succeed.
class ScratchIndex : private ScratchFolder, public VectorIndex {
 public:
  explicit ScratchIndex(const StoreConfig& config, const VectorIndexOptions& options = {})
      : VectorIndex(config, Here(options)) {}

  std::vector<Neighbor> Search(absl::Span<const float> query, size_t k, const SearchFilter& filter,
                               const SearchOptions& options = {}) const {
    auto found = VectorIndex::Search(query, k, filter, options);
    EXPECT_OK(found);
    return found.ok() ? *std::move(found) : std::vector<Neighbor>();
  }
};

}  // namespace stowage::testing

#endif  // TESTS_STOWAGE_VECTOR_SCRATCH_INDEX_H_
