#include "loadline/stats/sign_evidence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <random>
#include <vector>

#include "loadline/stats/power.h"
#include "loadline/stats/signed_rank.h"

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

// How many values above outweigh none, one and two below, by the mixed product alone.
TEST(SignEvidence, ReachesALevelAfterSoManyWins) {
  struct Needed {
    double alpha;
    size_t wins[3];
  };
  for (const Needed& needed : {Needed{0.01, {8, 12, 15}}, Needed{0.0055, {9, 13, 16}},
                               Needed{0.0015, {11, 15, 18}}, Needed{0.001, {12, 16, 19}}}) {
    for (size_t losses = 0; losses < 3; ++losses) {
      std::vector<double> values(losses, -1);
      values.resize(losses + needed.wins[losses] - 1, 1);
      EXPECT_GT(SignEvidenceGreater(values, 0), needed.alpha) << losses;
      values.push_back(1);
      EXPECT_LE(SignEvidenceGreater(values, 0), needed.alpha) << losses;
    }
    EXPECT_EQ(SignEvidenceNeeded(needed.alpha), needed.wins[0]);
  }
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

TEST(SignEvidenceInterval, IsUnboundedBeforeAnythingCanBeClaimed) {
  const Interval interval = SignEvidenceInterval({{1, 2, 3, 4, 5, 6, 7}}, 0.01);
  EXPECT_EQ(interval.low, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(interval.high, std::numeric_limits<double>::infinity());
}

// Eight that agree claim; seven of eight do not.
TEST(SignEvidenceInterval, GoesFromTheLeastToTheGreatestOfEight) {
  const Interval interval = SignEvidenceInterval({{4, 2, 8, 1, 7, 5, 3, 6}}, 0.01);
  EXPECT_EQ(interval.low, 1);
  EXPECT_EQ(interval.high, 8);
}

TEST(SignEvidenceInterval, EndsExactlyWhereTheClaimsBegin) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal;
  for (int series = 0; series < 200; ++series) {
    std::vector<double> values(8 + series / 4);
    for (double& value : values) value = std::round(4 * normal(random)) / 4;  // with ties
    const Interval interval = SignEvidenceInterval(values, 0.01);
    for (double shift = -3; shift <= 3; shift += 0.125) {
      EXPECT_EQ(SignEvidenceGreater(values, shift) <= 0.01, shift < interval.low) << shift;
      EXPECT_EQ(SignEvidenceLess(values, shift) <= 0.01, shift > interval.high) << shift;
    }
  }
}

TEST(SignEvidenceInterval, SpansWhatEarlyAndLateValuesContradictEachOtherAbout) {
  std::vector<double> values = {5, 6, 7, 8, 9, 10, 11, 12};
  values.insert(values.end(), 40, -5);
  const Interval interval = SignEvidenceInterval(values, 0.01);
  EXPECT_EQ(interval.low, -5);
  EXPECT_EQ(interval.high, 5);
}

TEST(SignEvidenceInterval, LeavesOutValuesThatAreNoNumbers) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Interval interval = SignEvidenceInterval({{1, 2, 3, 4, 5, 6, 7, 8, nan}}, 0.01);
  EXPECT_EQ(interval.low, 1);
  EXPECT_EQ(interval.high, 8);
}

// Whoever stops as soon as the interval misses the centre sees it miss oftenest. The interval for a
// number of values chosen beforehand is there to show that this way of stopping matters.
TEST(SignEvidenceInterval, HoldsTheCentreHoweverOneStops) {
  std::mt19937_64 random(6);
  std::normal_distribution<double> normal;
  constexpr int kSeries = 400;
  constexpr double kAlpha = 0.05;
  const auto misses = [](const Interval& interval) {
    return interval.low > 0 || interval.high < 0;
  };
  int missed = 0;
  int missed_by_ranks = 0;
  for (int series = 0; series < kSeries; ++series) {
    std::vector<double> values;
    bool miss = false;
    bool miss_by_ranks = false;
    while (values.size() < 60) {
      values.push_back(normal(random));
      miss = miss || misses(SignEvidenceInterval(values, kAlpha));
      miss_by_ranks = miss_by_ranks || misses(SignedRankInterval(values, 1 - 2 * kAlpha));
    }
    if (miss) ++missed;
    if (miss_by_ranks) ++missed_by_ranks;
  }
  // 3 standard deviations above 2 alpha.
  EXPECT_LE(missed, 58);
  EXPECT_GT(missed_by_ranks, 100);
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
