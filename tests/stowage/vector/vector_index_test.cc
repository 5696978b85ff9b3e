#include "tests/stowage/vector/scratch_index.h"

#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loadline/base/log.h"
#include "stowage/vector/index_builder.h"
#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/stowage/vector/vector_model.h"
#include "tests/support/ends_in_time.h"
#include "tests/support/quiet_log.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::StatusIs;
using testing::Add;
using ::testing::ElementsAre;
using testing::Ids;
using ::testing::IsEmpty;
using testing::kNotCancelled;
using ::testing::SizeIs;

VectorEntry EntryOf(uint64_t id, std::vector<float> values, std::string file = "a.cc",
                    std::string language = "cpp") {
  return {id, std::move(values), {std::move(file), 1, 2, std::move(language)}};
}

constexpr StoreConfig kPlane = {.dimension = 2, .metric = Metric::kSquaredL2};

TEST(VectorIndex, FindsNearestFirstWithDistanceAndChunk) {
  testing::ScratchIndex index(kPlane);
  Add(index, {EntryOf(1, {0, 0}), EntryOf(2, {3, 4}, "b.py", "python"), EntryOf(3, {1, 0})});
  const auto found = index.Search({0, 0}, 3, {});
  ASSERT_THAT(Ids(found), ElementsAre(1, 3, 2));
  EXPECT_FLOAT_EQ(found[2].distance, 25);
  EXPECT_EQ(found[2].chunk.file, "b.py");
  EXPECT_EQ(found[2].chunk.language, "python");
  EXPECT_EQ(found[2].chunk.first_line, 1);
  EXPECT_EQ(found[2].chunk.last_line, 2);
}

TEST(VectorIndex, StatesDistancesAsTheMetricDefinesThem) {
  const std::vector<float> a = {3, 4};
  const std::vector<float> b = {8, 6};
  for (const Metric metric : {Metric::kSquaredL2, Metric::kInnerProduct, Metric::kCosine}) {
    testing::ScratchIndex index({.dimension = 2, .metric = metric});
    Add(index, {EntryOf(1, a)});
    EXPECT_NEAR(index.Search(b, 1, {})[0].distance, testing::TrueDistance(metric, a, b), 1e-5)
        << MetricName(metric);
  }
}

TEST(VectorIndex, GivesNothingForNoneAndAllForTooMany) {
  testing::ScratchIndex index(kPlane);
  EXPECT_THAT(index.Search({0, 0}, 5, {}), IsEmpty());
  Add(index, {EntryOf(1, {0, 0}), EntryOf(2, {1, 0})});
  EXPECT_THAT(index.Search({0, 0}, 0, {}), IsEmpty());
  EXPECT_THAT(index.Search({0, 0}, SIZE_MAX, {}), SizeIs(2));
}

TEST(VectorIndex, FiltersByPathPrefixAndLanguage) {
  testing::ScratchIndex index(kPlane);
  Add(index, {EntryOf(1, {1, 0}, "src/a.cc"), EntryOf(2, {2, 0}, "src/b.py", "python"),
              EntryOf(3, {3, 0}, "test/a.cc"), EntryOf(4, {4, 0}, "src/c.cc")});
  EXPECT_THAT(Ids(index.Search({0, 0}, 9, {.path_prefix = "src/", .language = ""})),
              ElementsAre(1, 2, 4));
  EXPECT_THAT(Ids(index.Search({0, 0}, 9, {.path_prefix = "", .language = "cpp"})),
              ElementsAre(1, 3, 4));
  EXPECT_THAT(Ids(index.Search({0, 0}, 1, {.path_prefix = "src/", .language = "python"})),
              ElementsAre(2));
  EXPECT_THAT(index.Search({0, 0}, 9, {.path_prefix = "", .language = "python3"}), IsEmpty());
}

