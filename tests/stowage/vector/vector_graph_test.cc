// A store's index whose searches a graph answers.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/peers/vector_sets.h"
#include "stowage/vector/index_builder.h"
#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/stowage/vector/scratch_index.h"
#include "tests/stowage/vector/vector_model.h"
#include "tests/support/quiet_log.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using loadline::bench::AllVectorSets;
using loadline::bench::NamedSet;
using loadline::bench::VectorSet;
using testing::kNotCancelled;
using ::testing::SizeIs;

VectorIndexOptions ByGraph() {
  VectorIndexOptions options;
  options.index = IndexKind::kGraph;
  return options;
}

class EverySetByGraph : public ::testing::TestWithParam<NamedSet> {
 protected:
  const VectorSet set_ = GetParam().make({.rows = 3000});
};

TEST_P(EverySetByGraph, IsFoundAsWellAsByLists) {
  testing::ScratchIndex index(set_.config, ByGraph());
  std::vector<VectorEntry> entries;
  for (size_t i = 0; i < set_.size(); ++i) {
    entries.push_back({i, {set_.row(i).begin(), set_.row(i).end()}, {"a.cc", 1, 2, "cpp"}});
  }
  testing::Add(index, std::move(entries));
  index.RunIndexing(kNotCancelled);
  // Where vectors differ at all a graph is tried, and on these it is known to find enough.
  const std::set<std::string> for_certain = {"EmbeddingsByCosine",    "EmbeddingsByInnerProduct",
                                             "EmbeddingsBySquaredL2", "TenthOfOneCopy",
                                             "FarFromTheOrigin",      "QueriesFromElsewhere"};
  if (for_certain.contains(GetParam().name)) {
    EXPECT_EQ(index.engine(), IndexKind::kGraph);
  }
  double recall = 0;
  size_t nothing = 0;
  for (size_t q = 0; q < set_.query_count(); ++q) {
    std::vector<float> prepared(set_.query(q).begin(), set_.query(q).end());
    if (set_.config.metric == Metric::kCosine) {
      const double length =
          std::sqrt(DotInDouble(prepared.data(), prepared.data(), prepared.size()));
      for (float& value : prepared) value = static_cast<float>(value / length);
    }
    const std::vector<double> nearest = set_.Nearest(prepared, 10);
    const double limit = nearest.back() + 1e-5 * std::fabs(nearest.back()) + 1e-6;
    const std::vector<Neighbor> found = index.Search(set_.query(q), 10, {});
    ASSERT_EQ(found.size(), nearest.size());
    size_t right = 0;
    for (size_t i = 0; i < found.size(); ++i) {
      right += double{found[i].distance} <= limit ? 1 : 0;
      if (i == 0) continue;
      ASSERT_LE(std::pair(found[i - 1].distance, found[i - 1].id),
                std::pair(found[i].distance, found[i].id));
    }
    recall += static_cast<double>(right) / static_cast<double>(nearest.size());
    nothing += 2 * right < nearest.size() ? 1 : 0;
  }
  const auto queries = static_cast<double>(set_.query_count());
  EXPECT_GE(recall / queries, 0.96 - 0.01) << IndexKindName(index.engine());
  EXPECT_LE(static_cast<double>(nothing) / queries, 0.02) << IndexKindName(index.engine());
}

INSTANTIATE_TEST_SUITE_P(Sets, EverySetByGraph, ::testing::ValuesIn(AllVectorSets()),
                         [](const auto& info) { return info.param.name; });

// An index that a graph answers for, of vectors 0 to `count`, and what it should be.
class VectorGraph : public ::testing::Test {
 protected:
  static constexpr StoreConfig kConfig = {.dimension = 64, .metric = Metric::kCosine};

  void Build(size_t count) {
    Add(0, count);
    index_.RunIndexing(kNotCancelled);
    ASSERT_EQ(index_.engine(), IndexKind::kGraph);
  }

  void Add(uint64_t first, size_t count) { Add(vectors_.NextEntries(first, count)); }

  void Add(std::vector<VectorEntry> entries) {
    for (const VectorEntry& entry : entries) model_.entries[entry.id] = entry;
    testing::Add(index_, std::move(entries));
  }

