#include "benchmarks/peers/equal_recall.h"

#include <cmath>
#include <optional>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace loadline::bench {
namespace {

constexpr double kFinest = 1e-4;

EffortPoint At(double recall, double micros) { return {.recall = recall, .cpu_micros = micros}; }

TEST(MicrosAtRecall, IsTheTimeOfAPointThatHasTheRecall) {
  const std::vector<EffortPoint> points = {At(0.8, 10), At(0.95, 40), At(0.99, 90)};
  EXPECT_DOUBLE_EQ(*MicrosAtRecall(points, 0.95, kFinest), 40);
  EXPECT_DOUBLE_EQ(*MicrosAtRecall(points, 0.99, kFinest), 90);
}

// 0.9 and 0.999 miss 10^-1 and 10^-3: half way between them in logarithms lies 10^-2.
TEST(MicrosAtRecall, IsTheGeometricMeanHalfWayInTheLogarithmOfWhatIsMissed) {
  EXPECT_NEAR(*MicrosAtRecall({At(0.9, 10), At(0.999, 1'000)}, 0.99, kFinest), 100, 1e-9);
}

TEST(MicrosAtRecall, DoesNotDependOnTheOrderOfPoints) {
  EXPECT_EQ(MicrosAtRecall({At(0.999, 1'000), At(0.9, 10)}, 0.97, kFinest),
            MicrosAtRecall({At(0.9, 10), At(0.999, 1'000)}, 0.97, kFinest));
}

TEST(MicrosAtRecall, LeavesOutPointsThatAnotherOneBeats) {
  const std::vector<EffortPoint> points = {At(0.9, 10), At(0.95, 5'000), At(0.96, 2'000),
                                           At(0.999, 1'000)};
  EXPECT_NEAR(*MicrosAtRecall(points, 0.99, kFinest), 100, 1e-9);
}

TEST(MicrosAtRecall, IsNoneWhereNoPointHasTheRecall) {
  EXPECT_EQ(MicrosAtRecall({At(0.9, 10), At(0.98, 20)}, 0.99, kFinest), std::nullopt);
  EXPECT_EQ(MicrosAtRecall({}, 0.5, kFinest), std::nullopt);
}

TEST(MicrosAtRecall, IsThatOfTheFastestPointWhereAllHaveMoreRecall) {
  EXPECT_DOUBLE_EQ(*MicrosAtRecall({At(1, 300)}, 0.95, kFinest), 300);
  EXPECT_DOUBLE_EQ(*MicrosAtRecall({At(0.99, 30), At(0.999, 60)}, 0.95, kFinest), 30);
}

// Recall 1 is known only to what the queries can show, here 10^-3.
TEST(MicrosAtRecall, TakesNothingMissedForTheLeastThatCouldBeSeen) {
  EXPECT_NEAR(*MicrosAtRecall({At(0.9, 10), At(1, 1'000)}, 0.99, 1e-3), 100, 1e-9);
}

TEST(MicrosAtRecall, IsFiniteWhereRecallsDifferByLessThanCouldBeSeen) {
  EXPECT_DOUBLE_EQ(*MicrosAtRecall({At(0.9995, 10), At(1, 1'000)}, 0.9999, 1e-3), 1'000);
}

}  // namespace
}  // namespace loadline::bench
