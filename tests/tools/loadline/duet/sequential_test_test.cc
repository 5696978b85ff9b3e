#include "tools/loadline/duet/sequential_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace loadline::duet {
namespace {

PairSample Of(double change, double half_width = 0.001, double seconds = 0.1) {
  const double log_ratio = std::log1p(change);
  return {.log_ratio = log_ratio,
          .interval = {log_ratio - half_width, log_ratio + half_width},
          .seconds = seconds};
}

SequentialTest After(size_t restarts, double change, const TestTerms& terms = {}) {
  SequentialTest test(terms);
  for (size_t i = 0; i < restarts; ++i) test.Add(Of(change));
  return test;
}

TEST(SequentialTest, IsOpenAtFirst) {
  const SequentialTest test({});
  EXPECT_FALSE(test.Over());
  EXPECT_EQ(test.Estimate(), 0);
}

TEST(SequentialTest, IsDecidedByEightRestartsThatAgree) {
  EXPECT_FALSE(After(7, 0.02).Decided());
  EXPECT_TRUE(After(8, 0.02).Decided());
  EXPECT_FALSE(After(7, -0.02).Decided());
  EXPECT_TRUE(After(8, -0.02).Decided());
}

TEST(SequentialTest, IsDecidedWhenNewIsNeitherWorseNorBetter) {
  EXPECT_FALSE(After(7, 0).Decided());
  EXPECT_TRUE(After(8, 0).Decided());
}

TEST(SequentialTest, NeedsMoreToCallHarmAmongManyBenchmarks) {
  const TestTerms terms{.alpha_harm = 0.0001};
  EXPECT_FALSE(After(12, 0.02, terms).Decided());
  EXPECT_TRUE(After(16, 0.02, terms).Decided());
}

TEST(SequentialTest, EndsUndecidedWhenItsRestartsAreUsedUp) {
  SequentialTest test({.most_restarts = 20});
  for (int i = 0; i < 20; ++i) test.Add(Of(i % 2 == 0 ? 0.02 : 0));
  EXPECT_FALSE(test.Decided());
  EXPECT_TRUE(test.Over());
}

TEST(SequentialTest, EndsUndecidedWhenItsTimeIsUsedUp) {
  SequentialTest test({.most_seconds = 1});
  for (int i = 0; i < 12; ++i) test.Add(Of(i % 2 == 0 ? 0.02 : 0, 0.001, 0.12));
  EXPECT_FALSE(test.Decided());
  EXPECT_TRUE(test.Over());
  EXPECT_EQ(test.Series().most_restarts, 12U);
}

TEST(SequentialTest, IsGivenTwiceTheTimeWhereItsRestartsAreTooSlowToDecideInOnce) {
  SequentialTest test({.most_seconds = 1});
  for (int i = 0; i < 7; ++i) test.Add(Of(0.2, 0.001, 0.2));
  EXPECT_FALSE(test.Over());
  test.Add(Of(0.2, 0.001, 0.2));
  EXPECT_TRUE(test.Decided());
  EXPECT_GT(test.seconds(), 1.5);
}

TEST(SequentialTest, IsGivenNoMoreThanTwiceTheTime) {
  SequentialTest test({.most_seconds = 1});
  for (int i = 0; i < 3; ++i) test.Add(Of(0.2, 0.001, 1));
  EXPECT_FALSE(test.Decided());
  EXPECT_TRUE(test.Over());
  EXPECT_EQ(test.Series().most_restarts, 3U);
}

TEST(SequentialTest, DoesNotChargeTheFirstRestartForMakingData) {
  SequentialTest test({.most_seconds = 1});
  test.Add(Of(0.02, 0.001, 30));
  EXPECT_FALSE(test.Over());
  test.Add(Of(0.02, 0.001, 0.5));
  EXPECT_FALSE(test.Over());
  EXPECT_NEAR(test.seconds(), 30.5, 1e-9);
}

TEST(SequentialTest, SuspectsTheLayoutWhenRestartsAreSureOfOppositeThings) {
  SequentialTest test({});
  for (int i = 0; i < 12; ++i) test.Add(Of(i % 3 == 0 ? 0.07 : 0));
  EXPECT_TRUE(test.Series().layout_worse);
  EXPECT_FALSE(test.Series().layout_better);
}

TEST(SequentialTest, SuspectsNoLayoutWhenRestartsAreUnsure) {
  SequentialTest test({});
  for (int i = 0; i < 12; ++i) test.Add(Of(i % 3 == 0 ? 0.07 : 0, 0.1));
  EXPECT_FALSE(test.Series().layout_worse);
}

TEST(SequentialTest, SuspectsTheLayoutWhereEachRestartIsLessSureThanTheMarginIsNarrow) {
  SequentialTest test({});
  for (int i = 0; i < 12; ++i) test.Add(Of(i % 3 == 0 ? 0.07 : 0, 0.015));
  EXPECT_TRUE(test.Series().layout_worse);
}

TEST(SequentialTest, SuspectsTheLayoutOfALargeEffectThoughRestartsAreFarFromSure) {
  SequentialTest test({});
  for (int i = 0; i < 12; ++i) test.Add(Of(i % 2 == 0 ? 1 : 0, 0.3));
  EXPECT_TRUE(test.Series().layout_worse);
  EXPECT_FALSE(test.Series().layout_better);
}

TEST(SequentialTest, SuspectsTheLayoutThatMakesTheBaseSlow) {
  SequentialTest test({});
  for (int i = 0; i < 12; ++i) test.Add(Of(i % 3 == 0 ? -0.07 : 0));
  EXPECT_TRUE(test.Series().layout_better);
  EXPECT_FALSE(test.Series().layout_worse);
}

TEST(SequentialTest, SuspectsNoLayoutBehindASteadyChange) {
  EXPECT_FALSE(After(12, 0.07).Series().layout_worse);
  EXPECT_FALSE(After(12, 0).Series().layout_worse);
}

}  // namespace
}  // namespace loadline::duet
