#include "tools/loadline/compare/effect.h"

#include <cmath>
#include <limits>
#include <optional>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/loadline/compare/paired.h"
#include "tools/loadline/policy/metric.h"

namespace loadline::compare {
namespace {

using Values = std::vector<double>;

// Two samples, and what they are asked.
struct Samples {
  Values base;
  Values candidate;

  EffectQuestion Asked(policy::Direction direction = policy::Direction::kLowerIsBetter) const {
    return {.base = base,
            .candidate = candidate,
            .traits = {},
            .terms = {.direction = direction, .margin = 0.05, .guard = std::nullopt},
            .sigma_log = std::nullopt};
  }
};

Change Measured(const EffectQuestion& question, const EffectTest& test = {.alpha = 0.01}) {
  Change change;
  MeasureEffect(question, test, change);
  return change;
}

bool Proved(const Change::Claim& claim) { return claim.p <= 0.01; }

// Six values around 100 and the same times `factor`: none are equal.
Samples Scaled(double factor) {
  Samples samples{{98, 99, 99.5, 100.5, 101, 102}, {}};
  for (const double value : samples.base) samples.candidate.push_back(value * factor);
  return samples;
}

TEST(MeasureEffect, EstimatesTheRatioByLogarithms) {
  const Samples samples = Scaled(1.3);
  const Change effect = Measured(samples.Asked());
  EXPECT_EQ(effect.method, Method::kShift);
  EXPECT_NEAR(effect.change->estimate, 0.3, 1e-12);
  EXPECT_LT(*effect.change->low, 0.3);
  EXPECT_GT(*effect.change->high, 0.3);
}

TEST(MeasureEffect, CallsALossBeyondTheMarginWorse) {
  const Samples samples = Scaled(1.3);
  const Change evidence = Measured(samples.Asked());
  EXPECT_TRUE(Proved(evidence.claims->worse));
  EXPECT_FALSE(evidence.not_worse);
  EXPECT_FALSE(Proved(evidence.claims->better));
  EXPECT_TRUE(evidence.not_better);
}

TEST(MeasureEffect, TurnsAroundWhereHigherIsBetter) {
  const Samples samples = Scaled(1.3);
  const Change effect = Measured(samples.Asked(policy::Direction::kHigherIsBetter));
  EXPECT_TRUE(Proved(effect.claims->better));
  EXPECT_FALSE(Proved(effect.claims->worse));
  EXPECT_NEAR(effect.change->estimate, 0.3, 1e-12);
  EXPECT_LT(*effect.detectable, 0);
}

TEST(MeasureEffect, TellsAChangeFromZeroInTheUnit) {
  const Samples samples{{-1, 0, 0, 0, 0, 2}, {9, 10, 10, 10, 11, 13}};
  const Change change = Measured(samples.Asked());
  EXPECT_TRUE(change.change->absolute);
  EXPECT_NEAR(change.change->estimate, 10, 0.5);
  EXPECT_TRUE(Proved(change.claims->worse));
}

// A difference of two readings: half of next to nothing is nothing.
TEST(MeasureEffect, HoldsADifferenceAgainstTheNoiseFloorOfItsUnit) {
  EffectQuestion question = Samples{}.Asked();
  question.traits = policy::TraitsOf("rss_net_bytes");
  question.terms.margin = question.traits.margin;
  const Values base = {-159e3, -160e3, -158e3, -161e3, -157e3, -162e3};
  const Values little = {-123e3, -122e3, -124e3, -121e3, -125e3, -120e3};
  const Values much = {1e6, 1.001e6, 1.002e6, 0.999e6, 0.998e6, 1.003e6};
  question.base = base;
  question.candidate = little;
  Change change = Measured(question);
  EXPECT_TRUE(change.change->absolute);
  EXPECT_EQ(change.margin, 256 * 1024);
  EXPECT_TRUE(change.not_worse);
  EXPECT_NEAR(change.change->estimate, 37e3, 1e3);
  question.candidate = much;
  change = Measured(question);
  EXPECT_TRUE(Proved(change.claims->worse));
}

TEST(MeasureEffect, AllowsMemoryWhatTheKernelDoesNotCount) {
  EffectQuestion question = Samples{}.Asked();
  question.traits = policy::TraitsOf("rss_peak_bytes");
  question.terms.margin = question.traits.margin;
  const Values base = {4.70e6, 4.71e6, 4.72e6, 4.69e6, 4.68e6, 4.73e6};
  Values candidate = base;
  for (double& value : candidate) value += 100e3;  // 2 %
  question.base = base;
  question.candidate = candidate;
  const Change change = Measured(question);
  EXPECT_NEAR(change.margin, 256 * 1024 / 4.705e6, 1e-6);
  EXPECT_TRUE(change.not_worse);
}

TEST(MeasureEffect, TakesOverWhatDuetFound) {
  const Samples samples = Scaled(1.001);
  const PairedAnswer answer{.estimand = "mean",
                            .estimate = 0.5,
                            .low = 0.4,
                            .high = 0.6,
                            .p_worse = 0.001,
                            .worse = true,
                            .slower = true,
                            .not_better = true,
                            .layout_worse = true,
                            .detectable = 0.07,
                            .seen = "over the first 100 operations"};
  EffectQuestion question = samples.Asked();
  question.paired = &answer;
  const Change change = Measured(question);
  EXPECT_EQ(change.method, Method::kPairedSigns);
  EXPECT_EQ(change.change->estimate, 0.5);
  EXPECT_EQ(*change.change->low, 0.4);
  EXPECT_EQ(*change.detectable, 0.07);
  EXPECT_EQ(change.claims->worse.p, 0.001);
  EXPECT_EQ(change.claims->worse.adjusted, 0);
  EXPECT_EQ(change.claims->better.adjusted, 1);
  EXPECT_FALSE(change.not_worse);
  EXPECT_TRUE(change.not_better && change.layout);
  EXPECT_EQ(change.seen, "by the mean; over the first 100 operations");
}

TEST(MeasureEffect, GivesTheSameEvidenceForAGainAndItsReverse) {
  const Samples slower = Scaled(1.3);
  const Samples faster{slower.candidate, slower.base};
  EXPECT_DOUBLE_EQ(Measured(slower.Asked()).claims->worse.p,
                   Measured(faster.Asked()).claims->better.p);
}

TEST(MeasureEffect, ProvesBothWaysThatNothingChanged) {
  const Samples samples = Scaled(1.001);
  const Change evidence = Measured(samples.Asked());
  EXPECT_TRUE(evidence.not_worse);
  EXPECT_TRUE(evidence.not_better);
}

TEST(MeasureEffect, ProvesNothingAboutAChangeAtTheMargin) {
  const Samples samples = Scaled(1.05);
  const Change evidence = Measured(samples.Asked());
  EXPECT_FALSE(Proved(evidence.claims->worse));
  EXPECT_FALSE(evidence.not_worse);
}

TEST(MeasureEffect, HasNoIntervalWithoutThreeProcesses) {
  Samples samples = Scaled(1.3);
  samples.base.resize(2);
  samples.candidate.resize(2);
  EXPECT_FALSE(TakesATest(samples.Asked()));
  const Change change = Measured(samples.Asked());
  EXPECT_EQ(change.method, Method::kPoint);
  EXPECT_EQ(change.reason, Reason::kTooFewProcesses);
  EXPECT_FALSE(change.change->low.has_value());
  EXPECT_FALSE(change.claims.has_value());
}

// 1 / C(8, 4) = 1 / 70 is above 0.01: four processes bound nothing, but show what is far beyond.
TEST(MeasureEffect, BoundsNothingWithFourProcessesAndCallsWhatIsFarBeyond) {
  Samples samples = Scaled(2);
  samples.base.resize(4);
  samples.candidate.resize(4);
  const Change change = Measured(samples.Asked());
  EXPECT_TRUE(Proved(change.claims->worse));
  EXPECT_TRUE(std::isinf(*change.change->high));
  EXPECT_FALSE(change.not_worse);
}

TEST(MeasureEffect, ComparesValuesWhereThereIsNoLogarithm) {
  const Samples samples{{-1, 0, 10, 11, 12, 13}, {99, 100, 110, 111, 112, 113}};
  const Change effect = Measured(samples.Asked());
  EXPECT_EQ(effect.method, Method::kShiftOfValues);
  EXPECT_TRUE(Proved(effect.claims->worse));
}

TEST(MeasureEffect, HasNoPercentageOfZero) {
  const Samples samples{{0, 0, 0, 0, 0, 0}, {1, 2, 3, 4, 5, 6}};
  const Change change = Measured(samples.Asked());
  EXPECT_TRUE(change.change->absolute);
  EXPECT_EQ(change.change->estimate, 3.5);
  EXPECT_TRUE(Proved(change.claims->worse));
}

TEST(MeasureEffect, TakesZeroEverywhereForTheSame) {
  const Samples samples{Values(6, 0), Values(6, 0)};
  const Change effect = Measured(samples.Asked());
  EXPECT_EQ(effect.change->estimate, 0);
  EXPECT_TRUE(effect.not_worse);
  EXPECT_TRUE(effect.not_better);
}

TEST(MeasureEffect, ComparesNoNumberThatIsNone) {
  for (const double value : {std::nan(""), std::numeric_limits<double>::infinity(), -HUGE_VAL}) {
    Samples samples = Scaled(1);
    samples.candidate[3] = value;
    const Change effect = Measured(samples.Asked());
    EXPECT_EQ(effect.finding, Finding::kIncomparable);
    EXPECT_EQ(effect.reason, Reason::kNotFinite);
  }
}

TEST(MeasureEffect, ComparesExactValuesWithoutATest) {
  const Samples samples{{2, 2}, {3, 3}};
  EffectQuestion question = samples.Asked();
  question.traits.exact = true;
  const Change effect = Measured(question);
  EXPECT_EQ(effect.method, Method::kExact);
  EXPECT_TRUE(Proved(effect.claims->worse));
  EXPECT_FALSE(TakesATest(question));
}

TEST(MeasureEffect, TestsExactValuesThatVaryAfterAll) {
  const Samples samples = Scaled(1.3);
  EffectQuestion question = samples.Asked();
  question.traits.exact = true;
  EXPECT_EQ(Measured(question).method, Method::kShift);
}

// z = 2.3263 at 0.01, and a standard error of 0.02 * sqrt(2).
TEST(MeasureEffect, PutsTheRecordedSpreadAroundASingleProcess) {
  const Samples samples{{100}, {130}};
  EffectQuestion question = samples.Asked();
  question.sigma_log = 0.02;
  const Change effect = Measured(question);
  EXPECT_EQ(effect.method, Method::kNoise);
  EXPECT_NEAR(std::log1p(*effect.change->low), std::log(1.3) - 2.3263 * 0.028284, 1e-5);
  EXPECT_NEAR(std::log1p(*effect.change->high), std::log(1.3) + 2.3263 * 0.028284, 1e-5);
  EXPECT_TRUE(Proved(effect.claims->worse));
}

// t = 2.8214 at 0.01 with 9 degrees of freedom.
TEST(MeasureEffect, WidensTheIntervalOfASpreadThatTenProcessesGave) {
  const Samples samples{{100}, {130}};
  EffectQuestion question = samples.Asked();
  question.sigma_log = 0.02;
  const double known = *Measured(question).detectable;
  question.sigma_processes = 10;
  const Change effect = Measured(question);
  EXPECT_NEAR(std::log1p(*effect.change->low), std::log(1.3) - 2.8214 * 0.028284, 1e-5);
  EXPECT_GT(*effect.detectable, known);
}

TEST(MeasureEffect, TrustsManyProcessesMoreThanARecordedSpread) {
  const Samples samples = Scaled(1.3);
  EffectQuestion question = samples.Asked();
  question.sigma_log = 10;
  EXPECT_EQ(Measured(question).method, Method::kShift);
}

TEST(MeasureEffect, AsksNothingOfValuesThatAreAllTheSame) {
  const Samples samples{Values(10, 98), Values(10, 98)};
  EXPECT_FALSE(TakesATest(samples.Asked()));
  const Change change = Measured(samples.Asked());
  EXPECT_EQ(change.method, Method::kExact);
  EXPECT_TRUE(change.not_worse && change.not_better);
}

// Ten processes that happen to agree say less than what is recorded of a hundred.
TEST(MeasureEffect, TakesNoSpreadForMuchSmallerThanTheRecordedOne) {
  Samples samples = Scaled(1.08);
  for (double& value : samples.base) value = 100 + (value - 100) / 1e4;
  for (double& value : samples.candidate) value = 108 + (value - 108) / 1e4;
  EffectQuestion question = samples.Asked();
  const double tight = *Measured(question).detectable;
  question.sigma_log = 0.05;
  EXPECT_GT(*Measured(question).detectable, 2 * tight);
}

const EffectTest kOne{.alpha = 0.01};

TEST(ProcessesToTell, IsMoreAmongMany) {
  const Samples samples = Scaled(1.02);
  const auto alone = ProcessesToTell(samples.Asked(), kOne, std::nullopt);
  const auto among = ProcessesToTell(samples.Asked(), {.alpha = 0.01, .family = 668}, std::nullopt);
  ASSERT_TRUE(alone.has_value() && among.has_value());
  EXPECT_LT(*alone, *among);
}

TEST(ProcessesToTell, IsFewerForALargerChange) {
  Samples samples = Scaled(1);
  for (double& value : samples.base) value = 100 * std::pow(value / 100, 8);
  const auto small = ProcessesToTell(samples.Asked(), kOne, 0.08);
  const auto large = ProcessesToTell(samples.Asked(), kOne, 0.8);
  ASSERT_TRUE(small.has_value() && large.has_value());
  EXPECT_GT(*small, *large);
}

// Twice 0.01 tails for two tests in one: ((z(0.995) + z(0.80) sqrt(1 + z^2 / 2 df)) sqrt(2) sigma /
// margin)^2 with z 2.57583 and 0.84162 comes to 98.1 at sigma 0.1, and t takes the place of z.
TEST(ProcessesToTell, GoesByTheRecordedSpreadOfSingleProcesses) {
  const Samples samples{{100}, {104}};
  EffectQuestion question = samples.Asked();
  question.sigma_log = 0.1;
  EXPECT_EQ(ProcessesToTell(question, kOne, std::nullopt), 100U);
}

TEST(ProcessesToTell, IsNotKnownWithoutASpread) {
  const Samples samples{{100}, {104}};
  EXPECT_EQ(ProcessesToTell(samples.Asked(), kOne, std::nullopt), std::nullopt);
}

TEST(ProcessesToTell, IsNoNumberForAChangeInsideTheMargin) {
  const Samples samples = Scaled(1);
  EXPECT_EQ(ProcessesToTell(samples.Asked(), kOne, 0.04), std::nullopt);
}

}  // namespace
}  // namespace loadline::compare