  void Remove(const std::vector<uint64_t>& ids) {
    for (const uint64_t id : ids) model_.entries.erase(id);
    index_.Remove(ids);
  }

  // Of searches near what the store holds or held; all that is found must be there.
  double MeanRecall(size_t k, const SearchFilter& filter = {}) {
    constexpr int kSearches = 100;
    double recall = 0;
    for (int i = 0; i < kSearches; ++i) {
      const std::vector<float> query = vectors_.Next();
      const std::vector<Neighbor> found = index_.Search(query, k, filter);
      for (const Neighbor& neighbor : found) EXPECT_TRUE(model_.entries.contains(neighbor.id));
      const auto truth = model_.Search(query, k, filter);
      EXPECT_EQ(found.size(), truth.size());
      recall += testing::Recall(truth, found);
    }
    return recall / kSearches;
  }

  std::vector<uint64_t> NearestIds(const std::vector<float>& query, size_t k) const {
    std::vector<uint64_t> ids;
    for (const Neighbor& neighbor : index_.Search(query, k, {})) ids.push_back(neighbor.id);
    return ids;
  }

  testing::ClusteredVectors vectors_{kConfig.dimension, 40, 7};
  testing::ScratchIndex index_{kConfig, ByGraph()};
  testing::VectorModel model_{kConfig, {}};
};

TEST_F(VectorGraph, SaysWhatItsSearchesFind) {
  Build(2000);
  ASSERT_TRUE(index_.checked().has_value());
  EXPECT_GE(index_.checked()->recall, 0.96);
  EXPECT_GT(index_.checked()->effort.ef, 0U);
  EXPECT_FALSE(index_.NeedsIndexing());
}

TEST_F(VectorGraph, FindsMoreThanTenAsWellAsTen) {
  Build(3000);
  for (const size_t k : {1, 10, 25, 100, 1000, 3000}) {
    EXPECT_GE(MeanRecall(k), 0.95) << k;
  }
}

TEST_F(VectorGraph, AnswersFilteredSearchesByLists) {
  Build(2000);
  EXPECT_GE(MeanRecall(10, {.path_prefix = "src/file3", .language = ""}), 0.95);
}

TEST_F(VectorGraph, PassesOverWhatWasRemovedSince) {
  Build(2000);
  std::vector<uint64_t> ids;
  for (uint64_t id = 0; id < 2000; id += 5) ids.push_back(id);
  Remove(ids);
  EXPECT_EQ(index_.engine(), IndexKind::kGraph);
  EXPECT_GE(MeanRecall(10), 0.95);
}

TEST_F(VectorGraph, FindsWhatWasAddedSince) {
  Build(2000);
  Add(5000, 200);
  EXPECT_EQ(index_.engine(), IndexKind::kGraph);
  for (uint64_t id = 5000; id < 5200; ++id) {
    EXPECT_THAT(NearestIds(model_.entries[id].values, 1), ::testing::ElementsAre(id));
  }
  EXPECT_GE(MeanRecall(10), 0.95);
}

