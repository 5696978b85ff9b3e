#include "stowage/vector/list_index.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "benchmarks/peers/vector_sets.h"
#include "stowage/vector/list_clustering.h"
#include "stowage/vector/list_search.h"
#include "stowage/vector/self_check.h"
#include "tests/stowage/vector/split_rows.h"
#include "tests/support/sanitizer.h"

namespace stowage {
namespace {

using loadline::bench::AllVectorSets;
using loadline::bench::NamedSet;
using loadline::bench::VectorSet;
using loadline::bench::VectorSets;

constexpr size_t kNearest = 10;
constexpr size_t kBatch = 257;
// A sanitizer looks for what a few rows show as well, and takes ten times as long.
constexpr size_t kSetRows = loadline::testing::kHasShadowMemory ? 1000 : 4000;

// A set in lists; entry i is row i.
class Indexed {
 public:
  explicit Indexed(const VectorSet& set) : set_(set) {
    const size_t dimension = set.config.dimension;
    std::vector<double> sums(dimension);
    for (size_t i = 0; i < set.size(); ++i) {
      for (size_t j = 0; j < dimension; ++j) sums[j] += double{set.factor(i)} * set.row(i)[j];
    }
    std::vector<float> mean(dimension);
    for (size_t j = 0; j < dimension; ++j) {
      mean[j] = static_cast<float>(sums[j] / static_cast<double>(set.size()));
    }
    const auto coding = std::make_shared<const ListCoding>(set.config, std::move(mean), 1);
    std::vector<float> projected(set.size() * coding->dim());
    for (size_t i = 0; i < set.size(); ++i) {
      coding->Project(set.row(i), set.factor(i), &projected[i * coding->dim()]);
    }
    // Many lists even of few rows, so that there is something to pass over.
    std::set<std::vector<float>> distinct;
    for (size_t i = 0; i < set.size(); ++i) distinct.emplace(set.row(i).begin(), set.row(i).end());
    const size_t lists = std::max<size_t>(1, distinct.size() / 50);
    index_ = std::make_unique<ListIndex>(
        coding, FindCentres(*coding, testing::SplitRows(projected, coding->dim()), lists, 7));
    std::vector<uint32_t> all(set.size());
    std::iota(all.begin(), all.end(), 0U);
    Add(all);
  }

  ListIndex& index() { return *index_; }
  ListView view() const { return index_->snapshot()->view(); }

  void Add(const std::vector<uint32_t>& entries) {
    for (size_t begin = 0; begin < entries.size(); begin += kBatch) {
      for (size_t i = begin; i < std::min(begin + kBatch, entries.size()); ++i) {
        index_->Add({entries[i], set_.row(entries[i]), set_.factor(entries[i])});
      }
      index_->Publish();
    }
  }

  void Remove(const std::vector<uint32_t>& entries) {
    for (const uint32_t entry : entries) index_->Remove(entry);
    index_->Publish();
  }

  std::vector<RankedRow> Search(const ListSnapshot& snapshot, const ListQuery& query, size_t k,
                                const SearchEffort& effort, SearchCounts* read = nullptr) const {
    ListSearch search;
    TopK top(k);
    const auto offer = [&](const RowList& list, size_t position, TopK& nearest) {
      list.ForEachEntry(position, [&](uint32_t entry) {
        nearest.Offer({static_cast<float>(set_.Distance(query.values, entry)), entry, entry});
      });
      return absl::OkStatus();
    };
    EXPECT_TRUE(search.Run(snapshot.view(), query, k, effort, nullptr, offer, top).ok());
    if (read != nullptr) {
      read->blocks += search.counts().blocks;
      read->byte_rows += search.counts().byte_rows;
      read->full_rows += search.counts().full_rows;
    }
    return top.TakeSorted();
  }

