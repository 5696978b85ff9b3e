// Whatever the data, a search finds what a scan finds: a graph that does not is not used.
#include "stowage/vector/graph_trial.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stowage/vector/vector_index.h"
#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/stowage/vector/vector_model.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Vectors = std::vector<std::vector<float>>;

const std::atomic<bool> kUncancelled{false};
constexpr size_t kMinCount = 2'200;  // more than 16 rows a candidate, so that a graph is asked

VectorIndexOptions Options() {
  VectorIndexOptions options;
  options.graph_min_count = kMinCount;
  options.graph.ef_construction = 60;
  return options;
}

void Add(VectorIndex& index, const Vectors& vectors, uint64_t first_id) {
  std::vector<VectorEntry> entries;
  for (size_t i = 0; i < vectors.size(); ++i) {
    entries.push_back({.id = first_id + i,
                       .values = vectors[i],
                       .chunk = {.file = "f", .first_line = 1, .last_line = 2}});
  }
  auto staged = index.Stage(std::move(entries));
  ASSERT_OK(staged);
  index.Publish(*std::move(staged));
}

// Of the ten nearest of 60 stored vectors spread over `vectors`, the share found, by distance.
double RecallOf(const VectorIndex& index, const Vectors& vectors) {
  const Metric metric = index.config().metric;
  size_t right = 0;
  size_t wanted = 0;
  for (size_t i = 0; i < vectors.size(); i += vectors.size() / 60) {
    std::vector<double> truth;
    for (const auto& other : vectors) {
      truth.push_back(testing::TrueDistance(metric, vectors[i], other));
    }
    std::nth_element(truth.begin(), truth.begin() + 9, truth.end());
    // As far as floats can tell.
    const double limit = truth[9] + (metric == Metric::kSquaredL2 ? 1e-4 * truth[9] : 1e-6);
    for (const Neighbor& found : index.Search(vectors[i], 10, {})) {
      right += testing::TrueDistance(metric, vectors[i], vectors[found.id]) <= limit ? 1 : 0;
    }
    wanted += 10;
  }
  return static_cast<double>(right) / static_cast<double>(wanted);
}

struct Data {
  std::string name;
  StoreConfig config;
  Vectors vectors;
};

Vectors Gaussian(size_t dimension, size_t count, uint32_t seed, float offset = 0) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  Vectors vectors(count, std::vector<float>(dimension));
  for (auto& vector : vectors) {
    for (float& x : vector) x = offset + normal(random);
  }
  return vectors;
}

Vectors Clustered(size_t dimension, size_t count, uint32_t seed) {
  testing::ClusteredVectors source(dimension, 60, seed);
  Vectors vectors;
  for (size_t i = 0; i < count; ++i) vectors.push_back(source.Next());
  return vectors;
}

