#include "tools/loadline/duet/contest.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace loadline::duet {
namespace {

Restart Of(double change, double half_width = 0.001, double seconds = 0.1) {
  const double log_ratio = std::log1p(change);
  return {.log_ratio = log_ratio,
          .interval = {log_ratio - half_width, log_ratio + half_width},
          .seconds = seconds};
}

Contest After(size_t restarts, double change, const ContestTerms& terms = {}) {
  Contest contest(terms);
  for (size_t i = 0; i < restarts; ++i) contest.Add(Of(change));
  return contest;
}

TEST(Contest, IsOpenAtFirst) {
  const Contest contest({});
  EXPECT_FALSE(contest.Over());
  EXPECT_EQ(contest.Estimate(), 0);
}

TEST(Contest, IsDecidedByEightRestartsThatAgree) {
  EXPECT_FALSE(After(7, 0.02).Decided());
  EXPECT_TRUE(After(8, 0.02).Decided());
  EXPECT_FALSE(After(7, -0.02).Decided());
  EXPECT_TRUE(After(8, -0.02).Decided());
}

TEST(Contest, IsDecidedWhenNewIsNeitherWorseNorBetter) {
  EXPECT_FALSE(After(7, 0).Decided());
  EXPECT_TRUE(After(8, 0).Decided());
}

TEST(Contest, NeedsMoreToCallHarmAmongManyBenchmarks) {
  const ContestTerms terms{.alpha_harm = 0.0001};
  EXPECT_FALSE(After(12, 0.02, terms).Decided());
  EXPECT_TRUE(After(16, 0.02, terms).Decided());
}

TEST(Contest, EndsUndecidedWhenItsRestartsAreUsedUp) {
  Contest contest({.most_restarts = 20});
  for (int i = 0; i < 20; ++i) contest.Add(Of(i % 2 == 0 ? 0.02 : 0));
  EXPECT_FALSE(contest.Decided());
  EXPECT_TRUE(contest.Over());
}

TEST(Contest, EndsUndecidedWhenItsTimeIsUsedUp) {
  Contest contest({.most_seconds = 1});
  for (int i = 0; i < 12; ++i) contest.Add(Of(i % 2 == 0 ? 0.02 : 0, 0.001, 0.12));
  EXPECT_FALSE(contest.Decided());
  EXPECT_TRUE(contest.Over());
  EXPECT_EQ(contest.Series().most_restarts, 12U);
}

TEST(Contest, IsGivenTwiceTheTimeWhereItsRestartsAreTooSlowToDecideInOnce) {
  Contest contest({.most_seconds = 1});
  for (int i = 0; i < 7; ++i) contest.Add(Of(0.2, 0.001, 0.2));
  EXPECT_FALSE(contest.Over());
  contest.Add(Of(0.2, 0.001, 0.2));
  EXPECT_TRUE(contest.Decided());
  EXPECT_GT(contest.seconds(), 1.5);
}

TEST(Contest, IsGivenNoMoreThanTwiceTheTime) {
  Contest contest({.most_seconds = 1});
  for (int i = 0; i < 3; ++i) contest.Add(Of(0.2, 0.001, 1));
  EXPECT_FALSE(contest.Decided());
  EXPECT_TRUE(contest.Over());
  EXPECT_EQ(contest.Series().most_restarts, 3U);
}

TEST(Contest, DoesNotChargeTheFirstRestartForMakingData) {
  Contest contest({.most_seconds = 1});
  contest.Add(Of(0.02, 0.001, 30));
  EXPECT_FALSE(contest.Over());
  contest.Add(Of(0.02, 0.001, 0.5));
  EXPECT_FALSE(contest.Over());
  EXPECT_NEAR(contest.seconds(), 30.5, 1e-9);
}

TEST(Contest, SuspectsTheLayoutWhenRestartsAreSureOfOppositeThings) {
  Contest contest({});
  for (int i = 0; i < 12; ++i) contest.Add(Of(i % 3 == 0 ? 0.07 : 0));
  EXPECT_TRUE(contest.Series().layout_worse);
  EXPECT_FALSE(contest.Series().layout_better);
}

TEST(Contest, SuspectsNoLayoutWhenRestartsAreUnsure) {
  Contest contest({});
  for (int i = 0; i < 12; ++i) contest.Add(Of(i % 3 == 0 ? 0.07 : 0, 0.1));
  EXPECT_FALSE(contest.Series().layout_worse);
}

TEST(Contest, SuspectsTheLayoutWhereEachRestartIsLessSureThanTheMarginIsNarrow) {
  Contest contest({});
  for (int i = 0; i < 12; ++i) contest.Add(Of(i % 3 == 0 ? 0.07 : 0, 0.015));
  EXPECT_TRUE(contest.Series().layout_worse);
}

TEST(Contest, SuspectsTheLayoutOfALargeEffectThoughRestartsAreFarFromSure) {
  Contest contest({});
  for (int i = 0; i < 12; ++i) contest.Add(Of(i % 2 == 0 ? 1 : 0, 0.3));
  EXPECT_TRUE(contest.Series().layout_worse);
  EXPECT_FALSE(contest.Series().layout_better);
}

TEST(Contest, SuspectsTheLayoutThatMakesTheBaseSlow) {
  Contest contest({});
  for (int i = 0; i < 12; ++i) contest.Add(Of(i % 3 == 0 ? -0.07 : 0));
  EXPECT_TRUE(contest.Series().layout_better);
  EXPECT_FALSE(contest.Series().layout_worse);
}

TEST(Contest, SuspectsNoLayoutBehindASteadyChange) {
  EXPECT_FALSE(After(12, 0.07).Series().layout_worse);
  EXPECT_FALSE(After(12, 0).Series().layout_worse);
}

}  // namespace
}  // namespace loadline::duet
