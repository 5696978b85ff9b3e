#include "benchmarks/peers/comparison.h"

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline::bench {
namespace {

using Ids = std::vector<uint64_t>;
using stowage::Metric;

// The exact engine with something planted into its answers or its work.
class Planted : public Engine {
 public:
  using Change = std::function<void(Ids& found)>;
  Planted(std::unique_ptr<Engine> engine, size_t times, Change change)
      : engine_(std::move(engine)), times_(times), change_(std::move(change)) {}

  absl::Status SetEffort(double effort) override { return engine_->SetEffort(effort); }
  absl::StatusOr<Ids> Search(absl::Span<const float> query, size_t k) override {
    absl::StatusOr<Ids> found;
    for (size_t i = 0; i < times_; ++i) found = engine_->Search(query, k);
    if (found.ok()) change_(*found);
    return found;
  }

 private:
  const std::unique_ptr<Engine> engine_;
  const size_t times_;
  const Change change_;
};

void Unchanged(Ids&) {}

// What a sweep says of exact engines with these things planted.
struct Plant {
  size_t times = 1;
  Planted::Change change = Unchanged;
};
std::vector<EffortPoint> SweepOf(const VectorSet& set, const std::vector<Plant>& plants) {
  const testing::TempDir dir;
  std::vector<Contestant> contestants;
  for (const Plant& plant : plants) {
    auto contestant = Build(ExactEngine(), set, dir.path());
    EXPECT_OK(contestant);
    contestant->engine =
        std::make_unique<Planted>(std::move(contestant->engine), plant.times, plant.change);
    contestants.push_back(*std::move(contestant));
  }
  EXPECT_OK(Sweep(set, contestants, {.rounds = 7}));
  std::vector<EffortPoint> points;
  for (const Contestant& contestant : contestants) {
    EXPECT_EQ(contestant.points.size(), 1U);
    points.insert(points.end(), contestant.points.begin(), contestant.points.end());
  }
  return points;
}

VectorSet Normal(size_t rows, size_t dimension) {
  VectorSets sets(1);
  return {
      {dimension, Metric::kSquaredL2}, sets.Normal(rows * dimension), sets.Normal(40 * dimension)};
}

TEST(Sweep, FindsNothingMissingWhereNothingIs) {
  const EffortPoint point = SweepOf(Normal(500, 8), {{}}).front();
  EXPECT_NEAR(point.recall, 1, 1e-9);
  EXPECT_EQ(point.below_half, 0);
}

TEST(Sweep, ShowsThePlantedShareThatAnEngineLeavesOut) {
  const auto drop_three = [](Ids& found) { found.erase(found.begin(), found.begin() + 3); };
  const EffortPoint point = SweepOf(Normal(500, 8), {{.change = drop_three}}).front();
  EXPECT_NEAR(point.recall, 0.7, 1e-9);
  EXPECT_EQ(point.below_half, 0);
}

TEST(Sweep, ShowsThePlantedShareOfQueriesThatFindLessThanHalf) {
  size_t calls = 0;
  const auto every_fourth_finds_four = [&calls](Ids& found) {
    if (++calls % 4 == 0) found.resize(4);
  };
  const EffortPoint point = SweepOf(Normal(500, 8), {{.change = every_fourth_finds_four}}).front();
  EXPECT_NEAR(point.below_half, 0.25, 1e-9);
  EXPECT_NEAR(point.recall, 0.75 + 0.25 * 0.4, 1e-9);
}

TEST(Sweep, CountsARowThatIsFoundTwiceOnce) {
  const auto repeat_first = [](Ids& found) { std::fill(found.begin(), found.end(), found[0]); };
  EXPECT_NEAR(SweepOf(Normal(500, 8), {{.change = repeat_first}}).front().recall, 0.1, 1e-9);
}

TEST(Sweep, CountsARowThatIsAsNearAsTheLastOne) {
  VectorSet set = Normal(500, 8);
  for (size_t i = 8; i < set.rows.size(); ++i) set.rows[i] = set.rows[i % 8];  // all are equal
  const auto take_others = [](Ids& found) {
    for (uint64_t& id : found) id += 300;
  };
  EXPECT_NEAR(SweepOf(set, {{.change = take_others}}).front().recall, 1, 1e-9);
}

TEST(Sweep, TakesRowsThatAreNotNearForWrong) {
  const auto take_others = [](Ids& found) {
    for (uint64_t& id : found) id = 499 - id;
  };
  EXPECT_LT(SweepOf(Normal(500, 8), {{.change = take_others}}).front().recall, 0.3);
}

TEST(Sweep, ShowsAnEngineThatIsFourTimesSlower) {
  const std::vector<EffortPoint> points = SweepOf(Normal(2'000, 256), {{}, {.times = 4}});
  const double ratio = points[1].cpu_micros / points[0].cpu_micros;
  EXPECT_GT(ratio, 2.5);
  EXPECT_LT(ratio, 6);
}

TEST(Sweep, ShowsNoDifferenceBetweenAnEngineAndItself) {
  const std::vector<EffortPoint> points = SweepOf(Normal(2'000, 256), {{}, {}});
  const double ratio = points[1].cpu_micros / points[0].cpu_micros;
  EXPECT_GT(ratio, 0.7);
  EXPECT_LT(ratio, 1.4);
}

TEST(Sweep, FailsWhereAnEngineFails) {
  class Failing : public Engine {
   public:
    absl::Status SetEffort(double) override { return absl::OkStatus(); }
    absl::StatusOr<Ids> Search(absl::Span<const float>, size_t) override {
      return absl::InternalError("planted");
    }
  };
  std::vector<Contestant> contestants(1);
  contestants[0].kind = ExactEngine();
  contestants[0].engine = std::make_unique<Failing>();
  EXPECT_EQ(Sweep(Normal(50, 8), contestants, {}).message(), "planted");
}

// Each engine of this build, on the three metrics.
class EveryEngine : public ::testing::TestWithParam<Metric> {};

TEST_P(EveryEngine, FindsTheNearestWhereItIsAskedToTryHard) {
  const testing::TempDir dir;
  VectorSets sets(1);
  const VectorSet set{{32, GetParam()}, sets.Embeddings(2'000, 32), sets.Embeddings(30, 32)};
  for (EngineKind kind : AllEngines()) {
    SCOPED_TRACE(kind.name);
    const std::string folder = dir.Path(kind.name);
    ASSERT_TRUE(std::filesystem::create_directory(folder));
    kind.efforts = {kind.efforts.front(), kind.efforts.back()};
    std::vector<Contestant> contestants;
    auto built = Build(kind, set, folder);
    ASSERT_OK(built);
    contestants.push_back(*std::move(built));
    ASSERT_OK(Sweep(set, contestants, {.rounds = 1}));
    EXPECT_GE(contestants[0].points.back().recall, 0.95);

    contestants[0].engine.reset();
    auto opened = kind.open(set.config, folder);
    ASSERT_OK(opened);
    const auto found = (*opened)->Search(set.query(0), kNeighbours);
    ASSERT_OK(found);
    EXPECT_EQ(found->size(), kNeighbours);
  }
}

INSTANTIATE_TEST_SUITE_P(Metrics, EveryEngine,
                         ::testing::Values(Metric::kSquaredL2, Metric::kInnerProduct,
                                           Metric::kCosine),
                         [](const auto& metric) {
                           return std::string(stowage::MetricName(metric.param));
                         });

}  // namespace
}  // namespace loadline::bench