Data Places() {
  Vectors vectors = Gaussian(2, 3'000, 3);
  for (auto& place : vectors) place = {47.5F + 0.02F * place[0], 8.7F + 0.02F * place[1]};
  return {"places around a town", {.dimension = 2, .metric = Metric::kSquaredL2}, vectors};
}

Data HalfIdenticalFirst() {
  Vectors vectors(1'500, std::vector<float>(32, 0.5F));
  for (auto& vector : Clustered(32, 1'500, 4)) vectors.push_back(std::move(vector));
  return {"half identical, first", {.dimension = 32, .metric = Metric::kCosine}, vectors};
}

Data WithCopies(size_t percent) {
  Vectors vectors = Clustered(32, 3'000, 5);
  std::mt19937 random(6);
  for (auto& vector : vectors) {
    if (random() % 100 < percent) vector = vectors[0];
  }
  return {
      std::to_string(percent) + " % copies", {.dimension = 32, .metric = Metric::kCosine}, vectors};
}

Data AroundOneHundred() {
  return {"components around 100",
          {.dimension = 24, .metric = Metric::kSquaredL2},
          Gaussian(24, 3'000, 7, 100)};
}

Data WithALargeComponent(Metric metric) {
  Vectors vectors = Gaussian(24, 3'000, 8);
  for (auto& vector : vectors) vector[3] = 500;
  return {"one large component", {.dimension = 24, .metric = metric}, vectors};
}

Data ClusterByCluster() {
  Vectors vectors;
  std::mt19937 random(9);
  std::normal_distribution<float> normal;
  for (const auto& centre : Gaussian(24, 60, 10)) {
    for (int i = 0; i < 50; ++i) {
      vectors.push_back(centre);
      for (float& x : vectors.back()) x = 10 * x + 0.01F * normal(random);
    }
  }
  return {"cluster by cluster", {.dimension = 24, .metric = Metric::kSquaredL2}, vectors};
}

Data NearCopiesOfOneAndAFewOthers() {
  Vectors vectors = Gaussian(32, 40, 11);
  std::mt19937 random(12);
  std::normal_distribution<float> normal;
  while (vectors.size() < 3'000) {
    vectors.push_back(vectors[7]);
    for (float& x : vectors.back()) x += 1e-4F * normal(random);
  }
  std::shuffle(vectors.begin(), vectors.end(), random);
  return {"near copies", {.dimension = 32, .metric = Metric::kSquaredL2}, vectors};
}

TEST(GraphTrial, NoDataMakesASearchSilentlyWrong) {
  for (const Data& data :
       {HalfIdenticalFirst(), WithCopies(5), WithCopies(20), WithCopies(50), Places(),
        AroundOneHundred(), WithALargeComponent(Metric::kSquaredL2),
        WithALargeComponent(Metric::kCosine), ClusterByCluster(), NearCopiesOfOneAndAFewOthers()}) {
    VectorIndex index(data.config, Options());
    Add(index, data.vectors, 0);
    index.RunIndexing(kUncancelled);
    EXPECT_GE(RecallOf(index, data.vectors), 0.95) << data.name;
    EXPECT_FALSE(index.NeedsIndexing()) << data.name;
    ASSERT_TRUE(index.graph_verdict().has_value()) << data.name;
    EXPECT_EQ(index.counts().indexed > 0, index.graph_verdict()->good()) << data.name;
    EXPECT_EQ(index.WhyNoGraph().empty(), index.counts().indexed > 0) << data.name;
  }
}

TEST(GraphTrial, AGraphIsUsedWhereItFindsWhatAScanFinds) {
  const Vectors vectors = Clustered(32, 3'000, 13);
  VectorIndex index({.dimension = 32, .metric = Metric::kCosine}, Options());
  Add(index, vectors, 0);
  EXPECT_EQ(index.WhyNoGraph(), "not built yet");
  index.RunIndexing(kUncancelled);
  EXPECT_EQ(index.counts().indexed, 3'000U);
  EXPECT_GE(index.graph_verdict()->recall, 0.95);
  EXPECT_GT(index.graph_verdict()->queries, 100U);
  EXPECT_THAT(index.WhyNoGraph(), IsEmpty());
}

TEST(GraphTrial, AGraphThatFailsSaysWhy) {
  const Data data = Places();
  VectorIndex index(data.config, Options());
  Add(index, data.vectors, 0);
  index.RunIndexing(kUncancelled);
  EXPECT_EQ(index.counts().indexed, 0U);
  EXPECT_THAT(index.WhyNoGraph(), HasSubstr("of the 10 nearest"));
}

TEST(GraphTrial, CopiesThatComeLaterHaveAGraphTriedAgain) {
  Vectors vectors = Clustered(32, 3'000, 14);
  VectorIndex index({.dimension = 32, .metric = Metric::kCosine}, Options());
  Add(index, vectors, 0);
  index.RunIndexing(kUncancelled);
  ASSERT_GT(index.counts().indexed, 0U);
  for (int round = 0; round < 5; ++round) {
    const Vectors copies(600, vectors[11]);
    Add(index, copies, vectors.size());
    vectors.insert(vectors.end(), copies.begin(), copies.end());
    index.RunIndexing(kUncancelled);
    EXPECT_GE(RecallOf(index, vectors), 0.95) << round;
  }
}

TEST(GraphTrial, AGraphThatFailedIsBuiltAgainOnceTheDataIsAnother) {
  const Vectors same(3'000, std::vector<float>(32, 1));
  Vectors vectors = Clustered(32, 400, 15);
  VectorIndex index({.dimension = 32, .metric = Metric::kCosine}, Options());
  Add(index, same, 100'000);
  Add(index, vectors, 0);
  index.RunIndexing(kUncancelled);
  ASSERT_EQ(index.counts().indexed, 0U) << "the case needs a graph that fails";
  std::vector<uint64_t> ids;
  for (uint64_t i = 0; i < same.size(); ++i) ids.push_back(100'000 + i);
  index.Remove(ids);
  Add(index, Clustered(32, 3'000, 16), vectors.size());
  EXPECT_TRUE(index.NeedsIndexing());
  index.RunIndexing(kUncancelled);
  EXPECT_GT(index.counts().indexed, 0U);
}

// A graph of fewer nodes than it takes to ask one says nothing about the one that it becomes.
TEST(GraphTrial, AGraphThatCouldNotBeAskedIsNotUsedAndHasNoVerdict) {
  const Data data = Places();
  const auto middle = data.vectors.begin() + 2'450;
  VectorIndexOptions options = Options();
  options.graph_min_count = 100;
  options.ef = 160;  // asked from 2'560 nodes on
  VectorIndex index(data.config, options);
  Add(index, Vectors(data.vectors.begin(), middle), 0);
  index.RunIndexing(kUncancelled);
  ASSERT_EQ(index.counts().indexed, 2'450U) << "the case needs a graph";
  EXPECT_FALSE(index.NeedsIndexing());
  EXPECT_FALSE(index.graph_verdict().has_value());
  EXPECT_THAT(index.WhyNoGraph(), HasSubstr("too few"));
  Add(index, Vectors(middle, data.vectors.end()), 2'450);  // less than a quarter
  EXPECT_TRUE(index.NeedsIndexing());
  index.RunIndexing(kUncancelled);
  ASSERT_TRUE(index.graph_verdict().has_value());
  EXPECT_GT(index.graph_verdict()->queries, 100U);
  EXPECT_FALSE(index.graph_verdict()->good());
  EXPECT_EQ(index.counts().indexed, 0U);
  EXPECT_GE(RecallOf(index, data.vectors), 0.95);
}

TEST(GraphTrial, ARowIsChosenOnceEvenWhereItIsTheFarthestFromItself) {
  RowTable rows({.dimension = 2, .metric = Metric::kInnerProduct});
  Vectors vectors = Gaussian(2, 20, 18);
  vectors[7] = {0, 0};  // by its inner product as far from itself as from all others
  ASSERT_OK(rows.Reserve(vectors.size()));
  for (const auto& vector : vectors) {
    std::vector<CodeHeader> code(CodeBytes(2) / sizeof(CodeHeader));
    auto* const bytes = reinterpret_cast<std::byte*>(code.data());
    const RowMeta meta{.factor = EncodeRow(rows.config(), vector, bytes)};
    rows.Append(vector.data(), bytes, meta);
  }
  std::vector<uint32_t> chosen =
      ChooseTrialRows(rows.config(), rows.code_view(), 20, kUncancelled).far_apart;
  std::sort(chosen.begin(), chosen.end());
  std::vector<uint32_t> all(20);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(chosen, all);
}

TEST(GraphTrial, AVerdictSaysItsRecallOnTheSideOfWhatIsWantedWhereItIs) {
  const GraphVerdict bad{.recall = 0.94999, .queries = 192, .lost = 12};
  EXPECT_EQ(bad.Describe(),
            "finds 0.949 of the 10 nearest of a sample of the store's own vectors, and nothing "
            "right for 12 of 192 queries; want 0.950 and none");
  const GraphVerdict enough{.recall = 0.95, .queries = 192};
  EXPECT_TRUE(enough.good());
  EXPECT_THAT(enough.Describe(), HasSubstr("finds 0.950 of"));
}

TEST(GraphTrial, AVerdictWithoutQueriesIsNotGood) { EXPECT_FALSE(GraphVerdict().good()); }

TEST(GraphTrial, CountsByDistanceAndNoticesQueriesForWhichNothingIsRight) {
  GraphTrial trial;
  const std::vector<RankedRow> exact = {{0, 1, 0}, {1, 2, 1}};
  trial.Add(exact, {{1, 9, 8}, {5, 3, 2}}, /*counts=*/true);
  trial.Add(exact, {{6, 9, 8}, {7, 3, 2}}, /*counts=*/false);
  const GraphVerdict verdict = trial.verdict();
  EXPECT_EQ(verdict.recall, 0.5);
  EXPECT_EQ(verdict.queries, 2U);
  EXPECT_EQ(verdict.lost, 1U);
  EXPECT_FALSE(verdict.good());
}

}  // namespace
}  // namespace stowage
