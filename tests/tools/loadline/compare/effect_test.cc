#include "tools/loadline/compare/effect.h"

#include <cmath>
#include <optional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "loadline/stats/power.h"
#include "tools/loadline/compare/paired.h"

namespace loadline::compare {
namespace {

using Values = std::vector<double>;

// Two samples, and what they are asked.
struct Samples {
  Values base;
  Values fresh;

  EffectQuestion Asked(policy::Direction direction = policy::Direction::kLowerIsBetter) const {
    return {.base = base,
            .fresh = fresh,
            .direction = direction,
            .exact = false,
            .margin = 0.05,
            .alpha = 0.01,
            .sigma_log = std::nullopt};
  }
};

// Six values around 100 and the same times `factor`: none are equal.
Samples Scaled(double factor) {
  Samples samples{{98, 99, 99.5, 100.5, 101, 102}, {}};
  for (const double value : samples.base) samples.fresh.push_back(value * factor);
  return samples;
}

TEST(MeasureEffect, EstimatesTheRatioByLogarithms) {
  const Samples samples = Scaled(1.3);
  const Effect effect = MeasureEffect(samples.Asked());
  EXPECT_EQ(effect.change.method, Method::kRankSum);
  EXPECT_NEAR(effect.change.change->estimate, 0.3, 1e-12);
  EXPECT_LT(*effect.change.change->low, 0.3);
  EXPECT_GT(*effect.change.change->high, 0.3);
}

TEST(MeasureEffect, CallsALossBeyondTheMarginWorse) {
  const Samples samples = Scaled(1.3);
  const Evidence evidence = MeasureEffect(samples.Asked()).evidence;
  EXPECT_TRUE(evidence.worse);
  EXPECT_FALSE(evidence.not_worse);
  EXPECT_FALSE(evidence.better);
  EXPECT_TRUE(evidence.not_better);
}

TEST(MeasureEffect, TurnsAroundWhereHigherIsBetter) {
  const Samples samples = Scaled(1.3);
  const Effect effect = MeasureEffect(samples.Asked(policy::Direction::kHigherIsBetter));
  EXPECT_TRUE(effect.evidence.better);
  EXPECT_FALSE(effect.evidence.worse);
  EXPECT_NEAR(effect.change.change->estimate, 0.3, 1e-12);
  EXPECT_LT(*effect.change.detectable, 0);
}

TEST(MeasureEffect, KnowsNoDetectableFractionOfABaseOfZero) {
  const Samples constant{Values(6, 0), Values(6, 0)};
  EXPECT_FALSE(MeasureEffect(constant.Asked()).change.detectable.has_value());
  const Samples varied{{-1, 0, 0, 0, 0, 2}, {-1, 0, 0, 0, 1, 3}};
  EXPECT_FALSE(MeasureEffect(varied.Asked()).change.detectable.has_value());
}

TEST(MeasureEffect, CopiesWhatDuetFound) {
  const Samples samples = Scaled(1.001);
  const PairedAnswer answer{.estimand = "mean",
                            .estimate = 0.5,
                            .low = 0.4,
                            .high = 0.6,
                            .p_worse = 0.001,
                            .not_better = true,
                            .layout_worse = true,
                            .detectable = 0.07,
                            .seen = ""};
  EffectQuestion question = samples.Asked();
  question.paired = &answer;
  const Effect effect = MeasureEffect(question);
  EXPECT_EQ(effect.change.method, Method::kPairedSigns);
  EXPECT_EQ(effect.change.change->estimate, 0.5);
  EXPECT_EQ(*effect.change.change->low, 0.4);
  EXPECT_EQ(*effect.change.change->high, 0.6);
  EXPECT_EQ(*effect.change.detectable, 0.07);
  EXPECT_EQ(*effect.change.p, 0.001);
  EXPECT_TRUE(effect.evidence.worse);
  EXPECT_FALSE(effect.evidence.not_worse);
  EXPECT_TRUE(effect.evidence.not_better);
  EXPECT_TRUE(effect.evidence.layout_worse);
  EXPECT_TRUE(effect.evidence.testable);
}

TEST(MeasureEffect, GivesTheSameEvidenceForAGainAndItsReverse) {
  const Samples slower = Scaled(1.3);
  const Samples faster{slower.fresh, slower.base};
  EXPECT_DOUBLE_EQ(*MeasureEffect(slower.Asked()).change.p,
                   MeasureEffect(faster.Asked()).evidence.p_better);
}

TEST(MeasureEffect, ProvesBothWaysThatNothingChanged) {
  const Samples samples = Scaled(1.001);
  const Evidence evidence = MeasureEffect(samples.Asked()).evidence;
  EXPECT_TRUE(evidence.not_worse);
  EXPECT_TRUE(evidence.not_better);
}

TEST(MeasureEffect, ProvesNothingAboutAChangeAtTheMargin) {
  const Samples samples = Scaled(1.05);
  const Evidence evidence = MeasureEffect(samples.Asked()).evidence;
  EXPECT_FALSE(evidence.worse);
  EXPECT_FALSE(evidence.not_worse);
}

// 1 / C(8, 4) = 1 / 70 is above 0.01, 1 / C(10, 5) = 1 / 252 below.
TEST(MeasureEffect, HasNoIntervalWithoutEnoughProcesses) {
  Samples samples = Scaled(1.3);
  samples.base.resize(4);
  samples.fresh.resize(4);
  const Effect effect = MeasureEffect(samples.Asked());
  EXPECT_EQ(effect.change.method, Method::kPoint);
  EXPECT_EQ(effect.change.reason, Reason::kTooFewProcesses);
  EXPECT_FALSE(effect.change.change->low.has_value());
  EXPECT_FALSE(effect.evidence.testable);
  EXPECT_FALSE(effect.evidence.worse);
}

TEST(MeasureEffect, ComparesValuesWhereThereIsNoLogarithm) {
  const Samples samples{{-1, 0, 10, 11, 12, 13}, {99, 100, 110, 111, 112, 113}};
  const Effect effect = MeasureEffect(samples.Asked());
  EXPECT_EQ(effect.change.method, Method::kRankSumOfValues);
  EXPECT_TRUE(effect.evidence.worse);
}

TEST(MeasureEffect, HasNoPercentageOfZero) {
  const Samples samples{{0, 0, 0, 0, 0, 0}, {1, 2, 3, 4, 5, 6}};
  const Effect effect = MeasureEffect(samples.Asked());
  EXPECT_FALSE(effect.change.change.has_value());
  EXPECT_EQ(effect.change.reason, Reason::kFromZero);
  EXPECT_TRUE(effect.evidence.worse);
}

TEST(MeasureEffect, TakesZeroEverywhereForUnchanged) {
  const Samples samples{Values(6, 0), Values(6, 0)};
  const Effect effect = MeasureEffect(samples.Asked());
  EXPECT_EQ(effect.change.change->estimate, 0);
  EXPECT_TRUE(effect.evidence.not_worse);
  EXPECT_TRUE(effect.evidence.not_better);
}

TEST(MeasureEffect, ComparesNoNumberThatIsNone) {
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(), -HUGE_VAL}) {
    Samples samples = Scaled(1);
    samples.fresh[3] = value;
    const Effect effect = MeasureEffect(samples.Asked());
    EXPECT_EQ(effect.change.finding, Finding::kIncomparable);
    EXPECT_EQ(effect.change.reason, Reason::kNotFinite);
  }
}

