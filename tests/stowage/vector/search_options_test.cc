// Searches that wish for a recall of their own or are to end early, and many searches at once.
#include <atomic>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "benchmarks/peers/vector_sets.h"
#include "loadline/base/clock.h"
#include "stowage/vector/list_index.h"
#include "stowage/vector/list_search.h"
#include "stowage/vector/vector_store_manager.h"
#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/stowage/vector/scratch_index.h"
#include "tests/stowage/vector/store_fixture.h"
#include "tests/stowage/vector/vector_model.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using loadline::bench::AllVectorSets;
using loadline::bench::NamedSet;
using loadline::bench::VectorSet;
using loadline::bench::VectorSets;
using loadline::testing::FakeClock;
using loadline::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::kNotCancelled;
using ::testing::SizeIs;

constexpr auto kCancelled = absl::StatusCode::kCancelled;
constexpr auto kDeadlineExceeded = absl::StatusCode::kDeadlineExceeded;
constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr StoreConfig kCosine64 = {.dimension = 64, .metric = Metric::kCosine};

std::vector<VectorEntry> EntriesOf(const VectorSet& set) {
  std::vector<VectorEntry> entries;
  for (size_t i = 0; i < set.size(); ++i) {
    entries.push_back({i, {set.row(i).begin(), set.row(i).end()}, {"a.cc", 1, 2, "cpp"}});
  }
  return entries;
}

testing::VectorModel ModelOf(const StoreConfig& config, const std::vector<VectorEntry>& entries) {
  testing::VectorModel model{config, {}};
  for (const VectorEntry& entry : entries) model.entries[entry.id] = entry;
  return model;
}

void FillAndIndex(VectorIndex& index, std::vector<VectorEntry> entries) {
  auto staged = index.Stage(std::move(entries));
  ASSERT_OK(staged);
  index.Publish(*std::move(staged));
  index.RunIndexing(kNotCancelled);
}

std::vector<std::pair<uint64_t, float>> Ranking(const std::vector<Neighbor>& neighbors) {
  std::vector<std::pair<uint64_t, float>> ranking;
  for (const Neighbor& neighbor : neighbors) ranking.emplace_back(neighbor.id, neighbor.distance);
  return ranking;
}

std::vector<uint64_t> IdsOf(const std::vector<Neighbor>& neighbors) {
  std::vector<uint64_t> ids;
  for (const Neighbor& neighbor : neighbors) ids.push_back(neighbor.id);
  return ids;
}

class EverySetWithOptions : public ::testing::TestWithParam<NamedSet> {};

TEST_P(EverySetWithOptions, IsSearchedExactlyForTheTargetOne) {
  const VectorSet set = GetParam().make({.rows = 1500});
  // So little for the store itself that it would miss something.
  testing::ScratchIndex index(set.config, {.target_recall = 0, .index = IndexKind::kLists});
  const std::vector<VectorEntry> entries = EntriesOf(set);
  const testing::VectorModel model = ModelOf(set.config, entries);
  FillAndIndex(index, entries);
  for (size_t q = 0; q < set.query_count(); ++q) {
    const auto found = index.Search(set.query(q), 10, {}, {.target_recall = 1});
    const auto truth = model.Search(set.query(q), 10);
    ASSERT_EQ(found.size(), truth.size());
    ASSERT_EQ(testing::Recall(truth, found), 1) << "query " << q;
  }
}

INSTANTIATE_TEST_SUITE_P(Sets, EverySetWithOptions, ::testing::ValuesIn(AllVectorSets()),
                         [](const auto& info) { return info.param.name; });

