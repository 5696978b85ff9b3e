#include "stowage/vector/graph_choice.h"

#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "benchmarks/peers/vector_sets.h"
#include "stowage/vector/list_clustering.h"
#include "tests/stowage/vector/split_rows.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

CheckedEffort Taking(double micros) {
  CheckedEffort checked;
  checked.micros = micros;
  checked.byte_rows = 500;
  return checked;
}

constexpr GraphProspects kGood = {
    .rows = 20'000, .code_bytes = 144, .residual_share = 0.8, .intrinsic_dimension = 10};

bool WorthTryingBeside(double cost, const GraphProspects& prospects,
                       IndexKind kind = IndexKind::kAuto) {
  CheckedEffort lists;
  lists.cost = cost;
  return WorthTrying(kind, 20'000, lists, prospects);
}

TEST(GraphChoice, TriesAGraphOnlyForManyRows) {
  GraphProspects prospects = kGood;
  EXPECT_TRUE(WorthTryingBeside(1e6, prospects));
  prospects.rows = 19'999;
  EXPECT_FALSE(WorthTryingBeside(1e6, prospects));
}

// 1.3 * 600 codes * 144 bytes * 4 = 449,280.
TEST(GraphChoice, TriesNoneWhereListsCostLessThanFollowingOneWould) {
  EXPECT_TRUE(WorthTryingBeside(450'000, kGood));
  EXPECT_FALSE(WorthTryingBeside(449'000, kGood));
}

TEST(GraphChoice, TriesNoneInManyDimensionsNorWhereNoneCanBeTold) {
  GraphProspects prospects = kGood;
  for (const double dimensions : {0.0, 40.0}) {
    prospects.intrinsic_dimension = dimensions;
    EXPECT_FALSE(WorthTryingBeside(1e6, prospects));
  }
}

TEST(GraphChoice, TriesNoneWhereCodesAroundTheMeanWouldBeBlunt) {
  GraphProspects prospects = kGood;
  prospects.residual_share = 0.05;
  EXPECT_FALSE(WorthTryingBeside(1e6, prospects));
}

TEST(GraphChoice, TriesOneAlwaysOrNeverWhereThatIsAskedFor) {
  EXPECT_TRUE(WorthTryingBeside(1, {.rows = 300}, IndexKind::kGraph));
  EXPECT_FALSE(WorthTryingBeside(1e9, kGood, IndexKind::kLists));
  EXPECT_FALSE(WorthTryingBeside(1e9, kGood, IndexKind::kExact));
}

TEST(GraphChoice, KeepsTheGraphThatIsFasterByMoreThanChance) {
  EXPECT_TRUE(Pays(IndexKind::kAuto, Taking(100), Taking(75)));
  EXPECT_FALSE(Pays(IndexKind::kAuto, Taking(100), Taking(80)));
  EXPECT_TRUE(Pays(IndexKind::kGraph, Taking(100), Taking(300)));
}

TEST(GraphChoice, ScoresRowsBesideTheGraphUntilListsAreAsFast) {
  EXPECT_EQ(MostBesideGraph(IndexKind::kAuto, Taking(100), Taking(50), 60'000), 500U);
  EXPECT_EQ(MostBesideGraph(IndexKind::kAuto, Taking(100), Taking(120), 60'000), 0U);
  EXPECT_EQ(MostBesideGraph(IndexKind::kAuto, Taking(100), Taking(1), 60'000), 15'000U);
  EXPECT_EQ(MostBesideGraph(IndexKind::kGraph, Taking(100), Taking(300), 60'000), 15'000U);
}

// Rows of a set in lists, and the share of them that its clusters leave.
double ShareOf(const loadline::bench::VectorSet& set) {
  const auto coding =
      std::make_shared<const ListCoding>(set.config, std::vector<float>(set.config.dimension), 1);
  std::vector<float> projected(set.size() * coding->dim());
  for (size_t i = 0; i < set.size(); ++i) {
    coding->Project(set.row(i), set.factor(i), &projected[i * coding->dim()]);
  }
  ListIndex index(coding,
                  FindCentres(*coding, testing::SplitRows(projected, coding->dim()), 100, 7));
  for (uint32_t i = 0; i < set.size(); ++i) index.Add({i, set.row(i), set.factor(i)});
  index.Publish();
  return ResidualShare(*index.snapshot());
}

TEST(GraphChoice, MeasuresWhatCentresLeaveOfTheRows) {
  loadline::bench::VectorSets sets(1);
  const StoreConfig config = {.dimension = 64, .metric = Metric::kSquaredL2};
  EXPECT_NEAR(ShareOf({config, sets.Normal(4000 * 64), {}}), 1, 0.15);
  const std::vector<float> centres = sets.Normal(50 * 64);
  EXPECT_NEAR(ShareOf({config, sets.Around(centres, 64, 4000, 0.1F, true), {}}), 0.1, 0.03);
}

TEST(GraphChoice, LetsTheGraphAnswerWhileItKnowsEnough) {
  const StoreConfig config = {.dimension = 64, .metric = Metric::kSquaredL2};
  const loadline::bench::VectorSet set{config, loadline::bench::VectorSets(1).Normal(110 * 64), {}};
  const auto coding = std::make_shared<const ListCoding>(config, std::vector<float>(64), 1,
                                                         ListCoding::Bytes::kAroundMean);
  ListCentres centres(*coding);
  centres.Add(std::vector<float>(64));
  ListIndex index(coding, std::move(centres));
  const auto add = [&](uint32_t first, uint32_t end) {
    for (uint32_t i = first; i < end; ++i) index.Add({i, set.row(i), 1});
    index.Publish();
  };
  add(0, 100);
  auto made = HnswGraph::Create(coding, 100);
  ASSERT_OK(made);
  const std::shared_ptr<HnswGraph> graph = *std::move(made);
  index.HoldRows(graph->lifetime().watch());
  for (uint32_t row = 0; row < 100; ++row) {
    ASSERT_OK(graph->Link(index.snapshot()->bytes, row));
  }
  EXPECT_TRUE(StillAnswers(*graph, *index.snapshot(), 0));
  add(100, 110);
  EXPECT_TRUE(StillAnswers(*graph, *index.snapshot(), 10));
  EXPECT_FALSE(StillAnswers(*graph, *index.snapshot(), 9));
  for (uint32_t i = 0; i < 50; ++i) index.Remove(i);
  index.Publish();
  EXPECT_TRUE(StillAnswers(*graph, *index.snapshot(), 10));
  index.Remove(50);
  index.Publish();
  EXPECT_FALSE(StillAnswers(*graph, *index.snapshot(), 10));
}

// Codes are checked when they are read, so none should be; but a search must not go round for ever.
TEST(HnswGraph, EndsItsSearchWhereNoScoreIsANumber) {
  const StoreConfig config = {.dimension = 64, .metric = Metric::kSquaredL2};
  const loadline::bench::VectorSet set{config, loadline::bench::VectorSets(1).Normal(500 * 64), {}};
  const auto coding = std::make_shared<const ListCoding>(config, std::vector<float>(64), 1,
                                                         ListCoding::Bytes::kAroundMean);
  ByteRows bytes(coding->dim());
  bytes.Reserve(500);
  auto graph = HnswGraph::Create(coding, 500);
  ASSERT_OK(graph);
  std::vector<float> projected(coding->dim());
  for (uint32_t row = 0; row < 500; ++row) {
    coding->Project(set.row(row), 1, projected.data());
    bytes.Set(row, *coding, projected, coding->mean_reference());
    ASSERT_OK((*graph)->Link(bytes, row));
  }
  ASSERT_GT((*graph)->level((*graph)->entry()), 0U);  // there is a level to descend from
  ListQuery query;
  PrepareQuery(*coding, set.row(0), query);
  query.split.step = std::numeric_limits<float>::quiet_NaN();
  std::vector<HnswGraph::Found> found;
  EXPECT_GT((*graph)->Search(
                bytes, query, 16, {}, [] { return false; }, found),
            0U);
}

}  // namespace
}  // namespace stowage
