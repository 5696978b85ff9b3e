#include "loadline/stats/signed_rank.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "tests/loadline/stats/drawn_sample.h"

namespace loadline::stats {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

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

// R 4.2.2: the $conf.int of the same = -0.786, -0.010; 1 - 2 * psignrank(5, 9) = 0.9609375.
TEST(SignedRankInterval, AgreesWithROnTheDepressionExample) {
  const Interval interval = SignedRankInterval(Depression(), 0.95);
  EXPECT_NEAR(interval.low, -0.786, 1e-12);
  EXPECT_NEAR(interval.high, -0.010, 1e-12);
  EXPECT_EQ(SignedRankAttainedConfidence(9, 0.95), 0.9609375);
}

// R 4.2.2: wilcox.test(y, x, paired = TRUE, alternative = "less", exact = TRUE) has V = 5 and
// p.value = 0.01953125; alternative = "greater" has 0.986328125.
TEST(SignedRankPValue, AgreesWithROnTheDepressionExample) {
  EXPECT_DOUBLE_EQ(SignedRankPValueLess(Depression(), 0), 0.01953125);
  EXPECT_DOUBLE_EQ(SignedRankPValueGreater(Depression(), 0), 0.986328125);
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

TEST(SignedRankAttainedConfidence, IsTheSmallestThatIsEnough) {
  EXPECT_EQ(SignedRankAttainedConfidence(6, 0.95), 1 - 2.0 / 64);
  EXPECT_EQ(SignedRankAttainedConfidence(5, 0.95), 1);
  EXPECT_EQ(SignedRankAttainedConfidence(0, 0.95), 1);
  for (uint64_t n = 6; n <= 100; ++n) EXPECT_GE(SignedRankAttainedConfidence(n, 0.95), 0.95) << n;
}

// Small whole numbers, so that ties and zeros abound.
std::vector<double> Tied(Draw& draw, size_t size) {
  std::vector<double> sample(size);
  for (double& value : sample) value = std::floor(draw.Uniform() * 5) - 2;
  return sample;
}

TEST(SignedRankInterval, IsTheInversionOfTheTestWithTiesToo) {
  Draw draw(3);
  for (int round = 0; round < 300; ++round) {
    const std::vector<double> sample =
        round % 2 == 0 ? Tied(draw, 6 + round % 9) : draw.Sample(Shape::kT2, 6 + round % 9);
    for (const double confidence : {0.95, 0.9, 0.5}) {
      const Interval interval = SignedRankInterval(sample, confidence);
      const double tail = (1 - confidence) / 2 * (1 + 1e-9);
      for (const double bound : {interval.low, interval.high}) {
        for (const double shift : {std::nextafter(bound, -kInfinite), bound,
                                   std::nextafter(bound, kInfinite), bound + 0.5, bound - 0.5}) {
          ASSERT_EQ(interval.low > shift, SignedRankPValueGreater(sample, shift) <= tail);
          ASSERT_EQ(interval.high < shift, SignedRankPValueLess(sample, shift) <= tail);
        }
      }
    }
  }
}

TEST(SignedRankPValue, NeverErrsMoreOftenThanItSaysWhenValuesTie) {
  // All 3^7 samples of seven values -1, 0 or 1, each as likely: theta is 0.
  constexpr int kSamples = 2'187;
  std::vector<double> p_values;
  for (int code = 0; code < kSamples; ++code) {
    std::vector<double> sample;
    for (int rest = code, i = 0; i < 7; ++i, rest /= 3) sample.push_back(rest % 3 - 1);
    p_values.push_back(SignedRankPValueGreater(sample, 0));
  }
  for (const double alpha : p_values) {
    const auto rejected =
        std::count_if(p_values.begin(), p_values.end(), [&](double p) { return p <= alpha; });
    ASSERT_LE(static_cast<double>(rejected) / kSamples, alpha + 1e-12);
  }
}

TEST(SignedRank, MovesAndGrowsWithTheSample) {
  Draw draw(5);
  const std::vector<double> sample = Tied(draw, 12);
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
  EXPECT_EQ(SignedRankPValueGreater(moved, 1'026), SignedRankPValueGreater(sample, 0.5));
  EXPECT_EQ(SignedRankPValueLess(mirrored, -0.5), SignedRankPValueGreater(sample, 0.5));
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
    EXPECT_EQ(SignedRankPValueGreater(sample, 0), 1);
    EXPECT_EQ(SignedRankPValueLess(sample, 0), 1);
  }
}

TEST(SignedRank, OfAConstantSampleIsThatConstant) {
  const std::vector<double> sample(8, 0.25);
  EXPECT_EQ(HodgesLehmann(sample), 0.25);
  EXPECT_EQ(SignedRankInterval(sample, 0.95).low, 0.25);
  EXPECT_EQ(SignedRankInterval(sample, 0.95).high, 0.25);
  EXPECT_EQ(SignedRankPValueGreater(sample, 0.25), 1);
  EXPECT_EQ(SignedRankPValueGreater(sample, 0), 0x1p-8);
}

TEST(SignedRank, OfOneValueIsThatValueWithoutAnyCertainty) {
  EXPECT_EQ(HodgesLehmann(std::vector<double>{3}), 3);
  EXPECT_EQ(SignedRankPValueGreater(std::vector<double>{3}, 0), 0.5);
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