TEST(MeasureEffect, ComparesExactValuesWithoutATest) {
  const Samples samples{{2, 2}, {3, 3}};
  EffectQuestion question = samples.Asked();
  question.exact = true;
  const Effect effect = MeasureEffect(question);
  EXPECT_EQ(effect.change.method, Method::kExact);
  EXPECT_TRUE(effect.evidence.worse);
  EXPECT_FALSE(effect.change.p.has_value());
}

TEST(MeasureEffect, TestsExactValuesThatVaryAfterAll) {
  const Samples samples = Scaled(1.3);
  EffectQuestion question = samples.Asked();
  question.exact = true;
  EXPECT_EQ(MeasureEffect(question).change.method, Method::kRankSum);
}

// z = 2.3263 at 0.01, and a standard error of 0.02 * sqrt(2).
TEST(MeasureEffect, PutsTheRecordedSpreadAroundASingleProcess) {
  const Samples samples{{100}, {130}};
  EffectQuestion question = samples.Asked();
  question.sigma_log = 0.02;
  const Effect effect = MeasureEffect(question);
  EXPECT_EQ(effect.change.method, Method::kNoise);
  EXPECT_NEAR(std::log1p(*effect.change.change->low), std::log(1.3) - 2.3263 * 0.028284, 1e-5);
  EXPECT_NEAR(std::log1p(*effect.change.change->high), std::log(1.3) + 2.3263 * 0.028284, 1e-5);
  EXPECT_TRUE(effect.evidence.worse);
}