  std::vector<RankedRow> Find(size_t q, const SearchEffort& effort) const {
    const std::shared_ptr<const ListSnapshot> snapshot = index_->snapshot();
    ListQuery query;
    PrepareQuery(*snapshot->coding, set_.query(q), query);
    return Search(*snapshot, query, kNearest, effort);
  }

  struct Quality {
    double recall = 0;
    double nothing = 0;  // share of the queries that found less than half
    SearchCounts read;   // for all of them, but for lists
  };
  // By distance, so that of equally near rows any will do.
  Quality Measure(const SearchEffort& effort) const {
    const std::shared_ptr<const ListSnapshot> snapshot = index_->snapshot();
    Quality quality;
    for (size_t q = 0; q < set_.query_count(); ++q) {
      ListQuery query;
      PrepareQuery(*snapshot->coding, set_.query(q), query);
      const std::vector<double> nearest = set_.Nearest(query.values, kNearest);
      const double limit = nearest.back() + 1e-5 * std::fabs(nearest.back()) + 1e-12;
      const auto found = Search(*snapshot, query, kNearest, effort, &quality.read);
      const auto right = std::count_if(found.begin(), found.end(), [&](const RankedRow& row) {
        return double{row.distance} <= limit;
      });
      const double share = static_cast<double>(right) / static_cast<double>(nearest.size());
      quality.recall += share;
      quality.nothing += share < 0.5 ? 1 : 0;
    }
    quality.recall /= static_cast<double>(set_.query_count());
    quality.nothing /= static_cast<double>(set_.query_count());
    return quality;
  }

  std::vector<CheckedEffort> Choose(absl::Span<const double> targets) const {
    std::vector<CheckedEffort> chosen;
    Check([&](SelfCheck& check) {
      const absl::StatusOr<std::vector<CheckedEffort>> efforts = check.ChooseEfforts(targets);
      ASSERT_TRUE(efforts.ok()) << efforts.status();
      chosen = *efforts;
    });
    return chosen;
  }

  double IntrinsicDimension() const {
    double dimension = -1;
    Check([&](SelfCheck& check) { dimension = check.IntrinsicDimension().value(); });
    return dimension;
  }

 private:
  void Check(absl::FunctionRef<void(SelfCheck& check)> use) const {
    const std::shared_ptr<const ListSnapshot> snapshot = index_->snapshot();
    std::vector<uint32_t> entry_of(snapshot->rows + set_.size());
    std::vector<uint32_t> rows;
    for (const auto& list : snapshot->lists) {
      for (size_t position = 0; position < list->size(); ++position) {
        rows.push_back(list->row(position));
        list->ForEachEntry(position, [&](uint32_t entry) { entry_of[rows.back()] = entry; });
      }
    }
    std::vector<uint32_t> sample;
    const size_t step = std::max<size_t>(1, rows.size() / kCheckedRows);
    for (size_t i = 0; i < rows.size(); i += step) sample.push_back(rows[i]);
    const auto read = [&](uint32_t row, absl::Span<float> values) {
      std::copy_n(set_.row(entry_of[row]).data(), values.size(), values.data());
      return absl::OkStatus();
    };
    const auto scan = [&](CheckedStore::VisitRow visit) {
      for (const uint32_t row : rows) visit(row, set_.row(entry_of[row]));
      return absl::OkStatus();
    };
    const auto distance = [&](uint32_t row, absl::Span<const float>,
                              absl::Span<const float> query) {
      return static_cast<float>(set_.Distance(query, entry_of[row]));
    };
    const auto never = [] { return false; };
    const ListView view = snapshot->view();
    const auto check = SelfCheck::Begin({view, sample, read, scan, distance, never});
    ASSERT_TRUE(check.ok()) << check.status();
    use(**check);
  }

