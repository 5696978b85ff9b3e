#include "loadline/stats/power.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/loadline/stats/drawn_sample.h"

namespace loadline::stats {
namespace {

// R 4.2.2: qnorm(0.99) + qnorm(0.8) = 3.167969107613755;
// 0.01 * (qnorm(0.95) + qnorm(0.8)) = 0.024864748605243858.
TEST(NormalDetectableShift, IsTheTextbookFormula) {
  EXPECT_NEAR(NormalDetectableShift(1, 0, 0.01), 3.167969107613755, 1e-12);
  EXPECT_NEAR(NormalDetectableShift(0.01, 0.05, 0.05), 0.05 + 0.024864748605, 1e-12);
  EXPECT_EQ(NormalDetectableShift(0, 0.05, 0.05), 0.05);
}

TEST(NormalDetectableShift, IsInfiniteWithoutAStandardErrorOrALevel) {
  EXPECT_EQ(NormalDetectableShift(std::nan(""), 0, 0.01), kInfinite);
  EXPECT_EQ(NormalDetectableShift(kInfinite, 0, 0.01), kInfinite);
  EXPECT_EQ(NormalDetectableShift(1, 0, 0), kInfinite);
}

// For many normal values the rank tests need sqrt(pi / 3) = 1.0233 times what a z test needs: their
// asymptotic efficiency against it is 3 / pi (Hodges & Lehmann 1956).
TEST(DetectableShift, OfManyNormalValuesIsThatOfAZTestOverItsEfficiency) {
  Draw draw(1);
  constexpr size_t kMany = 2'000;
  const double z_test = 1.0233 * 3.167969 / std::sqrt(static_cast<double>(kMany));
  const auto base = draw.Sample(Shape::kNormal, kMany);
  const auto changed = draw.Sample(Shape::kNormal, kMany);
  const double unpaired = std::sqrt(2.0) * z_test;
  EXPECT_NEAR(RankSumDetectableShift(base, changed, 0, 0.01), unpaired, 0.05 * unpaired);
}

TEST(DetectableShift, AddsTheMargin) {
  Draw draw(2);
  const auto base = draw.Sample(Shape::kT2, 8);
  const auto changed = draw.Sample(Shape::kT2, 9);
  EXPECT_NEAR(RankSumDetectableShift(base, changed, 3, 0.05),
              RankSumDetectableShift(base, changed, 0, 0.05) + 3, 1e-12);
}

TEST(DetectableShift, GrowsWithTheSpreadAndIgnoresWhereTheSamplesLie) {
  Draw draw(3);
  const auto base = draw.Sample(Shape::kNormal, 10);
  const auto changed = draw.Sample(Shape::kNormal, 10);
  std::vector<double> wide_base;
  std::vector<double> wide_changed;
  for (const double value : base) wide_base.push_back(4 * value - 7);
  for (const double value : changed) wide_changed.push_back(4 * value + 900);
  EXPECT_NEAR(RankSumDetectableShift(wide_base, wide_changed, 0, 0.05),
              4 * RankSumDetectableShift(base, changed, 0, 0.05), 1e-6);
}

// Six a side at 0.01: one value on the wrong side stops the rule. At 0.1 it takes more than one,
// and how far out the outlier lies does not matter.
TEST(DetectableShift, GrowsWithALoneOutlierWhereOneAloneStopsTheRule) {
  const std::vector<double> other = {-0.8, -0.5, -0.2, 0.3, 0.5, 0.9};
  const auto side = [](double outlier) {
    return std::vector<double>{-0.9, -0.6, -0.3, 0.2, 0.4, outlier};
  };
  EXPECT_GT(RankSumDetectableShift(side(6), other, 0, 0.01),
            2 * RankSumDetectableShift(side(3), other, 0, 0.01));
  EXPECT_NEAR(RankSumDetectableShift(side(6), other, 0, 0.1),
              RankSumDetectableShift(side(3), other, 0, 0.1), 1e-6);
}

TEST(DetectableShift, IsInfiniteWhereTheRuleCannotFire) {
  Draw draw(4);
  const auto five = draw.Sample(Shape::kNormal, 5);
  const auto four = draw.Sample(Shape::kNormal, 4);
  EXPECT_EQ(RankSumDetectableShift(four, four, 0, 0.01), kInfinite);  // 1 / C(8, 4) > 0.01
  EXPECT_LT(RankSumDetectableShift(five, five, 0, 0.01), kInfinite);
}

TEST(DetectableShift, IsInfiniteForSamplesThatShowNoSpread) {
  const std::vector<double> many(30, 1);
  for (const std::vector<double>& bad :
       {std::vector<double>{}, std::vector<double>{1, std::nan(""), 2, 4, 5, 6, 7}}) {
    EXPECT_EQ(RankSumDetectableShift(bad, many, 0, 0.05), kInfinite);
    EXPECT_EQ(RankSumDetectableShift(many, bad, 0, 0.05), kInfinite);
  }
  EXPECT_EQ(RankSumDetectableShift({1, 2}, {1, 2}, 0, 0.4), kInfinite);
}

TEST(DetectableShift, IsInfiniteForASpreadBeyondTheRangeOfDoubles) {
  const std::vector<double> far = {-1.7e308, -1e308, -1e308, 3, 4, 1e308, 1e308, 1.7e308};
  EXPECT_EQ(RankSumDetectableShift(far, far, 0, 0.05), kInfinite);
}

TEST(DetectableShift, OfConstantSamplesIsTheMargin) {
  const std::vector<double> base(8, 1);
  const std::vector<double> changed(8, 5);
  EXPECT_EQ(RankSumDetectableShift(base, changed, 0.05, 0.01), 0.05);
}

TEST(Needed, IsTheNumberFromWhichTheTargetIsDetectable) {
  Draw draw(5);
  const auto base = draw.Sample(Shape::kNormal, 20);
  const auto changed = draw.Sample(Shape::kNormal, 20);
  const double now = RankSumDetectableShift(base, changed, 0, 0.01);
  EXPECT_EQ(RankSumNeeded(base, changed, 0, 0.01, now), 20u);
  EXPECT_EQ(RankSumNeeded(base, changed, 0, 0.01, now * 1.0001 / 2), 80u);
  EXPECT_LT(RankSumNeeded(base, changed, 0, 0.01, 1.5 * now), 20u);
}

TEST(Needed, TellsSamplesTooSmallForTheRuleHowManyItTakes) {
  const std::vector<double> base = {0, 0.1, 0.2};
  const std::vector<double> changed = {0.05, 0.15, 0.1};
  ASSERT_EQ(RankSumDetectableShift(base, changed, 0, 0.01), kInfinite);
  EXPECT_EQ(RankSumNeeded(base, changed, 0, 0.01, 100), 5u);  // the first that can fire
  EXPECT_GT(RankSumNeeded(base, changed, 0, 0.01, 0.05), 20u);
}

TEST(Needed, OfALevelSoSmallThatTwentyDoNotReachItIsMoreThanTwenty) {
  const std::vector<double> base = {0, 0.1, 0.2, 0.05};
  const uint64_t needed = RankSumNeeded(base, base, 0, 1e-12, 100);
  EXPECT_EQ(needed, 22u);  // 1 / C(44, 22) < 1e-12 < 1 / C(42, 21)
}

TEST(Needed, HasNoNumberForATargetWithinTheMarginOrWithoutASpread) {
  Draw draw(6);
  const auto base = draw.Sample(Shape::kNormal, 10);
  EXPECT_EQ(RankSumNeeded(base, base, 0.05, 0.01, 0.05), UINT64_MAX);
  EXPECT_EQ(RankSumNeeded(base, base, 0.05, 0.01, std::nan("")), UINT64_MAX);
  EXPECT_EQ(RankSumNeeded({1}, {2}, 0.05, 0.01, 1), UINT64_MAX);
  EXPECT_EQ(RankSumNeeded(base, base, 0, 0.01, 1e-300), UINT64_MAX);
}

}  // namespace
}  // namespace loadline::stats
