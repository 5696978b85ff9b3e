#include "loadline/stats/rank_null.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

namespace loadline::stats {
namespace {

// The greatest w with P(W <= w) <= tail.
int Critical(const RankNull& null, double tail) {
  return static_cast<int>(null.CountWithin(tail)) - 1;
}

// R 4.2.2: the same from sapply(6:25, critical, tail = 0.025) and sapply(8:25, critical, 0.005)
// with critical <- function(n, tail) { q <- qsignrank(tail, n); q - (psignrank(q, n) > tail) }.
TEST(SignedRankNull, HasTheCriticalValuesOfR) {
  const std::vector<int> five_percent = {0,  2,  3,  5,  8,  10, 13, 17, 21, 25,
                                         29, 34, 40, 46, 52, 58, 65, 73, 81, 89};
  for (size_t i = 0; i < five_percent.size(); ++i) {
    EXPECT_EQ(Critical(*RankNull::SignedRank(6 + i), 0.025), five_percent[i]) << 6 + i;
  }
  const std::vector<int> one_percent = {0,  1,  3,  5,  7,  9,  12, 15, 19,
                                        23, 27, 32, 37, 42, 48, 54, 61, 68};
  for (size_t i = 0; i < one_percent.size(); ++i) {
    EXPECT_EQ(Critical(*RankNull::SignedRank(8 + i), 0.005), one_percent[i]) << 8 + i;
  }
}

// R 4.2.2: the same from mapply(critical, 4:20, 4:20, 0.025), from 0.005 in its place, and from
// mapply(critical, 3:20, 10, 0.025), with
// critical <- function(m, n, tail) { q <- qwilcox(tail, m, n); q - (pwilcox(q, m, n) > tail) }.
TEST(RankSumNull, HasTheCriticalValuesOfR) {
  const std::vector<int> five_percent = {0,  2,  5,  8,  13, 17, 23,  30, 37,
                                         45, 55, 64, 75, 87, 99, 113, 127};
  const std::vector<int> one_percent = {-1, 0,  2,  4,  7,  11, 16, 21, 27,
                                        34, 42, 51, 60, 70, 81, 93, 105};
  for (size_t i = 0; i < five_percent.size(); ++i) {
    EXPECT_EQ(Critical(*RankNull::RankSum(4 + i, 4 + i), 0.025), five_percent[i]) << 4 + i;
    EXPECT_EQ(Critical(*RankNull::RankSum(4 + i, 4 + i), 0.005), one_percent[i]) << 4 + i;
  }
  const std::vector<int> against_ten = {3,  5,  8,  11, 14, 17, 20, 23, 26,
                                        29, 33, 36, 39, 42, 45, 48, 52, 55};
  for (size_t i = 0; i < against_ten.size(); ++i) {
    EXPECT_EQ(Critical(*RankNull::RankSum(3 + i, 10), 0.025), against_ten[i]) << 3 + i;
  }
}

// R 4.2.2: psignrank(c(20, 100), c(12, 25)) = 0.075683593750000, 0.047866731882095330;
// pwilcox(30, 9, 11) = 0.07597046915932365.
TEST(RankNull, HasTheTailsOfR) {
  EXPECT_NEAR(RankNull::SignedRank(12)->AtMost(20), 0.07568359375, 1e-15);
  EXPECT_NEAR(RankNull::SignedRank(25)->AtMost(100), 0.047866731882095330, 1e-15);
  EXPECT_NEAR(RankNull::RankSum(9, 11)->AtMost(30), 0.07597046915932365, 1e-15);
}

TEST(SignedRankNull, CountsEveryWayToGiveOutSigns) {
  constexpr uint64_t kN = 9;
  std::vector<int> ways(kN * (kN + 1) / 2 + 1, 0);
  for (uint32_t signs = 0; signs < (1u << kN); ++signs) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < kN; ++i) sum += (signs >> i & 1) * (i + 1);
    ++ways[sum];
  }
  int at_most = 0;
  for (uint64_t w = 0; w < ways.size(); ++w) {
    at_most += ways[w];
    EXPECT_DOUBLE_EQ(RankNull::SignedRank(kN)->AtMost(w), at_most / 512.0) << w;
  }
}

TEST(RankSumNull, CountsEveryWayToMixTwoSamples) {
  constexpr uint32_t kM = 4;
  constexpr uint32_t kN = 6;
  std::vector<int> ways(kM * kN + 1, 0);
  int total = 0;
  for (uint32_t firsts = 0; firsts < (1u << (kM + kN)); ++firsts) {
    if (std::popcount(firsts) != static_cast<int>(kM)) continue;
    uint32_t u = 0;
    uint32_t seconds_below = 0;
    for (uint32_t i = 0; i < kM + kN; ++i) {
      if ((firsts >> i & 1) != 0) u += seconds_below;
      if ((firsts >> i & 1) == 0) ++seconds_below;
    }
    ++ways[u];
    ++total;
  }
  int at_most = 0;
  for (uint64_t u = 0; u < ways.size(); ++u) {
    at_most += ways[u];
    const double share = static_cast<double>(at_most) / total;
    EXPECT_NEAR(RankNull::RankSum(kM, kN)->AtMost(u), share, 1e-14) << u;
    EXPECT_NEAR(RankNull::RankSum(kN, kM)->AtMost(u), share, 1e-14) << u;
  }
}

