#include "loadline/stats/rank_sum.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "tests/loadline/stats/drawn_sample.h"

namespace loadline::stats {
namespace {

// Permeability of the human chorioamnion at term, and at 12 to 26 weeks: the two-sample example of
// help(wilcox.test) in R, `x` and `y` there, which has them of Hollander & Wolfe 1973.
std::vector<double> AtTerm() {
  return {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
}
std::vector<double> Before() { return {1.15, 0.88, 0.90, 0.74, 1.21}; }

// R 4.2.2: wilcox.test(y, x, conf.int = TRUE, exact = TRUE)$estimate = -0.305.
TEST(HodgesLehmannShift, AgreesWithROnThePermeabilityExample) {
  EXPECT_NEAR(HodgesLehmannShift(AtTerm(), Before()), -0.305, 1e-12);
}

// R 4.2.2: wilcox.test(x, y, conf.int = TRUE, exact = TRUE)$conf.int = -0.15, 0.76;
// 1 - 2 * pwilcox(8, 5, 10) = 0.96003996003996, where pwilcox(8, 5, 10) * choose(15, 5) = 60.
TEST(RankSumInterval, AgreesWithROnThePermeabilityExample) {
  const Interval interval = RankSumInterval(Before(), AtTerm(), 0.95);
  EXPECT_NEAR(interval.low, -0.15, 1e-12);
  EXPECT_NEAR(interval.high, 0.76, 1e-12);
}

// R 4.2.2: wilcox.test(x, y, alternative = "greater", exact = TRUE) has W = 35 and
// p.value = 0.1272061272061272.
TEST(RankSumPValue, AgreesWithROnThePermeabilityExample) {
  EXPECT_NEAR(RankSumPValueGreater(Before(), AtTerm(), 0), 0.1272061272061272, 1e-14);
  EXPECT_NEAR(RankSumPValueLess(AtTerm(), Before(), 0), 0.1272061272061272, 1e-14);
}

TEST(RankSumInterval, IsUnboundedUntilTheSamplesAreLargeEnough) {
  const auto finite = [](size_t m, size_t n, double confidence) {
    Draw draw(m + n);
    const Interval interval =
        RankSumInterval(draw.Sample(Shape::kNormal, m), draw.Sample(Shape::kNormal, n), confidence);
    EXPECT_EQ(std::isfinite(interval.low), std::isfinite(interval.high));
    return std::isfinite(interval.low);
  };
  EXPECT_FALSE(finite(1, 1, 0.95));
  EXPECT_FALSE(finite(3, 3, 0.95));
  EXPECT_TRUE(finite(4, 4, 0.95));
  EXPECT_FALSE(finite(4, 4, 0.99));
  EXPECT_TRUE(finite(5, 5, 0.99));
  EXPECT_FALSE(finite(1, 38, 0.95));
  EXPECT_TRUE(finite(1, 39, 0.95));
}

TEST(RankSumInterval, IsTheInversionOfTheTestWithTiesToo) {
  Draw draw(4);
  for (int round = 0; round < 300; ++round) {
    const size_t m = 4 + round % 5;
    const size_t n = 4 + round % 7;
    const auto base = round % 2 == 0 ? draw.Tied(m) : draw.Sample(Shape::kT2, m);
    const auto changed = round % 2 == 0 ? draw.Tied(n) : draw.Sample(Shape::kT2, n);
    for (const double confidence : {0.95, 0.9, 0.5}) {
      const Interval interval = RankSumInterval(base, changed, confidence);
      const double tail = (1 - confidence) / 2 * (1 + 1e-9);
      for (const double bound : {interval.low, interval.high}) {
        for (const double shift : {std::nextafter(bound, -kInfinite), bound,
                                   std::nextafter(bound, kInfinite), bound + 0.5, bound - 0.5}) {
          ASSERT_EQ(interval.low > shift, RankSumPValueGreater(base, changed, shift) <= tail);
          ASSERT_EQ(interval.high < shift, RankSumPValueLess(base, changed, shift) <= tail);
        }
      }
    }
  }
}

TEST(RankSumPValue, NeverErrsMoreOftenThanItSaysWhenValuesTie) {
  // All 3^7 ways to draw three and four values out of 0, 1 and 2, each as likely.
  constexpr int kSamples = 2'187;
  std::vector<double> p_values;
  for (int code = 0; code < kSamples; ++code) {
    std::vector<double> values;
    for (int rest = code, i = 0; i < 7; ++i, rest /= 3) values.push_back(rest % 3);
    const absl::Span<const double> all(values);
    p_values.push_back(RankSumPValueGreater(all.subspan(0, 3), all.subspan(3), 0));
  }
  for (const double alpha : p_values) {
    const auto rejected =
        std::count_if(p_values.begin(), p_values.end(), [&](double p) { return p <= alpha; });
    ASSERT_LE(static_cast<double>(rejected) / kSamples, alpha + 1e-12);
  }
}

TEST(RankSum, MovesAndGrowsWithTheSamplesAndTurnsAroundWhenTheyAreSwapped) {
  Draw draw(6);
  const std::vector<double> base = draw.Tied(9);
  const std::vector<double> changed = draw.Tied(12);
  std::vector<double> moved_base;
  std::vector<double> moved_changed;
  for (const double value : base) moved_base.push_back(4 * value + 64);
  for (const double value : changed) moved_changed.push_back(4 * value + 96);
  const Interval interval = RankSumInterval(base, changed, 0.95);
  const Interval moved = RankSumInterval(moved_base, moved_changed, 0.95);
  EXPECT_EQ(moved.low, 4 * interval.low + 32);
  EXPECT_EQ(moved.high, 4 * interval.high + 32);
  EXPECT_EQ(HodgesLehmannShift(moved_base, moved_changed),
            4 * HodgesLehmannShift(base, changed) + 32);
  EXPECT_EQ(RankSumPValueGreater(moved_base, moved_changed, 34),
            RankSumPValueGreater(base, changed, 0.5));
  const Interval swapped = RankSumInterval(changed, base, 0.95);
  EXPECT_EQ(swapped.low, -interval.high);
  EXPECT_EQ(swapped.high, -interval.low);
  EXPECT_EQ(RankSumPValueLess(changed, base, -0.5), RankSumPValueGreater(base, changed, 0.5));
}

TEST(RankSum, SaysNothingOfASampleThatIsEmptyOrNotFinite) {
  const std::vector<double> good(20, 1);
  std::vector<std::vector<double>> samples = {{}};
  for (const double bad : {std::nan(""), kInfinite, -kInfinite}) {
    samples.push_back(good);
    samples.back()[7] = bad;
  }
  for (const std::vector<double>& sample : samples) {
    EXPECT_TRUE(std::isnan(HodgesLehmannShift(sample, good)));
    EXPECT_TRUE(std::isnan(HodgesLehmannShift(good, sample)));
    EXPECT_EQ(RankSumInterval(good, sample, 0.95).low, -kInfinite);
    EXPECT_EQ(RankSumInterval(sample, good, 0.95).high, kInfinite);
    EXPECT_EQ(RankSumPValueGreater(good, sample, 0), 1);
    EXPECT_EQ(RankSumPValueLess(sample, good, 0), 1);
  }
}

TEST(RankSum, OfConstantSamplesIsTheirDistance) {
  const std::vector<double> base(6, 1);
  const std::vector<double> changed(6, 1.5);
  EXPECT_EQ(HodgesLehmannShift(base, changed), 0.5);
  EXPECT_EQ(RankSumInterval(base, changed, 0.95).low, 0.5);
  EXPECT_EQ(RankSumInterval(base, changed, 0.95).high, 0.5);
  EXPECT_EQ(RankSumPValueGreater(base, changed, 0.5), 1);
  EXPECT_NEAR(RankSumPValueGreater(base, changed, 0), 1.0 / 924, 1e-16);
}

TEST(RankSum, TakesTenThousandValuesASide) {
  Draw draw(9);
  const std::vector<double> base = draw.Sample(Shape::kNormal, 10'000);
  const std::vector<double> changed = draw.Sample(Shape::kNormal, 10'000, 1);
  const Interval interval = RankSumInterval(base, changed, 0.95);
  EXPECT_NEAR(HodgesLehmannShift(base, changed), 1, 0.06);
  // 2 * 1.96 * sqrt(pi / 3) * sqrt(2 / n) for standard normals.
  EXPECT_NEAR(interval.high - interval.low, 0.0567, 0.003);
}

}  // namespace
}  // namespace loadline::stats
