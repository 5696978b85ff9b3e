#include "loadline/stats/multiplicity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "tests/loadline/stats/drawn_sample.h"

namespace loadline::stats {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::Pointwise;

// Fifteen hypotheses about a treatment of myocardial infarction, those of Benjamini & Hochberg
// 1995. R 4.2.2, with p so: sum(p.adjust(p, "BH") <= 0.05) = 4, sum(p.adjust(p, "holm") <= 0.05)
// = 3.
std::vector<double> Infarction() {
  return {0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
          0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000};
}

long CountAtMost(const std::vector<double>& values, double limit) {
  return std::count_if(values.begin(), values.end(), [&](double v) { return v <= limit; });
}

TEST(BenjaminiHochberg, RejectsFourOfTheInfarctionExampleAndHolmThree) {
  EXPECT_EQ(CountAtMost(BenjaminiHochbergAdjusted(Infarction()), 0.05), 4);
  EXPECT_EQ(CountAtMost(HolmAdjusted(Infarction()), 0.05), 3);
}

// R 4.2.2: p.adjust(p, "BH") = 0.0015, 0.003, 0.0095, 0.035625, 0.0603, 0.0638571428571428623
// twice, 0.0645, 0.0765, 0.486, 0.5811818181818181, 0.714875, 0.7532307692307693,
// 0.8132142857142857, 1.
TEST(BenjaminiHochberg, HasTheAdjustedValuesOfR) {
  const std::vector<double> expected = {0.0015,
                                        0.003,
                                        0.0095,
                                        0.035625,
                                        0.0603,
                                        0.0638571428571428623,
                                        0.0638571428571428623,
                                        0.0645,
                                        0.0765,
                                        0.486,
                                        0.5811818181818181,
                                        0.714875,
                                        0.7532307692307693,
                                        0.8132142857142857,
                                        1};
  EXPECT_THAT(BenjaminiHochbergAdjusted(Infarction()), Pointwise(DoubleNear(1e-12), expected));
}

// R 4.2.2: p.adjust(p, "holm") = 0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278 three times,
// 0.3213, 1.
TEST(Holm, HasTheAdjustedValuesOfR) {
  const std::vector<double> expected = {0.0015, 0.0056, 0.0247, 0.114, 0.2211, 0.278, 0.278, 0.278,
                                        0.3213, 1,      1,      1,     1,      1,     1};
  EXPECT_THAT(HolmAdjusted(Infarction()), Pointwise(DoubleNear(1e-12), expected));
}

// R 4.2.2: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") = 0.03, 0.06, 0.06, 0.02.
TEST(Holm, KeepsTheOrderGiven) {
  EXPECT_THAT(HolmAdjusted({0.01, 0.04, 0.03, 0.005}),
              ElementsAre(DoubleNear(0.03, 1e-15), DoubleNear(0.06, 1e-15), DoubleNear(0.06, 1e-15),
                          DoubleNear(0.02, 1e-15)));
}

// Holm as he wrote it: step by step, p_(i) against alpha / (m - i + 1) until one is not below.
TEST(Holm, RejectsWhatHolmsStepsReject) {
  Draw draw(1);
  for (int round = 0; round < 200; ++round) {
    std::vector<double> p_values(1 + round % 40);
    for (double& p : p_values) p = std::pow(draw.Uniform(), 4);
    std::vector<double> sorted = p_values;
    std::sort(sorted.begin(), sorted.end());
    long rejected = 0;
    for (size_t i = 0; i < sorted.size(); ++i) {
      if (sorted[i] > 0.05 / static_cast<double>(sorted.size() - i)) break;
      ++rejected;
    }
    ASSERT_EQ(CountAtMost(HolmAdjusted(p_values), 0.05), rejected) << round;
  }
}

TEST(AdjustedPValues, KeepTheOrderAndNeverFallBelowTheGivenOnes) {
  Draw draw(2);
  std::vector<double> p_values(500);
  for (double& p : p_values) p = draw.Uniform() * draw.Uniform();
  for (const auto& adjusted : {HolmAdjusted(p_values), BenjaminiHochbergAdjusted(p_values)}) {
    for (size_t i = 0; i < p_values.size(); ++i) {
      EXPECT_GE(adjusted[i], p_values[i]);
      EXPECT_LE(adjusted[i], 1);
      for (size_t j = 0; j < i; ++j) {
        if (p_values[i] <= p_values[j]) {
          ASSERT_LE(adjusted[i], adjusted[j]);
        }
      }
    }
  }
}

TEST(AdjustedPValues, OfOneOrNoneAreTheSame) {
  EXPECT_THAT(HolmAdjusted({0.2}), ElementsAre(0.2));
  EXPECT_THAT(BenjaminiHochbergAdjusted({0.2}), ElementsAre(0.2));
  EXPECT_TRUE(HolmAdjusted({}).empty());
  EXPECT_TRUE(BenjaminiHochbergAdjusted({}).empty());
}

TEST(AdjustedPValues, TakeWhatIsNoProbabilityAsOne) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(HolmAdjusted({nan, 0.01, -1, 7}), ElementsAre(1, DoubleNear(0.04, 1e-15), 1, 1));
  EXPECT_THAT(BenjaminiHochbergAdjusted({nan, 0.01, -1, 7}),
              ElementsAre(1, DoubleNear(0.04, 1e-15), 1, 1));
}

}  // namespace
}  // namespace loadline::stats