class EveryEngine : public ::testing::TestWithParam<IndexKind> {
 protected:
  VectorIndexOptions Options() const {
    VectorIndexOptions options;
    options.index = GetParam();
    return options;
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, EveryEngine,
                         ::testing::Values(IndexKind::kLists, IndexKind::kGraph, IndexKind::kExact),
                         [](const auto& info) { return std::string(IndexKindName(info.param)); });

TEST_P(EveryEngine, FindsMoreThanTheStoreDoesWhereASearchWishesIt) {
  const VectorSet set = {{384, Metric::kCosine},
                         VectorSets(1).Embeddings(6000, 384),
                         VectorSets(2).Embeddings(100, 384)};
  VectorIndexOptions options = Options();
  options.target_recall = 0.5;
  testing::ScratchIndex index(set.config, options);
  const std::vector<VectorEntry> entries = EntriesOf(set);
  const testing::VectorModel model = ModelOf(set.config, entries);
  FillAndIndex(index, entries);
  ASSERT_EQ(index.engine(), GetParam());
  constexpr double kTargets[] = {0, 0.95, 0.99, 0.995};
  double recall[4] = {};
  for (size_t q = 0; q < set.query_count(); ++q) {
    const auto truth = model.Search(set.query(q), 10);
    for (size_t t = 0; t < 4; ++t) {
      const auto found = index.Search(set.query(q), 10, {}, {.target_recall = kTargets[t]});
      recall[t] += testing::Recall(truth, found) / static_cast<double>(set.query_count());
    }
  }
  if (GetParam() != IndexKind::kExact) {
    EXPECT_LT(recall[0], recall[2]);
  }
  for (size_t t = 1; t < 4; ++t) EXPECT_GE(recall[t], kTargets[t]) << kTargets[t];
}

// Each look at it takes a nanosecond.
class TickingClock final : public loadline::Clock {
 public:
  int64_t SteadyNanos() const override { return ++ticks_; }
  int64_t WallNanos() const override { return 0; }
  int64_t ticks() const { return ticks_; }

