// The memory that the index accounts for, held against what the kernel says that it took.
#include <gtest/gtest.h>

#if defined(__linux__) && defined(__GLIBC__)
#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <fstream>
#include <memory>
#include <string>

#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/stowage/vector/scratch_index.h"
#include "tests/support/sanitizer.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

size_t AnonymousBytes() {
  malloc_trim(0);
  std::ifstream status("/proc/self/status");
  for (std::string key; status >> key;) {
    size_t kib = 0;
    if (key == "RssAnon:" && status >> kib) return kib * 1024;
  }
  return 0;
}

void AddBatches(VectorIndex& index, testing::ClusteredVectors& vectors, uint64_t first,
                size_t batches) {
  for (size_t i = 0; i < batches; ++i) {
    auto staged = index.Stage(vectors.NextEntries(first + i * 500, 500));
    ASSERT_OK(staged);
    index.Publish(*std::move(staged));
  }
}

void ExpectWithinATenth(IndexKind kind, size_t dimension) {
  constexpr size_t kRows = 6000;
  testing::ClusteredVectors vectors(dimension, 50, 1);
  VectorIndexOptions options;
  options.index = kind;
  testing::ScratchIndex index({.dimension = dimension, .metric = Metric::kCosine}, options);
  AddBatches(index, vectors, 0, 1);  // so that passing needs have had their memory
  const size_t accounted_before = index.memory_bytes();
  const size_t taken_before = AnonymousBytes();
  AddBatches(index, vectors, 500, kRows / 500 - 1);
  const std::atomic<bool> cancelled{false};
  index.RunIndexing(cancelled);
  EXPECT_EQ(index.engine(), kind);
  const auto accounted = static_cast<double>(index.memory_bytes() - accounted_before);
  const auto taken = static_cast<double>(AnonymousBytes() - taken_before);
  EXPECT_NEAR(taken, accounted, 0.1 * accounted);
}

TEST(VectorMemory, OfListsIsWithinATenthOfWhatIsAccounted) {
  if (loadline::testing::kHasShadowMemory) GTEST_SKIP() << "a sanitizer's allocator is another";
  ExpectWithinATenth(IndexKind::kLists, 384);
}

TEST(VectorMemory, OfAGraphIsWithinATenthOfWhatIsAccounted) {
  if (loadline::testing::kHasShadowMemory) GTEST_SKIP() << "a sanitizer's allocator is another";
  ExpectWithinATenth(IndexKind::kGraph, 384);
  ExpectWithinATenth(IndexKind::kGraph, 32);
}

// Of this process so far, since it was reset.
size_t PeakBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string key; status >> key;) {
    size_t kib = 0;
    if (key == "VmHWM:" && status >> kib) return kib * 1024;
  }
  return 0;
}

TEST(VectorMemory, OfMakingListsAnewIsBorrowedBeforeItIsTaken) {
  if (loadline::testing::kHasShadowMemory) GTEST_SKIP() << "a sanitizer's allocator is another";
  size_t before = 0;
  size_t borrowed = 0;
  size_t peak = 0;
  VectorIndexOptions options;
  options.index = IndexKind::kLists;
  options.borrow = [&](size_t bytes) {
    borrowed = bytes;
    before = AnonymousBytes();
    std::ofstream("/proc/self/clear_refs") << 5;  // resets the peak
    before = std::max(before, PeakBytes());
    return std::shared_ptr<void>(nullptr, [&](void*) { peak = PeakBytes(); });
  };
  testing::ScratchIndex index({.dimension = 384, .metric = Metric::kCosine}, options);
  testing::ClusteredVectors vectors(384, 50, 1);
  AddBatches(index, vectors, 0, 40);
  index.RunIndexing(std::atomic<bool>(false));
  ASSERT_GT(borrowed, 0);
  const auto taken = static_cast<double>(peak - before);
  EXPECT_NEAR(taken, static_cast<double>(borrowed), 0.25 * static_cast<double>(borrowed));
}

}  // namespace
}  // namespace stowage
#endif