TEST(VectorIndex, HidesStagedRowsUntilTheyArePublished) {
  testing::ScratchIndex index(kPlane);
  auto staged = index.Stage({EntryOf(1, {0, 0})});
  ASSERT_OK(staged);
  EXPECT_THAT(index.Search({0, 0}, 1, {}), IsEmpty());
  index.Publish(*std::move(staged));
  EXPECT_THAT(Ids(index.Search({0, 0}, 1, {})), ElementsAre(1));
}

TEST(VectorIndex, FindsAsMuchWithItsCodesOnTheDisk) {
  const StoreConfig config = {.dimension = 96, .metric = Metric::kCosine};
  VectorIndexOptions on_disk;
  on_disk.max_code_bytes = 0;
  testing::ScratchIndex disk(config, on_disk);
  testing::ScratchIndex memory(config);
  testing::ClusteredVectors vectors(96, 30, 9);
  std::vector<VectorEntry> entries = vectors.NextEntries(0, 1'500);
  testing::VectorModel model{config, {}};
  for (const VectorEntry& entry : entries) model.entries[entry.id] = entry;
  for (testing::ScratchIndex* const index : {&disk, &memory}) {
    Add(*index, entries);
    index->RunIndexing(kNotCancelled);
  }
  EXPECT_LT(disk.memory_bytes() + 1'500 * 96, memory.memory_bytes());
  entries = vectors.NextEntries(1'400, 200);
  for (const VectorEntry& entry : entries) model.entries[entry.id] = entry;
  for (testing::ScratchIndex* const index : {&disk, &memory}) Add(*index, entries);
  for (int i = 0; i < 50; ++i) {
    const std::vector<float> query = vectors.Next();
    EXPECT_GE(testing::Recall(model.Search(query, 10), disk.Search(query, 10, {})), 0.9);
    const SearchOptions exact = {.target_recall = 1};
    EXPECT_EQ(Ids(disk.Search(query, 10, {}, exact)), Ids(memory.Search(query, 10, {}, exact)));
  }
}

TEST(VectorIndex, LeavesNoTraceOfAbandonedRows) {
  testing::ScratchIndex index({.dimension = 384, .metric = Metric::kCosine});
  testing::ClusteredVectors vectors(384, 3, 1);
  Add(index, vectors.NextEntries(0, 10));
  const size_t before = index.memory_bytes();
  auto staged = index.Stage(vectors.NextEntries(100, 600));
  ASSERT_OK(staged);
  EXPECT_GT(index.memory_bytes(), before);
  index.Abandon(*std::move(staged));
  EXPECT_EQ(index.counts().entries, 10U);
  // The heap of free numbers stays; entries and texts do not.
  EXPECT_LT(index.memory_bytes(), before + 64 * 1024);
}

TEST(VectorIndex, GivesBackExactlyWhatWasPutIn) {
  for (const Metric metric : {Metric::kSquaredL2, Metric::kCosine}) {
    testing::ScratchIndex index({.dimension = 3, .metric = metric});
    Add(index, {EntryOf(7, {0.1F, -20.0F, 1e-3F}, "x/y.cc", "c")});
    const auto entry = index.Get(7);
    ASSERT_OK(entry);
    EXPECT_THAT(entry->values, ElementsAre(0.1F, -20.0F, 1e-3F));
    EXPECT_EQ(entry->chunk.file, "x/y.cc");
    EXPECT_THAT(index.Get(8), StatusIs(absl::StatusCode::kNotFound));
  }
}

// Adds, removes or indexes, in the index and in the model alike.
void TakeRandomStep(VectorIndex& index, testing::VectorModel& model,
                    testing::ClusteredVectors& vectors, std::mt19937& random, int step) {
  const size_t choice = random() % 10;
  if (choice < 5) {
    std::vector<VectorEntry> batch;
    std::map<uint64_t, VectorEntry> distinct;
    for (size_t i = random() % 60; i > 0; --i) {
      const uint64_t id = random() % 4000;
      distinct[id] = vectors.NextEntry(id);
    }
    for (const auto& [id, entry] : distinct) {
      batch.push_back(entry);
      model.entries[id] = entry;
    }
    Add(index, std::move(batch));
  } else if (choice < 8) {
    std::vector<uint64_t> ids;
    for (size_t i = 0; i < 30; ++i) ids.push_back(random() % 4000);
    for (const uint64_t id : ids) model.entries.erase(id);
    index.Remove(ids);
  } else if (choice == 8 && step % 50 == 0) {
    index.RemoveByFile("src/file3.cc");
    model.RemoveFile("src/file3.cc");
  } else {
    index.RunIndexing(kNotCancelled);
  }
}

// Random operations, with lists made anew again and again.
TEST(VectorIndex, AgreesWithAMapThroughRandomOperations) {
  for (const Metric metric : {Metric::kSquaredL2, Metric::kInnerProduct, Metric::kCosine}) {
    const StoreConfig config = {.dimension = 20, .metric = metric};
    testing::ClusteredVectors vectors(config.dimension, 30, 17);
    std::mt19937 random(23);
    testing::ScratchIndex index(config);
    testing::VectorModel model{config, {}};
    double recall = 0;
    size_t searches = 0;
    size_t measured = 0;
    for (int step = 0; step < 300; ++step) {
      TakeRandomStep(index, model, vectors, random, step);
      ASSERT_EQ(index.counts().entries, model.entries.size());
      const std::vector<float> query = vectors.Next();
      const SearchFilter filter = {.path_prefix = step % 3 == 0 ? "src/file1" : "",
                                   .language = step % 6 == 0 ? "cpp" : ""};
      const auto truth = model.Search(query, 10, filter);
      const auto found = index.Search(query, 10, filter);
      ASSERT_EQ(found.size(), truth.size());
      for (const Neighbor& neighbor : found) {
        ASSERT_TRUE(model.entries.contains(neighbor.id)) << "step " << step;
        const double distance =
            testing::TrueDistance(metric, query, model.entries.at(neighbor.id).values);
        ASSERT_NEAR(neighbor.distance, distance, 1e-4 * (1 + std::fabs(distance)));
      }
      recall += testing::Recall(truth, found);
      ++searches;
      measured += index.checked().has_value() ? 1 : 0;
    }
    EXPECT_GE(recall / static_cast<double>(searches), 0.98) << MetricName(metric);
    EXPECT_GT(measured, 50U) << "the effort was hardly ever chosen";
  }
}

TEST(VectorIndex, KeepsItsRecallThroughRemovingAndAddingAgain) {
  const StoreConfig config = {.dimension = 64, .metric = Metric::kCosine};
  testing::ClusteredVectors vectors(config.dimension, 100, 29);
  testing::ScratchIndex index(config);
  testing::VectorModel model{config, {}};
  const auto add = [&](uint64_t first, size_t count) {
    std::vector<VectorEntry> entries = vectors.NextEntries(first, count);
    for (const VectorEntry& entry : entries) model.entries[entry.id] = entry;
    Add(index, std::move(entries));
  };
  add(0, 3000);
  index.RunIndexing(kNotCancelled);
  for (int round = 0; round < 6; ++round) {
    std::vector<uint64_t> ids;
    for (uint64_t id = 0; id < 700; ++id) ids.push_back((id * 4 + round) % 3000);
    index.Remove(ids);
    for (const uint64_t id : ids) model.entries.erase(id);
    for (const uint64_t id : ids) {
      if (!model.entries.contains(id)) add(id, 1);
    }
    index.RunIndexing(kNotCancelled);
  }
  ASSERT_EQ(index.counts().entries, model.entries.size());
  double recall = 0;
  for (int i = 0; i < 100; ++i) {
    const std::vector<float> query = vectors.Next();
    recall += testing::Recall(model.Search(query, 10), index.Search(query, 10, {}));
  }
  EXPECT_GE(recall / 100, 0.95);
}

TEST(VectorIndex, MakesListsOnceThereAreEnoughVectorsForThem) {
  testing::ClusteredVectors vectors(16, 10, 31);
  testing::ScratchIndex index({.dimension = 16, .metric = Metric::kCosine});
  Add(index, vectors.NextEntries(0, 200));
  EXPECT_FALSE(index.NeedsIndexing());
  EXPECT_EQ(index.counts().lists, 1U);
  Add(index, vectors.NextEntries(200, 5'000));
  EXPECT_TRUE(index.NeedsIndexing());
  index.RunIndexing(kNotCancelled);
  EXPECT_FALSE(index.NeedsIndexing());
  EXPECT_GT(index.counts().lists, 50U);
  ASSERT_TRUE(index.checked().has_value());
  EXPECT_GE(index.checked()->recall, 0.96);
}

TEST(VectorIndex, HasOneListAgainWhenItBecameSmall) {
  testing::ClusteredVectors vectors(16, 10, 31);
  testing::ScratchIndex index({.dimension = 16, .metric = Metric::kCosine});
  Add(index, vectors.NextEntries(0, 5'000));
  index.RunIndexing(kNotCancelled);
  std::vector<uint64_t> ids;
  for (uint64_t id = 0; id < 4'900; ++id) ids.push_back(id);
  index.Remove(ids);
  index.RunIndexing(kNotCancelled);
  EXPECT_EQ(index.counts().lists, 1U);
  EXPECT_EQ(index.counts().entries, 100U);
}

TEST(VectorIndex, MeasuresAgainWhenItIsAskedTo) {
  testing::ClusteredVectors vectors(16, 10, 31);
  testing::ScratchIndex index({.dimension = 16, .metric = Metric::kCosine});
  Add(index, vectors.NextEntries(0, 1'000));
  index.RunIndexing(kNotCancelled);
  ASSERT_FALSE(index.NeedsIndexing());
  index.CheckAgain();
  EXPECT_TRUE(index.NeedsIndexing());
  index.RunIndexing(kNotCancelled);
  EXPECT_FALSE(index.NeedsIndexing());
}

TEST(VectorIndex, ReadsAllFloatsOfVectorsTooLongOrShortForCodes) {
  for (const float scale : {1e18F, 1e-18F}) {
    testing::ScratchIndex index(kPlane);
    std::vector<VectorEntry> entries;
    for (uint64_t id = 0; id < 400; ++id) {
      entries.push_back(EntryOf(id, {scale, -scale * static_cast<float>(id) / 400}));
    }
    Add(index, std::move(entries));
    index.RunIndexing(kNotCancelled);
    EXPECT_THAT(Ids(index.Search({scale, -scale * 30 / 400}, 1, {})), ElementsAre(30)) << scale;
  }
}

TEST(VectorIndex, StopsWorkWhenCancelledAndDoesItLater) {
  testing::ClusteredVectors vectors(16, 10, 31);
  testing::ScratchIndex index({.dimension = 16, .metric = Metric::kCosine});
  Add(index, vectors.NextEntries(0, 5'000));
  const std::atomic<bool> cancelled{true};
  index.RunIndexing(cancelled);
  EXPECT_EQ(index.counts().lists, 1U);
  index.RunIndexing(kNotCancelled);
  EXPECT_GT(index.counts().lists, 50U);
}

TEST(VectorIndex, FindsEveryCopyOfAVectorByItsOwnId) {
  testing::ScratchIndex index(kPlane);
  Add(index, {EntryOf(1, {1, 1}), EntryOf(2, {1, 1}, "b.py", "python"), EntryOf(3, {5, 5})});
  EXPECT_EQ(index.counts().rows, 2U);
  EXPECT_EQ(index.counts().entries, 3U);
  EXPECT_THAT(Ids(index.Search({1, 1}, 3, {})), ElementsAre(1, 2, 3));
  EXPECT_THAT(Ids(index.Search({1, 1}, 3, {.path_prefix = "b", .language = ""})), ElementsAre(2));
  index.Remove({1});
  EXPECT_THAT(Ids(index.Search({1, 1}, 3, {})), ElementsAre(2, 3));
}

TEST(VectorIndex, PredictsWhatItThenOccupies) {
  testing::ClusteredVectors vectors(96, 10, 31);
  testing::ScratchIndex index({.dimension = 96, .metric = Metric::kCosine});
  for (uint64_t first = 0; first < 1000; first += 250) {
    std::vector<VectorEntry> entries = vectors.NextEntries(first, 250);
    const size_t predicted = index.PredictBytes(250, VectorIndex::TextBytes(entries));
    // Of the one list, while it is added to.
    const size_t copied = index.PredictBytes(1, 0) - index.memory_bytes();
    Add(index, std::move(entries));
    EXPECT_LE(index.memory_bytes(), predicted);
    EXPECT_GE(index.memory_bytes(), predicted - copied - predicted / 50);
  }
}

// All kinds of calls at once; what ThreadSanitizer is for. Rows of even id are never removed, so
// every search must find as many neighbours as it asked for.
TEST(VectorIndex, TakesChangesSearchesAndIndexingAtOnce) {
  const StoreConfig config = {.dimension = 16, .metric = Metric::kCosine};
  testing::ScratchIndex index(config);
  {
    testing::ClusteredVectors vectors(16, 20, 1);
    std::vector<VectorEntry> entries;
    for (uint64_t id = 0; id < 600; id += 2) entries.push_back(vectors.NextEntry(id));
    Add(index, std::move(entries));
  }
  IndexBuilder builder;
  builder.Schedule(&index);
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (uint32_t thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      testing::ClusteredVectors vectors(16, 20, 50 + thread);
      while (!stop) {
        EXPECT_THAT(index.Search(vectors.Next(), 10, {}), SizeIs(10));
        (void)index.Get(thread);
        (void)index.counts();
      }
    });
  }
  testing::ClusteredVectors vectors(16, 20, 99);
  for (uint64_t round = 0; round < 40; ++round) {
    std::vector<VectorEntry> entries;
    std::vector<uint64_t> ids;
    for (uint64_t id = 1 + 2 * (round % 4) * 100; entries.size() < 100; id += 2) {
      entries.push_back(vectors.NextEntry(id));
      if (entries.size() % 2 == 0) ids.push_back(id);
    }
    Add(index, std::move(entries));
    builder.Schedule(&index);
    index.Remove(ids);
    builder.Schedule(&index);
  }
  builder.WaitUntilIdle();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(index.NeedsIndexing());
  EXPECT_EQ(index.counts().entries, 300U + 4 * 50);
}

TEST(IndexBuilder, LeavesACancelledIndexAlone) {
  testing::ClusteredVectors vectors(64, 20, 1);
  IndexBuilder builder;
  for (int i = 0; i < 5; ++i) {
    auto index = std::make_unique<testing::ScratchIndex>(
        StoreConfig{.dimension = 64, .metric = Metric::kCosine});
    Add(*index, vectors.NextEntries(0, 2000));
    builder.Schedule(index.get());
    builder.Cancel(index.get());
    index.reset();  // AddressSanitizer would see any further touch
  }
  builder.WaitUntilIdle();
}

TEST(IndexBuilder, IsNotWaitedForInALogSink) {
  const loadline::testing::QuietLog quiet;
  testing::ClusteredVectors vectors(64, 20, 1);
  testing::ScratchIndex one({.dimension = 64, .metric = Metric::kCosine});
  testing::ScratchIndex two({.dimension = 64, .metric = Metric::kCosine});
  for (VectorIndex* const index : {&one, &two}) Add(*index, vectors.NextEntries(0, 6'000));
  IndexBuilder builder;
  loadline::SetLogSink([&](const loadline::LogRecord&) {
    builder.Schedule(&one);
    builder.Schedule(&two);
    builder.WaitUntilIdle();
    EXPECT_TRUE(two.NeedsIndexing());
  });
  loadline::testing::ExpectToEnd([] {
    loadline::Log({loadline::LogLevel::kWarning, "test", "wait", {}});
  });
  builder.WaitUntilIdle();
  EXPECT_FALSE(one.NeedsIndexing() || two.NeedsIndexing());
}

}  // namespace
}  // namespace stowage
