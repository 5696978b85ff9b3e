#include "loadline/stats/sample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

#include "loadline/stats/nearest_rank.h"

namespace loadline::stats {
namespace {

// R 4.2.2: quantile(values, q, type = 1) has the values of these three tests.
TEST(Quantile, AgreesWithROnFiveValues) {
  const std::vector<double> values = {35, 20, 50, 15, 40};
  EXPECT_EQ(Quantile(values, 0.05), 15);
  EXPECT_EQ(Quantile(values, 0.30), 20);
  EXPECT_EQ(Quantile(values, 0.40), 20);
  EXPECT_EQ(Quantile(values, 0.50), 35);
  EXPECT_EQ(Quantile(values, 1.00), 50);
}

TEST(Quantile, AgreesWithROnTenValues) {
  const std::vector<double> values = {3, 6, 7, 8, 8, 10, 13, 15, 16, 20};
  EXPECT_EQ(Quantile(values, 0.25), 7);
  EXPECT_EQ(Quantile(values, 0.50), 8);
  EXPECT_EQ(Quantile(values, 0.75), 15);
  EXPECT_EQ(Quantile(values, 1.00), 20);
}

TEST(Quantile, AgreesWithROnElevenValues) {
  const std::vector<double> values = {3, 6, 7, 8, 8, 9, 10, 13, 15, 16, 20};
  EXPECT_EQ(Quantile(values, 0.25), 7);
  EXPECT_EQ(Quantile(values, 0.50), 9);
  EXPECT_EQ(Quantile(values, 0.75), 15);
}

TEST(Quantile, IsTheMinimumAtZeroAndTheMaximumAtOne) {
  const std::vector<double> values = {2, -7, 11};
  EXPECT_EQ(Quantile(values, 0), -7);
  EXPECT_EQ(Quantile(values, 1), 11);
}

TEST(Quantile, LeavesTheSampleAsItWas) {
  const std::vector<double> values = {3, 1, 2};
  Quantile(values, 0.5);
  EXPECT_EQ(values, (std::vector<double>{3, 1, 2}));
}

TEST(NearestRank, IsNotLiftedByTheRoundingOfTheProduct) {
  // 0.07 * 100 and 0.55 * 100 and 0.14 * 50 are all a little above a whole number in binary.
  EXPECT_EQ(NearestRank(0.07, 100), 7u);
  EXPECT_EQ(NearestRank(0.55, 100), 55u);
  EXPECT_EQ(NearestRank(0.14, 50), 7u);
}

TEST(NearestRank, IsExactForEveryPercentOfEveryCount) {
  for (uint64_t count = 1; count <= 2'000; ++count) {
    for (uint64_t percent = 1; percent <= 100; ++percent) {
      ASSERT_EQ(NearestRank(static_cast<double>(percent) / 100, count),
                (count * percent + 99) / 100)
          << percent << " % of " << count;
    }
  }
}

TEST(NearestRank, StaysInsideTheSampleForAnyQ) {
  EXPECT_EQ(NearestRank(-1, 10), 1u);
  EXPECT_EQ(NearestRank(2, 10), 10u);
  EXPECT_EQ(NearestRank(std::numeric_limits<double>::quiet_NaN(), 10), 1u);
  EXPECT_EQ(NearestRank(0x1p-1000, 10), 1u);
}

TEST(Median, IsTheMiddleValueOfAnOddSample) {
  EXPECT_EQ(Median(std::vector<double>{5, 1, 9}), 5);
  EXPECT_EQ(Median(std::vector<double>{4}), 4);
}

TEST(Median, IsTheMeanOfTheMiddleTwoOfAnEvenSample) {
  EXPECT_EQ(Median(std::vector<double>{8, 1, 2, 100}), 5);
  EXPECT_EQ(Median(std::vector<double>{8, 1}), 4.5);
}

TEST(Median, DoesNotOverflow) {
  const double large = std::numeric_limits<double>::max();
  EXPECT_EQ(Median(std::vector<double>{large, large}), large);
}

// NIST StRD, univariate summary statistics, dataset NumAcc4: 1,001 values around 10^7 whose mean
// is exactly 10,000,000.2.
TEST(Mean, AgreesWithACertifiedValueThatPlainSummationMisses) {
  std::vector<double> values = {10'000'000.2};
  for (int i = 0; i < 500; ++i) {
    values.push_back(10'000'000.1);
    values.push_back(10'000'000.3);
  }
  EXPECT_EQ(Mean(values), 10'000'000.2);
}

TEST(Mean, IsTheValueOfASampleOfOne) { EXPECT_EQ(Mean(std::vector<double>{0.1}), 0.1); }

TEST(MinAndMax, AreTheOutermostValues) {
  const std::vector<double> values = {2, -7, 11, 0};
  EXPECT_EQ(Min(values), -7);
  EXPECT_EQ(Max(values), 11);
}

TEST(Sample, VarianceIsAroundItsOwnMean) {
  EXPECT_DOUBLE_EQ(Variance(std::vector<double>{2, 4, 4, 4, 5, 5, 7, 9}), 32.0 / 7);
  EXPECT_EQ(Variance(std::vector<double>{3, 3}), 0);
}

}  // namespace
}  // namespace loadline::stats