TEST_F(VectorGraph, FindsWhatWasAddedWhereOthersWereRemoved) {
  Build(2000);
  for (int round = 0; round < 5; ++round) {
    std::vector<uint64_t> ids;
    for (uint64_t id = round; id < 2000; id += 50) ids.push_back(id);
    Remove(ids);
    index_.RunIndexing(kNotCancelled);
    Add(10'000 + 100 * round, 40);
  }
  EXPECT_EQ(index_.engine(), IndexKind::kGraph);
  for (uint64_t id = 10'000; id < 10'040; ++id) {
    EXPECT_THAT(NearestIds(model_.entries[id].values, 1), ::testing::ElementsAre(id));
  }
  EXPECT_GE(MeanRecall(10), 0.95);
}

TEST_F(VectorGraph, KnowsCopiesOfItsRowsThatCameAndWentSince) {
  Build(1000);
  VectorEntry copy = model_.entries[17];
  copy.id = 9000;
  Add({copy});
  EXPECT_THAT(NearestIds(copy.values, 2), ::testing::ElementsAre(17, 9000));
  Remove({17});
  EXPECT_THAT(NearestIds(copy.values, 1), ::testing::ElementsAre(9000));
  Remove({9000});
  EXPECT_THAT(NearestIds(copy.values, 1), ::testing::Not(::testing::ElementsAre(9000)));
  copy.id = 17;
  Add({copy});
  EXPECT_THAT(NearestIds(copy.values, 1), ::testing::ElementsAre(17));
  EXPECT_EQ(index_.engine(), IndexKind::kGraph);
}

TEST_F(VectorGraph, FindsTheFartherOnesWhereAllThatIsNearWasRemoved) {
  Build(3000);
  const std::vector<float> query = model_.entries[5].values;
  std::vector<uint64_t> ids;
  for (const auto& [distance, id] : model_.Search(query, 400)) ids.push_back(id);
  Remove(ids);
  ASSERT_EQ(index_.engine(), IndexKind::kGraph);
  const std::vector<Neighbor> found = index_.Search(query, 10, {});
  EXPECT_THAT(found, SizeIs(10));
  EXPECT_GE(testing::Recall(model_.Search(query, 10), found), 0.9);
}

TEST_F(VectorGraph, IsBuiltAnewWhenAQuarterHasChanged) {
  Build(2000);
  Add(5000, 480);
  EXPECT_FALSE(index_.NeedsIndexing());
  Add(6000, 40);
  EXPECT_TRUE(index_.NeedsIndexing());
  EXPECT_GE(MeanRecall(10), 0.95);
  index_.RunIndexing(kNotCancelled);
  EXPECT_EQ(index_.engine(), IndexKind::kGraph);
  EXPECT_GE(MeanRecall(10), 0.95);
}

TEST_F(VectorGraph, GivesWayToListsWhenItKnowsTooLittle) {
  Build(2000);
  Add(5000, 600);
  EXPECT_EQ(index_.engine(), IndexKind::kLists);
  EXPECT_GE(MeanRecall(10), 0.95);
}

TEST_F(VectorGraph, BuildingStopsWhenCancelledAndIsDoneLater) {
  Add(0, 6000);
  std::atomic<bool> cancelled{false};
  std::thread worker([&] { index_.RunIndexing(cancelled); });
  // Lists are checked before the graph is begun.
  while (!index_.checked()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  cancelled = true;
  worker.join();
  EXPECT_EQ(index_.engine(), IndexKind::kLists);
  EXPECT_TRUE(index_.NeedsIndexing());
  EXPECT_GE(MeanRecall(10), 0.95);
  index_.RunIndexing(kNotCancelled);
  EXPECT_EQ(index_.engine(), IndexKind::kGraph);
}

TEST(VectorGraphMemory, IsBorrowedForAsLongAsTheGraphIsThere) {
  const StoreConfig config = {.dimension = 64, .metric = Metric::kCosine};
  size_t lent = 0;
  VectorIndexOptions options = ByGraph();
  options.borrow = [&](size_t bytes) {
    lent += bytes;
    return std::shared_ptr<void>(nullptr, [&, bytes](void*) { lent -= bytes; });
  };
  {
    testing::ScratchIndex index(config, options);
    testing::ClusteredVectors vectors(64, 40, 7);
    testing::Add(index, vectors.NextEntries(0, 2000));
    const size_t without = index.memory_bytes();
    index.RunIndexing(kNotCancelled);
    ASSERT_EQ(index.engine(), IndexKind::kGraph);
    EXPECT_EQ(lent, HnswGraph::PredictBytes(2000));
    EXPECT_GE(index.memory_bytes(), without + lent);
  }
  EXPECT_EQ(lent, 0);
}

TEST(VectorGraphMemory, ThatCannotBeHadLeavesTheListsToAnswer) {
  const loadline::testing::QuietLog quiet;
  const StoreConfig config = {.dimension = 64, .metric = Metric::kCosine};
  VectorIndexOptions options = ByGraph();
  options.borrow = [&](size_t bytes) -> absl::StatusOr<std::shared_ptr<void>> {
    if (bytes == HnswGraph::PredictBytes(2000)) return absl::ResourceExhaustedError("no more");
    return std::shared_ptr<void>();
  };
  testing::ScratchIndex index(config, options);
  testing::ClusteredVectors vectors(64, 40, 7);
  testing::Add(index, vectors.NextEntries(0, 2000));
  index.RunIndexing(kNotCancelled);
  EXPECT_EQ(index.engine(), IndexKind::kLists);
  EXPECT_FALSE(index.NeedsIndexing());
  EXPECT_TRUE(index.checked().has_value());
}

// Nothing here is faster by a graph than by lists, of which so few are short.
TEST_F(VectorGraph, IsNotBuiltForAutoWhereListsAreFastEnough) {
  VectorIndexOptions options;
  options.least_graph_rows = 0;
  testing::ScratchIndex index({.dimension = 2, .metric = Metric::kSquaredL2}, options);
  std::vector<VectorEntry> entries;
  for (uint64_t id = 0; id < 300; ++id) {
    entries.push_back({id, {static_cast<float>(id), 0}, {"a.cc", 1, 2, "cpp"}});
  }
  const size_t before = index.PredictBytes(300, VectorIndex::TextBytes(entries));
  testing::Add(index, std::move(entries));
  index.RunIndexing(kNotCancelled);
  EXPECT_EQ(index.engine(), IndexKind::kLists);
  EXPECT_FALSE(index.NeedsIndexing());
  EXPECT_LT(index.memory_bytes(), before);  // for no graph is expected any more
}

TEST(VectorIndexKind, ExactMissesNothingAndNeedsNoCheck) {
  VectorIndexOptions options;
  options.index = IndexKind::kExact;
  const StoreConfig config = {.dimension = 32, .metric = Metric::kInnerProduct};
  testing::ScratchIndex index(config, options);
  testing::ClusteredVectors vectors(config.dimension, 20, 3);
  testing::VectorModel model{config, {}};
  std::vector<VectorEntry> entries = vectors.NextEntries(0, 5000);
  for (const VectorEntry& entry : entries) model.entries[entry.id] = entry;
  testing::Add(index, std::move(entries));
  index.RunIndexing(kNotCancelled);
  EXPECT_FALSE(index.NeedsIndexing());
  EXPECT_EQ(index.engine(), IndexKind::kExact);
  EXPECT_FALSE(index.checked().has_value());
  for (int i = 0; i < 100; ++i) {
    const std::vector<float> query = vectors.Next();
    EXPECT_EQ(testing::Recall(model.Search(query, 10), index.Search(query, 10, {})), 1);
  }
}

TEST(VectorIndexKind, IsNamedAndParsed) {
  for (const IndexKind kind :
       {IndexKind::kAuto, IndexKind::kLists, IndexKind::kGraph, IndexKind::kExact}) {
    EXPECT_EQ(ParseIndexKind(IndexKindName(kind)).value(), kind);
  }
  EXPECT_EQ(IndexKindName(IndexKind::kGraph), "graph");
  EXPECT_FALSE(ParseIndexKind("tree").ok());
}

// What ThreadSanitizer is for: rows of the graph are removed and come back, again and again, while
// searches follow its links over them. Even ids stay, so ten are always to be found.
TEST_F(VectorGraph, IsSearchedWhileItsRowsGoAndComeBack) {
  Build(800);
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  for (uint32_t thread = 0; thread < 2; ++thread) {
    threads.emplace_back([&, thread] {
      testing::ClusteredVectors queries(kConfig.dimension, 40, 70 + thread);
      while (!stop) EXPECT_THAT(index_.Search(queries.Next(), 10, {}), SizeIs(10));
    });
  }
  for (uint64_t round = 0; round < 60; ++round) {
    std::vector<uint64_t> ids;
    std::vector<VectorEntry> entries;
    for (uint64_t id = 1 + 2 * (round % 4); id < 160; id += 8) {
      ids.push_back(id);
      entries.push_back(round % 2 == 0 ? vectors_.NextEntry(id) : model_.entries[id]);
    }
    index_.Remove(ids);
    testing::Add(index_, std::move(entries));
    if (round % 20 == 19) index_.RunIndexing(kNotCancelled);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(index_.counts().entries, 800U);
}

}  // namespace
}  // namespace stowage