void ExpectSymmetricWithSumOne(const RankNull& null) {
  double last = 0;
  for (uint64_t w = 0; w <= null.max(); ++w) {
    ASSERT_GE(null.AtMost(w), last);
    last = null.AtMost(w);
    if (w < null.max()) {
      // P(W <= w) + P(W >= w + 1), the latter by symmetry, is everything.
      ASSERT_NEAR(null.AtMost(w) + null.AtMost(null.max() - w - 1), 1, 1e-12) << w;
    }
  }
  EXPECT_EQ(last, 1);
}

TEST(RankNull, IsSymmetricAndSumsToOneForEverySize) {
  for (const uint64_t n : {1u, 2u, 5u, 31u, 100u, 101u, 250u}) {
    ExpectSymmetricWithSumOne(*RankNull::SignedRank(n));
    ExpectSymmetricWithSumOne(*RankNull::RankSum(n, 7));
    ExpectSymmetricWithSumOne(*RankNull::RankSum(n, 1));
  }
}

TEST(RankNull, MeetsATailThatOnlyRoundingMisses) {
  // P(U <= 0) is 1 / C(6, 3) = 0.05, and (1 - 0.9) / 2 a little less in binary.
  ASSERT_LT((1 - 0.9) / 2, 0.05);
  EXPECT_EQ(RankNull::RankSum(3, 3)->CountWithin((1 - 0.9) / 2), 1u);
  EXPECT_EQ(RankNull::RankSum(3, 3)->CountWithin(0.0499), 0u);
}

TEST(RankNull, HasNothingWithinATailThatIsNotANumber) {
  EXPECT_EQ(RankNull::SignedRank(20)->CountWithin(std::nan("")), 0u);
  EXPECT_EQ(RankNull::SignedRank(20)->CountWithin(-1), 0u);
}

// How far the normal tail is from the exact one, as a share, at the exact critical value w.
// R 4.2.2, at tails of 0.05, 0.01, 0.001 and 1e-6, with critical() as above: pnorm((w + .5 - 2525)
// / sqrt(100 * 101 * 201 / 24)) / psignrank(w, 100) - 1
//   = -0.00146, 0.02288, 0.10883, 1.01666
// pnorm((w + .5 - 1250) / sqrt(2500 * 101 / 12)) / pwilcox(w, 50, 50) - 1
//   = -0.00143, 0.02312, 0.11033, 1.03511
double TailError(const RankNull& exact, double deviation, double tail) {
  const double w = Critical(exact, tail);
  const double z = (w + 0.5 - static_cast<double>(exact.max()) / 2) / deviation;
  return std::erfc(-z / std::sqrt(2.0)) / 2 / exact.AtMost(static_cast<uint64_t>(w)) - 1;
}

void ExpectTheStatedError(const RankNull& exact, double deviation) {
  ASSERT_TRUE(exact.is_exact());
  EXPECT_NEAR(TailError(exact, deviation, 0.05), -0.0015, 0.0015);
  EXPECT_NEAR(TailError(exact, deviation, 0.01), 0.023, 0.003);
  EXPECT_NEAR(TailError(exact, deviation, 0.001), 0.11, 0.01);
  EXPECT_NEAR(TailError(exact, deviation, 1e-6), 1.0, 0.1);
}

TEST(RankNull, IsMissedByTheNormalApproximationAsStatedWhereThatTakesOver) {
  const double n = 100;
  ExpectTheStatedError(*RankNull::SignedRank(100), std::sqrt(n * (n + 1) * (2 * n + 1) / 24));
  ExpectTheStatedError(*RankNull::RankSum(50, 50), std::sqrt(2'500.0 * 101 / 12));
}

TEST(RankNull, GoesOnSmoothlyBeyondTheExactSizes) {
  EXPECT_FALSE(RankNull::SignedRank(101)->is_exact());
  EXPECT_FALSE(RankNull::RankSum(51, 50)->is_exact());
  const auto share = [](const RankNull& null) {
    return static_cast<double>(null.CountWithin(0.01)) / static_cast<double>(null.max());
  };
  EXPECT_NEAR(share(*RankNull::SignedRank(101)), share(*RankNull::SignedRank(100)), 0.001);
  EXPECT_NEAR(share(*RankNull::RankSum(50, 51)), share(*RankNull::RankSum(50, 50)), 0.001);
}

TEST(RankNull, IsTheSameWhateverElseWasAskedBetween) {
  const double before = RankNull::RankSum(9, 11)->AtMost(30);
  for (uint64_t n = 1; n < 30; ++n) RankNull::SignedRank(n);
  EXPECT_EQ(RankNull::RankSum(9, 11)->AtMost(30), before);
  EXPECT_EQ(RankNull::RankSum(11, 9)->AtMost(30), before);
}

}  // namespace
}  // namespace loadline::stats
