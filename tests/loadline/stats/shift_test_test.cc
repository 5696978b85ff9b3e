#include "loadline/stats/shift_test.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "loadline/stats/rank_sum.h"

namespace loadline::stats {
namespace {

using Values = std::vector<double>;

const double kFivePercent = std::log(1.05);

Values Logs(Values values) {
  for (double& value : values) value = std::log(value);
  return values;
}

double Percent(double shift) { return 100 * std::expm1(shift); }

ShiftTest TestOf(const Values& base, const Values& changed, uint64_t family) {
  return ShiftTest(Logs(base), Logs(changed), {.family = family});
}

const Values kSixBase = {100, 101, 99, 102, 98, 100.5};
const Values kSixSlow = {10000, 10110, 9890, 10205, 9790, 10040};

// The p values of the rank sum alone could not call this: they end at 1 / 924.
TEST(ShiftTest, CallsAHundredfoldChangeAmongTenBySixValues) {
  const ShiftTest test = TestOf(kSixBase, kSixSlow, 10);
  EXPECT_NEAR(RankSumPValueGreater(Logs(kSixBase), Logs(kSixSlow), kFivePercent), 0.00108225, 5e-9);
  EXPECT_NEAR(test.PGreater(kFivePercent) / 1.29955e-23, 1, 1e-5);
  EXPECT_NEAR(Percent(test.Detectable(kFivePercent)), 10.7207, 5e-5);
}

TEST(ShiftTest, TellsAChangeBelowTheMarginFromNone) {
  const ShiftTest test =
      TestOf({100, 100.1, 99.9, 100.05, 99.95, 100.02, 99.98, 100.08, 99.92, 100.03},
             {104.9, 105, 104.8, 104.95, 104.85, 104.92, 104.88, 104.98, 104.82, 104.93}, 668);
  EXPECT_EQ(test.PGreater(kFivePercent), 1);
  EXPECT_NEAR(test.PGreater(0) / 4.82746e-30, 1, 1e-5);
  EXPECT_NEAR(Percent(test.OfMeans().low), 4.8225, 5e-5);
  EXPECT_NEAR(Percent(test.OfMeans().high), 4.9773, 5e-5);
  EXPECT_NEAR(Percent(test.Detectable(kFivePercent)), 5.2261, 5e-5);
}

TEST(ShiftTest, CallsAChangeOfAFifthAmongSixHundredByTenValues) {
  const ShiftTest test = TestOf({100, 103, 97, 101, 98, 105, 96, 102, 99, 100},
                                {120, 124, 116, 122, 118, 126, 115, 121, 119, 120}, 668);
  EXPECT_NEAR(test.PGreater(kFivePercent) / 3.0887e-09, 1, 1e-4);
  EXPECT_NEAR(Percent(test.OfMeans().low), 16.2253, 5e-5);
  EXPECT_NEAR(Percent(test.OfMeans().high), 23.8528, 5e-5);
  EXPECT_NEAR(Percent(test.Detectable(kFivePercent)), 15.1849, 5e-5);
}

TEST(ShiftTest, SeesByTheMeansWhatRanksDoNot) {
  const ShiftTest test = TestOf({100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.7, 99.3, 100},
                                {100.1, 175, 99.2, 100.4, 99.6, 100.3, 99.7, 174, 99.4, 100.1}, 1);
  EXPECT_LT(test.Estimate(), 0.01);
  EXPECT_NEAR(Percent(test.OfMeans().high), 37.7427, 5e-5);
}

TEST(ShiftTest, BoundsWhatDidNotChange) {
  const ShiftTest test =
      TestOf({100, 101, 99, 102, 98, 100.5, 99.5, 101.5, 98.5, 100},
             {100.2, 100.8, 99.1, 101.9, 98.2, 100.4, 99.6, 101.4, 98.7, 100.1}, 1);
  EXPECT_NEAR(Percent(test.OfMeans().low), -1.3565, 5e-5);
  EXPECT_NEAR(Percent(test.OfMeans().high), 1.4590, 5e-5);
  EXPECT_NEAR(Percent(test.Detectable(kFivePercent)), 7.3218, 5e-5);
}

TEST(ShiftTest, SeesDropsAsItSeesRises) {
  const ShiftTest rise = TestOf(kSixBase, kSixSlow, 10);
  const ShiftTest drop = TestOf(kSixSlow, kSixBase, 10);
  EXPECT_NEAR(drop.PLess(-kFivePercent) / rise.PGreater(kFivePercent), 1, 1e-9);
  EXPECT_EQ(drop.PGreater(kFivePercent), 1);
  EXPECT_NEAR(drop.Estimate(), -rise.Estimate(), 1e-12);
}

TEST(ShiftTest, AsksOfFewValuesThatTheChangeIsBeyondOneAndAHalf) {
  const Values base = {100, 101, 99, 102, 98};
  EXPECT_GT(TestOf(base, {140, 141, 139, 142, 138}, 100).PGreater(kFivePercent), 1e-4);
  EXPECT_LT(TestOf(base, {170, 171, 169, 172, 168}, 100).PGreater(kFivePercent), 1e-4);
  EXPECT_LT(TestOf(base, {140, 141, 139, 142, 138}, 1).PGreater(kFivePercent), 1e-4);
}

// Two levels that every value falls on by the toss of a coin: with ten values a side they fall
// apart once in a million.
TEST(ShiftTest, NeedsEnoughValuesToTellTwoLevelsFromAChange) {
  EXPECT_EQ(FewestForSeparation(1, 0.01), 4U);
  EXPECT_EQ(FewestForSeparation(10, 0.01), 5U);
  EXPECT_EQ(FewestForSeparation(100, 0.01), 7U);
  EXPECT_EQ(FewestForSeparation(668, 0.01), 9U);
  EXPECT_EQ(FewestForSeparation(1000, 0.01), 9U);
  EXPECT_EQ(FewestForSeparation(5000, 0.01), 10U);
  EXPECT_EQ(FewestForSeparation(0, 0.01), 4U);
}

TEST(ShiftTest, DividesByNoSpread) {
  const Values same(10, 5.0);
  const Values more(10, 6.0);
  const ShiftTest nothing(same, same, {});
  EXPECT_EQ(nothing.PGreater(0), 1);
  EXPECT_EQ(nothing.PLess(0), 1);
  EXPECT_EQ(nothing.OfMeans().high, 0);
  const ShiftTest step(same, more, {});
  EXPECT_EQ(step.PGreater(0.5), 0);
  EXPECT_EQ(step.PGreater(1), 1);
}

TEST(ShiftTest, TakesTheVarianceForAtLeastTheFloor) {
  const Values same(10, 5.0);
  const ShiftTest test(same, same, {.base_variance_floor = 0.04, .changed_variance_floor = 0.04});
  EXPECT_NEAR(test.OfMeans().high, 2.55238 * std::sqrt(0.008), 1e-5);  // t of 18 degrees
}

TEST(ShiftTest, ClaimsLessWhereValuesLeanOnEachOther) {
  const Values base = Logs({100, 103, 97, 101, 98, 105, 96, 102, 99, 100});
  const Values slow = Logs({120, 124, 116, 122, 118, 126, 115, 121, 119, 120});
  const ShiftTest plain(base, slow, {.family = 100});
  const ShiftTest wide(base, slow, {.family = 100, .rho = 0.8});
  EXPECT_GT(wide.PGreater(kFivePercent), 1000 * plain.PGreater(kFivePercent));
  EXPECT_GT(wide.OfMeans().high, plain.OfMeans().high);
  EXPECT_GT(wide.Detectable(kFivePercent), plain.Detectable(kFivePercent));
}

TEST(ShiftTest, KnowsHowManyValuesAChangeNeeds) {
  const auto needed = [](double deviation, double change, uint64_t family) {
    return ShiftTestNeeded(deviation, std::log1p(change), family, 0.01);
  };
  EXPECT_EQ(needed(0.03, 0.05, 1), 11U);
  EXPECT_EQ(needed(0.03, 0.05, 668), 26U);
  EXPECT_EQ(needed(0.03, 0.10, 1000), 11U);
  EXPECT_EQ(needed(0.10, 0.10, 100), 54U);
  EXPECT_EQ(needed(0.01, 0.05, 5000), 10U);  // not fewer than FewestForSeparation,
  EXPECT_EQ(needed(0.01, 1.00, 5000), 4U);   // but where the change is beyond one and a half
  EXPECT_EQ(needed(0.03, 0.0, 10), 1'000'000U);
}

}  // namespace
}  // namespace loadline::stats