 private:
  mutable std::atomic<int64_t> ticks_{0};
};

TEST_P(EveryEngine, GivesAllOrNothingWhereverTheDeadlineFalls) {
  const TickingClock clock;
  VectorIndexOptions options = Options();
  options.clock = &clock;
  testing::ScratchIndex index(kCosine64, options);
  testing::ClusteredVectors vectors(kCosine64.dimension, 40, 7);
  FillAndIndex(index, vectors.NextEntries(0, 2000));
  ASSERT_EQ(index.engine(), GetParam());
  const std::vector<float> query = vectors.Next();
  const auto all = Ranking(index.Search(query, 10, {}));
  int64_t looks = 0;
  for (;; ++looks) {
    ASSERT_LT(looks, 10'000);
    const VectorIndex& searched = index;
    const auto found =
        searched.Search(query, 10, {}, {.deadline_nanos = clock.ticks() + 1 + looks});
    if (found.ok()) {
      EXPECT_EQ(Ranking(*found), all);
      break;
    }
    ASSERT_THAT(found, StatusIs(kDeadlineExceeded));
  }
  // Once before the search, and once before each of the ten vectors that it has to read.
  EXPECT_GT(looks, 11);
}

TEST_P(EveryEngine, FindsTheSameBeforeADeadlineFarAway) {
  testing::ScratchIndex index(kCosine64, Options());
  testing::ClusteredVectors vectors(kCosine64.dimension, 40, 7);
  FillAndIndex(index, vectors.NextEntries(0, 1000));
  const std::atomic<bool> cancelled{false};
  for (int i = 0; i < 20; ++i) {
    const std::vector<float> query = vectors.Next();
    EXPECT_EQ(Ranking(index.Search(query, 10, {},
                                   {.deadline_nanos = std::numeric_limits<int64_t>::max(),
                                    .cancelled = &cancelled})),
              Ranking(index.Search(query, 10, {})));
  }
}

TEST_P(EveryEngine, EndsAtOnceWhereItWasCancelledBefore) {
  testing::ScratchIndex index(kCosine64, Options());
  testing::ClusteredVectors vectors(kCosine64.dimension, 40, 7);
  FillAndIndex(index, vectors.NextEntries(0, 1000));
  const std::atomic<bool> cancelled{true};
  const VectorIndex& searched = index;
  EXPECT_THAT(searched.Search(vectors.Next(), 10, {}, {.cancelled = &cancelled}),
              StatusIs(kCancelled));
}

TEST_P(EveryEngine, GivesCopiesInTheOrderOfTheirIds) {
  testing::ScratchIndex index(kCosine64, Options());
  testing::ClusteredVectors vectors(kCosine64.dimension, 40, 7);
  std::vector<VectorEntry> entries = vectors.NextEntries(1000, 400);
  const std::vector<float> copied = vectors.Next();
  for (const uint64_t id : {77, 5, 9000, 31, 12, 4, 8000, 600}) {
    entries.push_back({id, copied, {"a.cc", 1, 2, "cpp"}});
  }
  FillAndIndex(index, entries);
  ASSERT_EQ(index.engine(), GetParam());
  EXPECT_THAT(IdsOf(index.Search(copied, 8, {})), ElementsAre(4, 5, 12, 31, 77, 600, 8000, 9000));
  EXPECT_THAT(IdsOf(index.Search(copied, 3, {})), ElementsAre(4, 5, 12));
}

// Six points at the distance 1 from the query, and others farther away.
TEST_P(EveryEngine, GivesEquallyNearVectorsInTheOrderOfTheirIds) {
  constexpr StoreConfig kSpace = {.dimension = 3, .metric = Metric::kSquaredL2};
  testing::ScratchIndex index(kSpace, Options());
  std::vector<VectorEntry> entries;
  for (uint64_t i = 0; i < 500; ++i) {
    const auto angle = static_cast<float>(i);
    const float radius = 3 + static_cast<float>(i) / 50;
    entries.push_back({1000 + i,
                       {radius * std::cos(angle), radius * std::sin(angle), angle / 250 - 1},
                       {"a.cc", 1, 2, "cpp"}});
  }
  const std::vector<uint64_t> ids = {42, 7, 5000, 3, 99, 18};
  for (size_t i = 0; i < ids.size(); ++i) {
    VectorEntry entry = {ids[i], {0, 0, 0}, {"a.cc", 1, 2, "cpp"}};
    entry.values[i / 2] = i % 2 == 0 ? 1 : -1;
    entries.push_back(entry);
  }
  FillAndIndex(index, entries);
  EXPECT_THAT(IdsOf(index.Search({0, 0, 0}, 6, {})), ElementsAre(3, 7, 18, 42, 99, 5000));
  EXPECT_THAT(IdsOf(index.Search({0, 0, 0}, 2, {}, {.target_recall = 1})), ElementsAre(3, 7));
}

TEST_P(EveryEngine, FindsInABatchWhatItFindsForEachQuery) {
  testing::ScratchIndex index(kCosine64, Options());
  testing::ClusteredVectors vectors(kCosine64.dimension, 40, 7);
  FillAndIndex(index, vectors.NextEntries(0, 1500));
  std::vector<float> queries;
  std::vector<std::vector<std::pair<uint64_t, float>>> singles;
  const SearchFilter filter = {.path_prefix = "src/", .language = "cpp"};
  for (int i = 0; i < 30; ++i) {
    const std::vector<float> query = vectors.Next();
    queries.insert(queries.end(), query.begin(), query.end());
    singles.push_back(Ranking(index.Search(query, 10, filter, {.target_recall = 0.99})));
  }
  const auto found = index.SearchBatch(queries, 10, filter, {.target_recall = 0.99});
  ASSERT_OK(found);
  ASSERT_THAT(*found, SizeIs(30));
  for (size_t i = 0; i < 30; ++i) EXPECT_EQ(Ranking((*found)[i]), singles[i]);
}

TEST(SearchOptions, NeverLookAtTheClockWithoutADeadline) {
  const FakeClock clock;
  testing::ScratchIndex index(kCosine64, {.clock = &clock});
  testing::ClusteredVectors vectors(kCosine64.dimension, 40, 7);
  FillAndIndex(index, vectors.NextEntries(0, 1000));
  const std::atomic<bool> cancelled{false};
  index.Search(vectors.Next(), 10, {}, {.target_recall = 0.99, .cancelled = &cancelled});
  EXPECT_EQ(clock.steady_reads(), 0);
}

TEST(SearchOptions, EndSearchesOfVectorsTooLongForCodesAsWell) {
  const TickingClock clock;
  testing::ScratchIndex index({.dimension = 2, .metric = Metric::kSquaredL2}, {.clock = &clock});
  std::vector<VectorEntry> entries;
  for (uint64_t id = 0; id < 400; ++id) {
    entries.push_back({id, {1e18F, -1e18F * static_cast<float>(id) / 400}, {"a.cc", 1, 2, "cpp"}});
  }
  FillAndIndex(index, entries);
  const VectorIndex& searched = index;
  EXPECT_THAT(searched.Search({1e18F, 0}, 1, {}, {.deadline_nanos = clock.ticks() + 100}),
              StatusIs(kDeadlineExceeded));
  EXPECT_EQ(clock.ticks(), 100);
}

// One list of 4,000 rows.
class OneList : public ::testing::Test {
 protected:
  OneList() : index_(set_.config, std::vector<float>(set_.config.dimension), 1) {
    for (uint32_t i = 0; i < set_.size(); ++i) index_.Add({i, set_.row(i), 1});
    index_.Publish();
    PrepareQuery(*index_.snapshot()->coding, set_.row(0), query_);
  }

  absl::Status Search(const SearchEffort& effort, const ListSearch::Matches& matches,
                      ListSearch::Offer offer) {
    ListSearch search;
    TopK top(10);
    const SearchStop stop({.cancelled = &cancelled_}, loadline::Clock::Real());
    return search.Run(index_.snapshot()->view(), query_, 10, effort, &matches, offer, top, &stop);
  }

  const VectorSet set_{{64, Metric::kSquaredL2}, VectorSets(1).Normal(size_t{4000} * 64), {}};
  ListIndex index_;
  ListQuery query_;
  std::atomic<bool> cancelled_{false};
};

TEST_F(OneList, IsLeftWithinAFewBlocksOnceAFilterHasCancelled) {
  for (const bool exact : {false, true}) {
    size_t asked = 0;
    const auto cancel = [&](const RowList&, size_t) {
      cancelled_ = true;
      return ++asked % 2 == 0;
    };
    const ListSearch::Matches matches = cancel;
    const auto offer = [](const RowList&, size_t, TopK&) { return absl::OkStatus(); };
    cancelled_ = false;
    EXPECT_THAT(Search({.exact = exact}, matches, offer), StatusIs(kCancelled));
    EXPECT_GT(asked, 0U);
    EXPECT_LE(asked, 16 * kBlockRows);
  }
}

TEST_F(OneList, ReadsNoFurtherVectorOnceItIsCancelled) {
  size_t offered = 0;
  const auto all = [](const RowList&, size_t) { return true; };
  const ListSearch::Matches matches = all;
  const auto cancel = [&](const RowList&, size_t, TopK&) {
    ++offered;
    cancelled_ = true;
    return absl::OkStatus();
  };
  EXPECT_THAT(Search({}, matches, cancel), StatusIs(kCancelled));
  EXPECT_EQ(offered, 1U);
}

class SearchOptionsTest : public testing::StoreFixture {
 protected:
  ProjectId Filled(size_t count) {
    const ProjectId id = NewStore("p", kCosine64);
    EXPECT_OK(manager_->Add(id, vectors_.NextEntries(0, count)));
    manager_->WaitUntilIndexed();
    return id;
  }
  absl::StatusOr<std::vector<Neighbor>> Search(const ProjectId& id, const SearchOptions& options) {
    return manager_->Search(id, vectors_.Next(), 10, {}, options);
  }

  testing::ClusteredVectors vectors_{kCosine64.dimension, 20, 5};
};

TEST_F(SearchOptionsTest, MustHaveATargetOfAtLeastNothing) {
  const ProjectId id = Filled(10);
  for (const double target : {-0.1, -std::numeric_limits<double>::infinity(), std::nan("")}) {
    EXPECT_THAT(Search(id, {.target_recall = target}), StatusIs(kInvalidArgument));
    EXPECT_THAT(manager_->SearchBatch(id, vectors_.Next(), 1, {}, {.target_recall = target}),
                StatusIs(kInvalidArgument));
    EXPECT_THAT(VectorStoreManager::Open(*directory_, *registry_, {.target_recall = target}),
                StatusIs(kInvalidArgument));
  }
  for (const double target : {0.0, 1e-300, 1.0, std::numeric_limits<double>::infinity()}) {
    EXPECT_OK(Search(id, {.target_recall = target})) << target;
  }
}

TEST_F(SearchOptionsTest, EndASearchOnceTheClockIsAtTheDeadline) {
  FakeClock clock;
  OpenManager({.clock = &clock});
  const ProjectId id = Filled(1000);
  const int64_t deadline = clock.SteadyNanos() + 1;
  EXPECT_OK(Search(id, {.deadline_nanos = deadline}));
  clock.AdvanceNanos(1);
  EXPECT_THAT(Search(id, {.deadline_nanos = deadline}), StatusIs(kDeadlineExceeded));
  EXPECT_THAT(manager_->SearchBatch(id, vectors_.Next(), 1, {}, {.deadline_nanos = deadline}),
              StatusIs(kDeadlineExceeded));
}

TEST_F(SearchOptionsTest, OpenNoStoreForASearchThatIsToEndAlready) {
  const ProjectId id = Filled(10);
  OpenManager({});
  const std::atomic<bool> cancelled{true};
  EXPECT_THAT(Search(id, {.cancelled = &cancelled}), StatusIs(kCancelled));
  EXPECT_EQ(manager_->Stats().open, 0U);
}

TEST_F(SearchOptionsTest, LetAnotherThreadEndSearches) {
  const ProjectId id = Filled(1000);
  std::atomic<bool> cancelled{false};
  std::atomic<int> searches{0};
  absl::Status last;
  std::thread searcher([&] {
    while (last.ok()) {
      last = Search(id, {.cancelled = &cancelled}).status();
      ++searches;
    }
  });
  while (searches < 100) std::this_thread::yield();
  cancelled = true;
  searcher.join();
  EXPECT_THAT(last, StatusIs(kCancelled));
}

TEST_F(SearchOptionsTest, AreKeptByABatchWhichNamesTheQueryThatIsWrong) {
  const ProjectId id = Filled(10);
  std::vector<float> queries = vectors_.Next();
  queries.resize(queries.size() + 3, 1);
  EXPECT_THAT(manager_->SearchBatch(id, queries, 1),
              StatusIs(kInvalidArgument, HasSubstr("query 1")));
  queries.resize(2 * kCosine64.dimension, std::nanf(""));
  EXPECT_THAT(manager_->SearchBatch(id, queries, 1),
              StatusIs(kInvalidArgument, HasSubstr("query 1")));
  EXPECT_THAT(*manager_->SearchBatch(id, {}, 1), IsEmpty());
}

// Each vector that is added is the nearest then.
TEST_F(SearchOptionsTest, AreKeptByABatchThatSeesTheStoreAtOneMoment) {
  const ProjectId id = Filled(10);
  const std::vector<float> query = vectors_.Next();
  std::vector<float> queries;
  for (int i = 0; i < 200; ++i) queries.insert(queries.end(), query.begin(), query.end());
  std::atomic<bool> stop{false};
  std::thread adder([&] {
    for (uint64_t added = 1; !stop && added < 2000; ++added) {
      VectorEntry entry = {10'000 - added, query, {"a.cc", 1, 2, "cpp"}};
      EXPECT_OK(manager_->Add(id, {entry}));
    }
  });
  uint64_t first = 10'000;
  while (first > 9'990) {
    const auto found = manager_->SearchBatch(id, queries, 1);
    ASSERT_OK(found);
    first = found->front()[0].id;
    for (const auto& neighbors : *found) ASSERT_EQ(neighbors[0].id, first);
  }
  stop = true;
  adder.join();
}

}  // namespace
}  // namespace stowage
