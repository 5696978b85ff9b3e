#include "loadline/stats/sign_evidence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "loadline/stats/power.h"

namespace loadline::stats {
namespace {

TEST(SignEvidence, IsTheReciprocalOfTheMixedProduct) {
  // 0.6 * 1.9^3 + 0.4 * 1.5^3 = 4.1154 + 1.35 = 5.4654, by hand.
  EXPECT_NEAR(SignEvidenceGreater({{2, 3, 4}}, 1), 1 / 5.4654, 1e-9);
  EXPECT_NEAR(SignEvidenceLess({{-2, -3, -4}}, -1), 1 / 5.4654, 1e-9);
}

TEST(SignEvidence, KeepsTheLargestThatItEverWas) {
  EXPECT_DOUBLE_EQ(SignEvidenceGreater({{2, 3, 4, 0, 0}}, 1), SignEvidenceGreater({{2, 3, 4}}, 1));
}

TEST(SignEvidence, IsOneWithoutEvidence) {
  EXPECT_EQ(SignEvidenceGreater({}, 0), 1);
  EXPECT_EQ(SignEvidenceGreater({{-1, -2, -3}}, 0), 1);
}

TEST(SignEvidence, TakesAValueOnTheShiftForNeitherSide) {
  EXPECT_EQ(SignEvidenceGreater({{1, 1, 1}}, 1), 1);
  EXPECT_EQ(SignEvidenceLess({{1, 1, 1}}, 1), 1);
}

TEST(SignEvidence, TakesAValueThatIsNoNumberForNeitherSide) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  EXPECT_EQ(SignEvidenceGreater({{nan, inf}}, 0), 1);
  EXPECT_EQ(SignEvidenceLess({{nan, -inf}}, 0), 1);
}

TEST(SignEvidence, NeedsEightThatAgreeForAHundredth) {
  // 0.6 * 1.9^n + 0.4 * 1.5^n passes 100 at n = 8 (112.2 after 60.5) and 1000 at n = 12.
  EXPECT_EQ(SignEvidenceNeeded(0.01), 8U);
  EXPECT_EQ(SignEvidenceNeeded(0.001), 12U);
}

// The worst case of the hypothesis: as many above as below. Looked at after every value.
TEST(SignEvidence, IsFalselyReachedNoMoreOftenThanAlpha) {
  std::mt19937_64 random(1);
  constexpr int kSeries = 20'000;
  int reached = 0;
  for (int series = 0; series < kSeries; ++series) {
    std::vector<double> values(100);
    for (double& value : values) value = (random() & 1) != 0 ? 1 : -1;
    if (SignEvidenceGreater(values, 0) <= 0.01) ++reached;
  }
  // 3.1 standard deviations above 200.
  EXPECT_LT(reached, 244);
  EXPECT_GT(reached, 0);
}

TEST(SignEvidence, HasThePowerThatItStates) {
  std::mt19937_64 random(2);
  std::bernoulli_distribution above(0.9);
  constexpr int kSeries = 20'000;
  int reached = 0;
  for (int series = 0; series < kSeries; ++series) {
    std::vector<double> values(30);
    for (double& value : values) value = above(random) ? 1 : -1;
    if (SignEvidenceGreater(values, 0) <= 0.01) ++reached;
  }
  EXPECT_NEAR(SignEvidencePower(0.9, 0.01, 30), reached / double{kSeries}, 0.01);
}

TEST(SignEvidence, CertainValuesReachAlphaExactlyWhenTheyAreEnough) {
  EXPECT_EQ(SignEvidencePower(1, 0.01, 7), 0);
  EXPECT_EQ(SignEvidencePower(1, 0.01, 8), 1);
}

TEST(SignEvidence, DetectsTheStatedShiftInFourOfFiveSeries) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> noise(0, 0.005);
  std::vector<double> sample(2'000);
  for (double& value : sample) value = noise(random);
  const double shift = SignEvidenceDetectable(sample, 0.01, 0.01, 20);
  constexpr int kSeries = 5'000;
  int reached = 0;
  for (int series = 0; series < kSeries; ++series) {
    std::vector<double> values(20);
    for (double& value : values) value = shift + noise(random);
    if (SignEvidenceGreater(values, 0.01) <= 0.01) ++reached;
  }
  EXPECT_NEAR(reached / double{kSeries}, kPower, 0.05);
}

TEST(SignEvidence, DetectsNothingWithTooFewValuesToCome) {
  EXPECT_TRUE(std::isinf(SignEvidenceDetectable({{0, 0.1, 0.2}}, 0.01, 0.01, 7)));
  EXPECT_TRUE(std::isinf(SignEvidenceDetectable({{0, 0.1}}, 0.01, 0.01, 20)));
}

}  // namespace
}  // namespace loadline::stats