  const VectorSet& set_;
  std::unique_ptr<ListIndex> index_;
};

class EverySet : public ::testing::TestWithParam<NamedSet> {
 protected:
  const VectorSet set_ = GetParam().make({.rows = kSetRows});
};

TEST_P(EverySet, IsSearchedExactlyWhereThatIsAskedFor) {
  const Indexed indexed(set_);
  EXPECT_EQ(indexed.Measure({.exact = true}).recall, 1);
}

TEST_P(EverySet, GivesAsManyAsAreAskedForHoweverLittleIsBelievedOfCodes) {
  const Indexed indexed(set_);
  for (size_t q = 0; q < set_.query_count(); ++q) {
    EXPECT_EQ(indexed.Find(q, {.eps = 0.01F}).size(), std::min(kNearest, set_.size()));
  }
}

TEST_P(EverySet, IsFoundByAllListsWithTheWidestBounds) {
  const Indexed indexed(set_);
  const Indexed::Quality quality = indexed.Measure({});
  EXPECT_GE(quality.recall, 0.999);
  EXPECT_EQ(quality.nothing, 0);
}

TEST_P(EverySet, IsFoundWithTheEffortThatTheCheckChose) {
  const Indexed indexed(set_);
  for (const CheckedEffort& chosen : indexed.Choose({0.95, 0.99})) {
    const double target = chosen.target;
    const Indexed::Quality quality = indexed.Measure(chosen.effort);
    // Of 100 queries and 1,000 neighbours the share is uncertain by about so much.
    EXPECT_GE(quality.recall, target - 0.005)
        << "eps " << chosen.effort.eps << " reach " << chosen.effort.reach << " measured "
        << chosen.recall;
    EXPECT_LE(quality.nothing, 0.01);
  }
}

TEST_P(EverySet, IsFoundAsBeforeWhenNineTenthsWereRemovedAndCameBack) {
  Indexed indexed(set_);
  std::vector<uint32_t> some;
  for (uint32_t i = 0; i < set_.size(); ++i) {
    if (i % 10 != 0) some.push_back(i);
  }
  const size_t rows = indexed.index().rows();
  indexed.Remove(some);
  EXPECT_EQ(indexed.index().entries(), set_.size() - some.size());
  EXPECT_EQ(indexed.index().TakeFreeEntries().size(), some.size());
  indexed.Add(some);
  EXPECT_EQ(indexed.index().rows(), rows);
  EXPECT_GE(indexed.Measure({}).recall, 0.999);
}

INSTANTIATE_TEST_SUITE_P(Sets, EverySet, ::testing::ValuesIn(AllVectorSets()),
                         [](const auto& info) { return info.param.name; });

// What is measured on the rows holds for queries that are none of them.
TEST(SelfCheck, ReadsMoreForAHigherTargetAndFindsIt) {
  for (const NamedSet& named : AllVectorSets()) {
    if (named.name.find("EmbeddingsBy") != 0) continue;
    SCOPED_TRACE(named.name);
    const VectorSet set = named.make({.rows = 4000});
    const Indexed indexed(set);
    const std::vector<CheckedEffort> chosen = indexed.Choose({0.6, 0.95, 0.99});
    ASSERT_EQ(chosen.size(), 3U);
    const Indexed::Quality least = indexed.Measure(chosen[0].effort);
    const Indexed::Quality less = indexed.Measure(chosen[1].effort);
    const Indexed::Quality more = indexed.Measure(chosen[2].effort);
    EXPECT_LT(least.read.blocks, less.read.blocks);
    EXPECT_LE(less.read.blocks, more.read.blocks);
    EXPECT_GE(less.recall, 0.95);
    EXPECT_GE(more.recall, 0.99);
  }
}

// Rows of a few independent values among 64 components that depend on them linearly.
VectorSet InAPlane(size_t dimensions, size_t rows, Metric metric) {
  VectorSets sets(1);
  const std::vector<float> axes = sets.Normal(dimensions * 64);
  const std::vector<float> places = sets.Normal(rows * dimensions);
  VectorSet set{{64, metric}, std::vector<float>(rows * 64), {}};
  for (size_t i = 0; i < rows; ++i) {
    for (size_t a = 0; a < dimensions; ++a) {
      for (size_t j = 0; j < 64; ++j) {
        set.rows[i * 64 + j] += places[i * dimensions + a] * axes[a * 64 + j];
      }
    }
  }
  return set;
}

TEST(SelfCheck, TellsTheDimensionsThatTheDataHas) {
  for (const size_t dimensions : {1, 2, 5}) {
    const VectorSet set = InAPlane(dimensions, 3000, Metric::kSquaredL2);
    const auto planted = static_cast<double>(dimensions);
    EXPECT_NEAR(Indexed(set).IntrinsicDimension(), planted, 0.2 * planted);
  }
}

// Directions have one dimension less than vectors.
TEST(SelfCheck, TellsTheDimensionsThatDirectionsHave) {
  EXPECT_NEAR(Indexed(InAPlane(4, 3000, Metric::kCosine)).IntrinsicDimension(), 3, 0.6);
}

TEST(SelfCheck, TellsNoDimensionsWhereAllVectorsAreEqual) {
  const VectorSet set{{64, Metric::kSquaredL2}, std::vector<float>(500 * 64, 0.5F), {}};
  EXPECT_EQ(Indexed(set).IntrinsicDimension(), 0);
}

class SearchCosts : public ::testing::Test {
 protected:
  const VectorSet set_ = {{768, Metric::kSquaredL2}, VectorSets(1).Normal(300 * 768), {}};
  const Indexed indexed_{set_};
  const ListView view_ = indexed_.view();
  SearchCounts read_;
};

// 10 blocks of 16 codes of 768 bits, 50 codes of 784 bytes and 10 vectors of 3,072 bytes for two
// searches, and centres of 768 bytes.
TEST_F(SearchCosts, AreWhatSearchesRead) {
  read_.blocks = 10;
  read_.byte_rows = 50;
  read_.full_rows = 10;
  EXPECT_EQ(SearchCost(view_, read_, 2),
            (10 * 16 * 96 + 4 * 50 * (16 + 768) + 4 * 10 * 3072) / 2.0 +
                768.0 * static_cast<double>(view_.lists.size()));
}

// With 24 words of signs and 20 as what a block takes besides: 44 for the signs, 116 for all.
TEST_F(SearchCosts, AreLessBySignsWhereThoseSpareMoreThanTheyTake) {
  read_.blocks = 100;
  read_.plane_blocks = 62;
  EXPECT_TRUE(SignsPay(view_, read_));
  read_.plane_blocks = 63;
  EXPECT_FALSE(SignsPay(view_, read_));
}

TEST(SelfCheck, TakesTheFirstThatWasChosenForEnough) {
  std::vector<CheckedEffort> efforts(3);
  efforts[0].target = 0.5;
  efforts[1].target = 0.95;
  efforts[2].target = 0.99;
  EXPECT_EQ(ForTarget(efforts, 0.2), &efforts[0]);
  EXPECT_EQ(ForTarget(efforts, 0.5), &efforts[0]);
  EXPECT_EQ(ForTarget(efforts, 0.96), &efforts[2]);
  EXPECT_EQ(ForTarget(efforts, 0.995), nullptr);
  EXPECT_EQ(ForTarget({}, 0.5), nullptr);
}

TEST(ListIndex, KeepsEqualVectorsAsOneRowThatStandsForAllOfThem) {
  VectorSet set{{64, Metric::kCosine}, VectorSets(1).Normal(64), {}};
  for (int i = 0; i < 4; ++i)
    set.rows.insert(set.rows.end(), set.rows.begin(), set.rows.begin() + 64);
  Indexed indexed(set);
  EXPECT_EQ(indexed.index().rows(), 1);
  EXPECT_EQ(indexed.index().entries(), 5);
  const std::shared_ptr<const ListSnapshot> snapshot = indexed.index().snapshot();
  ListQuery query;
  PrepareQuery(*snapshot->coding, set.row(0), query);
  std::vector<uint64_t> ids;
  for (const RankedRow& row : indexed.Search(*snapshot, query, 10, {})) ids.push_back(row.id);
  EXPECT_EQ(ids, (std::vector<uint64_t>{0, 1, 2, 3, 4}));
  indexed.Remove({0, 3});
  EXPECT_EQ(indexed.index().rows(), 1);
  EXPECT_EQ(indexed.index().entries(), 3);
}

TEST(ListIndex, KeepsWhatASearchSeesUntilItIsOver) {
  const VectorSet set{{64, Metric::kSquaredL2}, VectorSets(1).Normal(100 * 64), {}};
  Indexed indexed(set);
  std::shared_ptr<const ListSnapshot> before = indexed.index().snapshot();
  ListQuery query;
  PrepareQuery(*before->coding, set.row(5), query);
  indexed.Remove({5});
  EXPECT_TRUE(indexed.index().TakeFreeEntries().empty());
  EXPECT_EQ(indexed.Search(*before, query, 1, {})[0].id, 5);
  EXPECT_NE(indexed.Search(*indexed.index().snapshot(), query, 1, {})[0].id, 5);
  before.reset();
  EXPECT_EQ(indexed.index().TakeFreeEntries(), std::vector<uint32_t>{5});
}

// Rows of the index by entry.
std::vector<uint32_t> RowsOf(const ListSnapshot& snapshot, size_t entries) {
  std::vector<uint32_t> rows(entries);
  for (const auto& list : snapshot.lists) {
    for (size_t position = 0; position < list->size(); ++position) {
      list->ForEachEntry(position, [&](uint32_t entry) { rows[entry] = list->row(position); });
    }
  }
  return rows;
}

TEST(ListIndex, GivesNoRowToAnotherVectorWhileTheyAreHeld) {
  const VectorSet set{{64, Metric::kSquaredL2}, VectorSets(1).Normal(100 * 64), {}};
  Indexed indexed(set);
  indexed.Remove({1});
  EXPECT_EQ(indexed.index().TakeFreeEntries(), std::vector<uint32_t>{1});
  auto holder = std::make_unique<Lifetime>();
  indexed.index().HoldRows(holder->watch());
  indexed.Remove({2, 3});
  indexed.Add({1, 2, 3});
  for (const uint32_t entry : {1, 2, 3}) {
    EXPECT_GE(RowsOf(*indexed.index().snapshot(), 100)[entry], 100U);
  }
  holder.reset();
  indexed.Remove({4});
  indexed.Add({4});
  EXPECT_LT(RowsOf(*indexed.index().snapshot(), 100)[4], 100U);
}

TEST(ListIndex, ShowsInEverySnapshotWhereItsRowsLie) {
  const VectorSet set{{64, Metric::kSquaredL2}, VectorSets(1).Normal(1000 * 64), {}};
  Indexed indexed(set);
  const auto expect_places = [](const ListSnapshot& snapshot, size_t rows) {
    size_t there = 0;
    for (uint32_t row = 0; row < snapshot.places.size(); ++row) {
      const RowPlace& place = snapshot.places.place(row);
      if (place.list == RowPlace::kNoList) continue;
      ++there;
      ASSERT_EQ(snapshot.lists[place.list]->row(place.position), row);
    }
    EXPECT_EQ(there, rows);
  };
  const std::shared_ptr<const ListSnapshot> before = indexed.index().snapshot();
  std::vector<uint32_t> some;
  for (uint32_t i = 0; i < 1000; i += 3) some.push_back(i);
  indexed.Remove(some);
  expect_places(*before, 1000);
  expect_places(*indexed.index().snapshot(), 1000 - some.size());
}

}  // namespace
}  // namespace stowage
