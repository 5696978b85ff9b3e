#include "loadline/stats/proportion.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace loadline::stats {
namespace {

struct Known {
  uint64_t successes;
  uint64_t trials;
  double low;
  double high;
};

// R 4.2.2: binom.test(k, n)$conf.int has these bounds.
TEST(ClopperPearson, AgreesWithR) {
  for (const Known& known : {Known{81, 263, 0.25273674558527121, 0.36762192260135140},
                             Known{15, 148, 0.057844010083448555, 0.161650490349478981},
                             Known{0, 20, 0, 0.16843347098308536},
                             Known{1, 29, 0.0008726468835799228, 0.1776442954887228476},
                             Known{29, 29, 0.88055513093049731, 1},
                             Known{95, 100, 0.88716508889453727, 0.98356812081794787}}) {
    const Interval interval = ClopperPearson(known.successes, known.trials, 0.95);
    EXPECT_NEAR(interval.low, known.low, 1e-12) << known.successes;
    EXPECT_NEAR(interval.high, known.high, 1e-12) << known.successes;
  }
}

TEST(ClopperPearson, OfNoTrialIsEverything) {
  EXPECT_EQ(ClopperPearson(0, 0, 0.95).low, 0);
  EXPECT_EQ(ClopperPearson(0, 0, 0.95).high, 1);
}

// R 4.2.2: qbeta(0.025, 999999000, 1001) = 0.99999893604789802 and
// qbeta(0.975, 999999001, 1000) = 0.99999906102695346.
TEST(ClopperPearson, TakesManyTrials) {
  const Interval interval = ClopperPearson(999'999'000, 1'000'000'000, 0.95);
  EXPECT_NEAR(interval.low, 0.99999893604789802, 1e-12);
  EXPECT_NEAR(interval.high, 0.99999906102695346, 1e-12);
}

// R 4.2.2: ceiling(log(0.05) / log(0.95)) = 59.
TEST(ProvenAtLeast, NeedsFiftyNineOfFiftyNineFor95Percent) {
  EXPECT_EQ(TrialsToProve(0.95, 0.05), 59u);
  EXPECT_EQ(ProvenAtLeast(59, 59, 0.95, 0.05), Proof::kProved);  // 0.95^59 = 0.0485
  EXPECT_EQ(ProvenAtLeast(58, 58, 0.95, 0.05), Proof::kUndecided);
  EXPECT_EQ(ProvenAtLeast(58, 59, 0.95, 0.05), Proof::kUndecided);
}

// R 4.2.2: pbinom(489, 500, 0.95, lower.tail = FALSE) = 0.000460007, and of 479: 0.178851.
TEST(ProvenAtLeast, AgreesWithBinomialTails) {
  EXPECT_EQ(ProvenAtLeast(490, 500, 0.95, 0.000461), Proof::kProved);
  EXPECT_EQ(ProvenAtLeast(490, 500, 0.95, 0.000459), Proof::kUndecided);
  EXPECT_EQ(ProvenAtLeast(480, 500, 0.95, 0.05), Proof::kUndecided);
}

TEST(ProvenAtLeast, IsTheClopperPearsonBoundsHeldAgainstTheLimit) {
  for (const uint64_t trials : {1u, 7u, 59u, 250u}) {
    for (uint64_t successes = 0; successes <= trials; ++successes) {
      for (const double limit : {0.07, 0.5, 0.93}) {
        const Interval bounds = ClopperPearson(successes, trials, 0.9);
        Proof expected = Proof::kUndecided;
        if (bounds.low > limit) expected = Proof::kProved;
        if (bounds.high < limit) expected = Proof::kRefuted;
        ASSERT_EQ(ProvenAtLeast(successes, trials, limit, 0.05), expected)
            << successes << " of " << trials << " against " << limit;
      }
    }
  }
}

TEST(ProvenAtMost, TurnsTheAnswersAround) {
  EXPECT_EQ(ProvenAtMost(0, 59, 0.05, 0.05), Proof::kProved);
  EXPECT_EQ(ProvenAtMost(0, 58, 0.05, 0.05), Proof::kUndecided);
  EXPECT_EQ(ProvenAtMost(59, 59, 0.95, 0.05), Proof::kRefuted);
}

TEST(ProvenAtLeast, IsUndecidedWithoutATrialOrWithoutALimit) {
  EXPECT_EQ(ProvenAtLeast(0, 0, 0.95, 0.05), Proof::kUndecided);
  EXPECT_EQ(ProvenAtLeast(59, 59, std::nan(""), 0.05), Proof::kUndecided);
}

TEST(ProvenAtLeast, AnswersAtTheEndsOfTheScale) {
  EXPECT_EQ(ProvenAtLeast(100, 100, 1, 0.05), Proof::kUndecided);  // never proved
  EXPECT_EQ(ProvenAtLeast(99, 100, 1, 0.05), Proof::kRefuted);     // one failure refutes it
  EXPECT_EQ(ProvenAtLeast(1, 100, 0, 0.05), Proof::kProved);
  EXPECT_EQ(ProvenAtLeast(0, 100, 0, 0.05), Proof::kUndecided);
  EXPECT_EQ(ProvenAtLeast(0, 100, -0.1, 0.05), Proof::kProved);
  EXPECT_EQ(ProvenAtLeast(100, 100, 1.1, 0.05), Proof::kRefuted);
}

TEST(ProvenAtLeast, TakesMoreSuccessesThanTrialsAsAllOfThem) {
  EXPECT_EQ(ProvenAtLeast(1'000, 58, 0.95, 0.05), Proof::kUndecided);
  EXPECT_EQ(ClopperPearson(30, 29, 0.95).low, ClopperPearson(29, 29, 0.95).low);
}

// However many trials: what is at the limit is proved beyond it in at most 5 % of samples.
TEST(ProvenAtLeast, ErrsAtTheLimitInAtMostAlphaOfAllSamples) {
  for (uint64_t trials = 1; trials <= 500; ++trials) {
    double mass = std::pow(0.95, static_cast<double>(trials));  // of all successes
    double proved = 0;
    for (uint64_t k = trials + 1; k-- > 0;) {
      if (ProvenAtLeast(k, trials, 0.95, 0.05) != Proof::kProved) break;
      proved += mass;
      mass *= static_cast<double>(k) / static_cast<double>(trials - k + 1) * 0.05 / 0.95;
    }
    ASSERT_LE(proved, 0.05 + 1e-12) << trials;
  }
}

std::vector<double> Ascending(int count) {
  std::vector<double> sample;
  for (int i = 1; i <= count; ++i) sample.push_back(i);
  return sample;
}

TEST(QuantileProvenBelow, NeedsFiftyNineForP95AndFiveForTheMedian) {
  EXPECT_EQ(QuantileProvenBelow(Ascending(59), 0.95, 60, 0.05), Proof::kProved);
  EXPECT_EQ(QuantileProvenBelow(Ascending(58), 0.95, 60, 0.05), Proof::kUndecided);
  EXPECT_EQ(QuantileProvenBelow(Ascending(5), 0.5, 6, 0.05), Proof::kProved);  // 2^-5 = 0.031
  EXPECT_EQ(QuantileProvenBelow(Ascending(4), 0.5, 6, 0.05), Proof::kUndecided);
}

TEST(QuantileProvenBelow, IsRefutedByTooManyValuesAbove) {
  EXPECT_EQ(QuantileProvenBelow(Ascending(5), 0.5, 0, 0.05), Proof::kRefuted);
  // Three of 20 above; four. R 4.2.2: pbinom(17, 20, 0.95) = 0.07548, pbinom(16, 20, 0.95) =
  // 0.01590.
  EXPECT_EQ(QuantileProvenBelow(Ascending(20), 0.95, 17, 0.05), Proof::kUndecided);
  EXPECT_EQ(QuantileProvenBelow(Ascending(20), 0.95, 16, 0.05), Proof::kRefuted);
}

TEST(QuantileProvenBelow, CountsValuesAtTheMarkAndNaNAgainstBothAnswers) {
  EXPECT_EQ(QuantileProvenBelow(std::vector<double>(100, 7), 0.5, 7, 0.05), Proof::kUndecided);
  std::vector<double> sample = Ascending(59);
  sample[3] = std::nan("");
  EXPECT_EQ(QuantileProvenBelow(sample, 0.95, 60, 0.05), Proof::kUndecided);
  EXPECT_EQ(QuantileProvenBelow(std::vector<double>(100, std::nan("")), 0.5, 0, 0.05),
            Proof::kUndecided);
  EXPECT_EQ(QuantileProvenBelow({}, 0.5, 0, 0.05), Proof::kUndecided);
}

TEST(QuantileProvenAbove, TurnsTheAnswersAround) {
  EXPECT_EQ(QuantileProvenAbove(Ascending(5), 0.5, 0, 0.05), Proof::kProved);
  EXPECT_EQ(QuantileProvenAbove(Ascending(59), 0.95, 60, 0.05), Proof::kRefuted);
}

TEST(Proportion, SaysNothingForALevelOrAQuantileThatIsNone) {
  for (const double bad : {-1.0, 0.0, 1.0, 2.0, std::nan("")}) {
    EXPECT_EQ(ClopperPearson(3, 10, bad).low, 0) << bad;
    EXPECT_EQ(ClopperPearson(3, 10, bad).high, 1) << bad;
    EXPECT_EQ(QuantileProvenBelow(Ascending(100), bad, 200, 0.05), Proof::kUndecided) << bad;
  }
  EXPECT_EQ(ProvenAtLeast(100, 100, 0.5, std::nan("")), Proof::kUndecided);
}

TEST(Proportion, TakesAnyNumberOfTrials) {
  for (const uint64_t trials : {uint64_t{1} << 40, UINT64_MAX / 2, UINT64_MAX}) {
    EXPECT_NE(ProvenAtLeast(trials, trials, 0.95, 0.05), Proof::kRefuted) << trials;
    EXPECT_NE(ProvenAtLeast(0, trials, 0.95, 0.05), Proof::kProved) << trials;
    EXPECT_NE(ProvenAtLeast(trials / 2, trials, 0.95, 0.05), Proof::kProved) << trials;
  }
}

TEST(TrialsToProve, IsTheLeastNumberThatProves) {
  for (const double limit : {0.01, 0.5, 0.9, 0.95, 0.99, 0.999}) {
    for (const double alpha : {0.05, 0.01, 0.001}) {
      const uint64_t n = TrialsToProve(limit, alpha);
      EXPECT_EQ(ProvenAtLeast(n, n, limit, alpha), Proof::kProved) << limit << " " << alpha;
      if (n > 1) {
        EXPECT_EQ(ProvenAtLeast(n - 1, n - 1, limit, alpha), Proof::kUndecided)
            << limit << " " << alpha;
      }
    }
  }
}

TEST(TrialsToProve, HasNoNumberForWhatCannotBeProved) {
  EXPECT_EQ(TrialsToProve(1, 0.05), UINT64_MAX);
  EXPECT_EQ(TrialsToProve(0.95, 0), UINT64_MAX);
  EXPECT_EQ(TrialsToProve(std::nan(""), 0.05), UINT64_MAX);
  EXPECT_EQ(TrialsToProve(0, 0.05), 1u);
}

}  // namespace
}  // namespace loadline::stats