// t = 2.8214 at 0.01 with 9 degrees of freedom.
TEST(MeasureEffect, WidensTheIntervalOfASpreadThatTenProcessesGave) {
  const Samples samples{{100}, {130}};
  EffectQuestion question = samples.Asked();
  question.sigma_log = 0.02;
  const double known = *MeasureEffect(question).change.detectable;
  question.sigma_processes = 10;
  const Effect effect = MeasureEffect(question);
  EXPECT_NEAR(std::log1p(*effect.change.change->low), std::log(1.3) - 2.8214 * 0.028284, 1e-5);
  EXPECT_GT(*effect.change.detectable, known);
}

TEST(MeasureEffect, TrustsManyProcessesMoreThanARecordedSpread) {
  const Samples samples = Scaled(1.3);
  EffectQuestion question = samples.Asked();
  question.sigma_log = 10;
  EXPECT_EQ(MeasureEffect(question).change.method, Method::kRankSum);
}

TEST(ProcessesNeeded, IsTheFewestThatTheTestCanSpeakWith) {
  EXPECT_EQ(ProcessesNeeded(0.05), 3U);  // 1 / C(6, 3) = 1 / 20
  EXPECT_EQ(ProcessesNeeded(0.01), 5U);  // 1 / C(10, 5) = 1 / 252
}

TEST(ProcessesToTell, IsWhatTheSpreadOfTheSamplesAsksFor) {
  const Samples samples = Scaled(1.02);
  Values base, fresh;
  for (const double value : samples.base) base.push_back(std::log(value));
  for (const double value : samples.fresh) fresh.push_back(std::log(value));
  const double margin = std::log1p(0.05);
  EXPECT_EQ(ProcessesToTell(samples.Asked(), std::nullopt),
            stats::RankSumNeeded(base, fresh, margin, 0.01, 2 * margin));
}

TEST(ProcessesToTell, IsFewerForALargerChange) {
  Samples samples = Scaled(1);
  for (double& value : samples.base) value = 100 * std::pow(value / 100, 8);
  const auto small = ProcessesToTell(samples.Asked(), 0.08);
  const auto large = ProcessesToTell(samples.Asked(), 0.8);
  ASSERT_TRUE(small.has_value() && large.has_value());
  EXPECT_GT(*small, *large);
}

// ((z(0.99) + z(0.80)) sqrt(2) sigma / margin)^2 with z 2.32635 and 0.84162: 84.3 at sigma 0.1.
TEST(ProcessesToTell, GoesByTheRecordedSpreadOfSingleProcesses) {
  const Samples samples{{100}, {104}};
  EffectQuestion question = samples.Asked();
  question.sigma_log = 0.1;
  EXPECT_EQ(ProcessesToTell(question, std::nullopt), 85U);
}

TEST(ProcessesToTell, IsNotKnownWithoutASpread) {
  const Samples samples{{100}, {104}};
  EXPECT_EQ(ProcessesToTell(samples.Asked(), std::nullopt), std::nullopt);
}

TEST(ProcessesToTell, IsNoNumberForAChangeInsideTheMargin) {
  const Samples samples = Scaled(1);
  EXPECT_EQ(ProcessesToTell(samples.Asked(), 0.04), std::nullopt);
}

}  // namespace
}  // namespace loadline::compare
