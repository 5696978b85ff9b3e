// What an index does where memory is short, and what it says beforehand that it will take.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "stowage/vector/byte_rows.h"
#include "stowage/vector/vector_index.h"
#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/stowage/vector/scratch_index.h"
#include "tests/stowage/vector/vector_model.h"
#include "tests/support/quiet_log.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using testing::Add;
using testing::Ids;
using testing::kNotCancelled;
using ::testing::SizeIs;

TEST(VectorIndexInLittleMemory, PutsCodesOnTheDiskWhenItOutgrowsTheirMemory) {
  const StoreConfig config = {.dimension = 96, .metric = Metric::kCosine};
  VectorIndexOptions options;
  options.max_code_bytes = 100'000;
  testing::ScratchIndex index(config, options);
  testing::ClusteredVectors vectors(96, 30, 9);
  testing::VectorModel model{config, {}};
  const auto expect_right = [&] {
    for (int i = 0; i < 30; ++i) {
      const std::vector<float> query = vectors.Next();
      EXPECT_GE(testing::Recall(model.Search(query, 10), index.Search(query, 10, {})), 0.9);
    }
  };
  for (uint64_t first = 0; first < 4'000; first += 200) {
    std::vector<VectorEntry> entries = vectors.NextEntries(first, 200);
    for (const VectorEntry& entry : entries) model.entries[entry.id] = entry;
    Add(index, std::move(entries));
  }
  const size_t half = index.memory_bytes();
  expect_right();
  ASSERT_TRUE(index.NeedsIndexing());
  index.RunIndexing(kNotCancelled);
  // The codes that were in memory have gone to the disk as well.
  EXPECT_LT(index.memory_bytes() + 80'000, half);
  EXPECT_LT(half, testing::ScratchIndex(config).PredictBytes(4'000, 0) - 200'000);
  expect_right();
}

TEST(VectorIndexInLittleMemory, KeepsItsListsWithoutMemoryForOthersButMeasuresThem) {
  const loadline::testing::QuietLog quiet;
  const StoreConfig config = {.dimension = 96, .metric = Metric::kCosine};
  size_t asked = 0;
  VectorIndexOptions options;
  options.borrow = [&](size_t bytes) -> absl::StatusOr<std::shared_ptr<void>> {
    ++asked;
    EXPECT_GT(bytes, 1'500 * 48);
    return absl::ResourceExhaustedError("no more");
  };
  testing::ScratchIndex index(config, options);
  testing::ClusteredVectors vectors(96, 30, 9);
  Add(index, vectors.NextEntries(0, 1'500));
  index.RunIndexing(kNotCancelled);
  EXPECT_EQ(asked, 2);  // the second time for less: with the codes on the disk
  EXPECT_FALSE(index.NeedsIndexing());
  EXPECT_EQ(index.counts().lists, 1);
  EXPECT_TRUE(index.checked().has_value());
  EXPECT_THAT(index.Search(vectors.Next(), 10, {}), SizeIs(10));
}

TEST(VectorIndexInLittleMemory, PredictsTwiceWhatComesWhileListsAreMadeAnew) {
  const StoreConfig config = {.dimension = 96, .metric = Metric::kCosine};
  const testing::ScratchIndex* seen = nullptr;
  size_t during = 0;
  VectorIndexOptions options;
  options.borrow = [&](size_t) {
    during = seen->PredictBytes(1'000, 0);
    return std::shared_ptr<void>();
  };
  testing::ScratchIndex index(config, options);
  seen = &index;
  testing::ClusteredVectors vectors(96, 30, 9);
  Add(index, vectors.NextEntries(0, 1'500));
  const size_t before = index.PredictBytes(1'000, 0);
  const size_t one_by_one = (before - index.memory_bytes()) / 2;
  index.RunIndexing(kNotCancelled);
  EXPECT_GT(during, before + one_by_one);
  EXPECT_LT(index.PredictBytes(1'000, 0), before + one_by_one / 2);
}

TEST(VectorIndexInLittleMemory, MakesListsByWayOfTheDiskWhereMemoryIsShort) {
  const StoreConfig config = {.dimension = 96, .metric = Metric::kCosine};
  const size_t codes = ByteRows::BytesFor(96, 1'500);
  VectorIndexOptions options;
  options.borrow = [&](size_t bytes) -> absl::StatusOr<std::shared_ptr<void>> {
    if (bytes > codes) return absl::ResourceExhaustedError("no more");
    return std::shared_ptr<void>();
  };
  testing::ScratchIndex index(config, options);
  testing::ScratchIndex roomy(config);
  testing::ClusteredVectors vectors(96, 30, 9);
  const std::vector<VectorEntry> entries = vectors.NextEntries(0, 1'500);
  for (testing::ScratchIndex* const each : {&index, &roomy}) {
    Add(*each, entries);
    each->RunIndexing(kNotCancelled);
  }
  // At the end the codes are in memory all the same.
  EXPECT_EQ(index.memory_bytes(), roomy.memory_bytes());
  for (int i = 0; i < 30; ++i) {
    const std::vector<float> query = vectors.Next();
    const SearchOptions exact = {.target_recall = 1};
    EXPECT_EQ(Ids(index.Search(query, 10, {}, exact)), Ids(roomy.Search(query, 10, {}, exact)));
  }
}

}  // namespace
}  // namespace stowage
