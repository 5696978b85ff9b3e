#include "loadline/stats/signed_rank.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <vector>

#include "tests/loadline/stats/drawn_sample.h"

namespace loadline::stats {
namespace {

// Hamilton depression scale of nine patients, second visit minus first: the one-sample example of
// help(wilcox.test) in R, `y - x` there, which has it of Hollander & Wolfe 1973.
std::vector<double> Depression() {
  const std::vector<double> first = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
  const std::vector<double> second = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
  std::vector<double> differences;
  for (size_t i = 0; i < first.size(); ++i) differences.push_back(second[i] - first[i]);
  return differences;
}

// R 4.2.2: wilcox.test(y, x, paired = TRUE, conf.int = TRUE, exact = TRUE)$estimate = -0.46.
TEST(HodgesLehmann, AgreesWithROnTheDepressionExample) {
  EXPECT_NEAR(HodgesLehmann(Depression()), -0.46, 1e-12);
}

// R 4.2.2: the $conf.int of the same = -0.786, -0.010.
TEST(SignedRankInterval, AgreesWithROnTheDepressionExample) {
  const Interval interval = SignedRankInterval(Depression(), 0.95);
  EXPECT_NEAR(interval.low, -0.786, 1e-12);
  EXPECT_NEAR(interval.high, -0.010, 1e-12);
}

TEST(SignedRankInterval, IsUnboundedUntilTheSampleIsLargeEnough) {
  const auto finite = [](size_t n, double confidence) {
    const Interval interval = SignedRankInterval(Draw(n).Sample(Shape::kNormal, n), confidence);
    EXPECT_EQ(std::isfinite(interval.low), std::isfinite(interval.high));
    return std::isfinite(interval.low);
  };
  EXPECT_FALSE(finite(1, 0.95));
  EXPECT_FALSE(finite(5, 0.95));
  EXPECT_TRUE(finite(6, 0.95));
  EXPECT_FALSE(finite(7, 0.99));
  EXPECT_TRUE(finite(8, 0.99));
  EXPECT_FALSE(finite(10, 0.999));
  EXPECT_TRUE(finite(11, 0.999));
}

TEST(SignedRank, MovesAndGrowsWithTheSample) {
  Draw draw(5);
  const std::vector<double> sample = draw.Tied(12);
  std::vector<double> moved;
  std::vector<double> mirrored;
  for (const double value : sample) moved.push_back(4 * value + 1'024);
  for (const double value : sample) mirrored.push_back(-value);
  const Interval interval = SignedRankInterval(sample, 0.95);
  const Interval moved_interval = SignedRankInterval(moved, 0.95);
  EXPECT_EQ(moved_interval.low, 4 * interval.low + 1'024);
  EXPECT_EQ(moved_interval.high, 4 * interval.high + 1'024);
  EXPECT_EQ(SignedRankInterval(mirrored, 0.95).low, -interval.high);
  EXPECT_EQ(HodgesLehmann(moved), 4 * HodgesLehmann(sample) + 1'024);
}

TEST(SignedRank, SaysNothingOfASampleThatIsEmptyOrNotFinite) {
  std::vector<std::vector<double>> samples = {{}};
  for (const double bad : {std::nan(""), kInfinite, -kInfinite}) {
    samples.push_back(std::vector<double>(20, 1));
    samples.back()[7] = bad;
  }
  for (const std::vector<double>& sample : samples) {
    EXPECT_TRUE(std::isnan(HodgesLehmann(sample)));
    EXPECT_EQ(SignedRankInterval(sample, 0.95).low, -kInfinite);
    EXPECT_EQ(SignedRankInterval(sample, 0.95).high, kInfinite);
  }
}

TEST(SignedRank, OfAConstantSampleIsThatConstant) {
  const std::vector<double> sample(8, 0.25);
  EXPECT_EQ(HodgesLehmann(sample), 0.25);
  EXPECT_EQ(SignedRankInterval(sample, 0.95).low, 0.25);
  EXPECT_EQ(SignedRankInterval(sample, 0.95).high, 0.25);
}

TEST(SignedRank, OfOneValueIsThatValueWithoutAnyCertainty) {
  EXPECT_EQ(HodgesLehmann(std::vector<double>{3}), 3);
  EXPECT_EQ(SignedRankInterval(std::vector<double>{3}, 0.5).low, -kInfinite);
}

TEST(SignedRank, TakesTenThousandValues) {
  const std::vector<double> sample = Draw(8).Sample(Shape::kNormal, 10'000, 1);
  const Interval interval = SignedRankInterval(sample, 0.95);
  EXPECT_NEAR(HodgesLehmann(sample), 1, 0.05);
  EXPECT_LT(interval.low, HodgesLehmann(sample));
  // 2 * 1.96 * sqrt(pi / 3) / sqrt(n) for a standard normal.
  EXPECT_NEAR(interval.high - interval.low, 0.0401, 0.002);
}

}  // namespace
}  // namespace loadline::stats
