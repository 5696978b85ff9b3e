// How true the statistics are, on samples drawn from spreads that are known. Few trials as a rule;
// with LOADLINE_DEEP set there are enough for the tables of docs/statistics.md, which the tests
// print.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "loadline/stats/multiplicity.h"
#include "loadline/stats/power.h"
#include "loadline/stats/proportion.h"
#include "loadline/stats/rank_null.h"
#include "loadline/stats/rank_sum.h"
#include "loadline/stats/serial_dependence.h"
#include "loadline/stats/shift_test.h"
#include "loadline/stats/signed_rank.h"
#include "tests/loadline/stats/drawn_sample.h"

namespace loadline::stats {
namespace {

bool Deep() { return std::getenv("LOADLINE_DEEP") != nullptr; }

int Trials() { return Deep() ? 20'000 : 600; }

// What chance alone may take a share of that many trials away from `share`: once in 10^5.
double Chance(double share) { return 4.5 * std::sqrt(share * (1 - share) / Trials()); }

void PrintRow(const std::string& row) {
  if (Deep()) std::printf("| %s |\n", row.c_str());
}

template <typename Trial>
double ShareOf(Trial trial) {
  int hits = 0;
  for (int i = 0; i < Trials(); ++i) hits += trial() ? 1 : 0;
  return static_cast<double>(hits) / Trials();
}

bool Holds(const Interval& interval, double value) {
  return interval.low <= value && value <= interval.high;
}

constexpr size_t kSizes[] = {6, 10, 20};
constexpr double kConfidence = 0.95;

// The level of an interval of values without ties: the smallest attainable one that is enough.
double Attained(const RankNull& null) {
  const uint64_t k = null.CountWithin((1 - kConfidence) / 2);
  return 1 - 2 * null.AtMost(k - 1);
}

// The distribution is discrete: the attained level is the one that an interval can have.
template <typename Attained, typename Covers>
void ExpectCoverage(Attained attained, Covers covers) {
  for (const Shape shape : kShapes) {
    std::string row = NameOf(shape);
    for (const size_t n : kSizes) {
      const double covered = ShareOf([&] { return covers(shape, n); });
      EXPECT_NEAR(covered, attained(n), Chance(attained(n))) << NameOf(shape) << " " << n;
      EXPECT_GE(attained(n), kConfidence);
      absl::StrAppendFormat(&row, " | %.2f | %.2f", 100 * attained(n), 100 * covered);
    }
    PrintRow(row);
  }
}

TEST(SimulatedComparison, RankSumIntervalsHoldTheShiftAsOftenAsTheyCan) {
  Draw draw(11);
  ExpectCoverage([](size_t n) { return Attained(*RankNull::RankSum(n, n)); },
                 [&](Shape shape, size_t n) {
                   const auto base = draw.Sample(shape, n);
                   const auto changed = draw.Sample(shape, n, 0.7);
                   return Holds(RankSumInterval(base, changed, kConfidence), 0.7);
                 });
}

TEST(SimulatedComparison, SignedRankIntervalsHoldTheCentreAsOftenAsTheyCan) {
  Draw draw(12);
  ExpectCoverage([](size_t n) { return Attained(*RankNull::SignedRank(n)); },
                 [&](Shape shape, size_t n) {
                   return Holds(SignedRankInterval(draw.Differences(shape, n, 0.7), kConfidence),
                                0.7);
                 });
}

// Values that depend on when they were taken, with a variance of 1 around what drifts.
std::vector<double> Autoregressive(Draw& draw, size_t size) {
  std::vector<double> series(size);
  double value = draw.Normal();
  for (double& taken : series) {
    taken = value;
    value = 0.8 * value + 0.6 * draw.Normal();
  }
  return series;
}

std::vector<double> Drifting(Draw& draw, size_t size) {
  std::vector<double> series(size);
  for (size_t i = 0; i < size; ++i) {
    series[i] = draw.Normal() + 3 * static_cast<double>(i) / static_cast<double>(size - 1);
  }
  return series;
}

// Coverage of the true shift, none, in three ways to take and read 2 n values.
struct DependentCoverage {
  double one_after_the_other = 0;  // all of the base, then all of the changed
  double in_turns = 0;             // base, changed, changed, base, ...
  double in_turns_paired = 0;      // the same, read as differences of neighbours
};

template <typename Series>
DependentCoverage CoverageOf(size_t n, Series series) {
  DependentCoverage covered;
  for (int trial = 0; trial < Trials(); ++trial) {
    const std::vector<double> taken = series(2 * n);
    const absl::Span<const double> all(taken);
    std::vector<double> base;
    std::vector<double> changed;
    std::vector<double> differences;
    for (size_t i = 0; i < n; ++i) {
      base.push_back(taken[2 * i + i % 2]);
      changed.push_back(taken[2 * i + 1 - i % 2]);
      differences.push_back(changed.back() - base.back());
    }
    covered.one_after_the_other +=
        Holds(RankSumInterval(all.subspan(0, n), all.subspan(n), kConfidence), 0);
    covered.in_turns += Holds(RankSumInterval(base, changed, kConfidence), 0);
    covered.in_turns_paired += Holds(SignedRankInterval(differences, kConfidence), 0);
  }
  covered.one_after_the_other /= Trials();
  covered.in_turns /= Trials();
  covered.in_turns_paired /= Trials();
  return covered;
}

void PrintCoverage(const char* name, size_t n, const DependentCoverage& covered) {
  PrintRow(absl::StrFormat("%s | %d | %.1f | %.1f | %.1f", name, static_cast<int>(n),
                           100 * covered.one_after_the_other, 100 * covered.in_turns,
                           100 * covered.in_turns_paired));
}

TEST(SimulatedComparison, FailsWhenEachSideIsTakenInOneGoWhileTheMachineChanges) {
  Draw draw(13);
  for (const size_t n : kSizes) {
    const auto wandering = CoverageOf(n, [&](size_t size) { return Autoregressive(draw, size); });
    const auto drifting = CoverageOf(n, [&](size_t size) { return Drifting(draw, size); });
    PrintCoverage("AR(1), 0.8", n, wandering);
    PrintCoverage("drift of 3 sd", n, drifting);
    // What is promised only for independent values is not had: this is not a matter of tuning.
    EXPECT_LT(wandering.one_after_the_other, 0.80);
    EXPECT_LT(drifting.one_after_the_other, 0.80);
    // Taking turns takes it back, at the price of wider intervals than need be.
    EXPECT_GT(wandering.in_turns, 0.95 - Chance(0.95));
    EXPECT_GT(drifting.in_turns, 0.95 - Chance(0.95));
    EXPECT_GT(drifting.in_turns_paired, 0.95 - Chance(0.95));
  }
}

struct Answers {
  double proved = 0;
  double refuted = 0;
  double point_rule = 0;  // what comparing the plain share with the limit calls a pass
};

Answers AnswersFor(Draw& draw, double success, int trials_each) {
  Answers answers;
  for (int trial = 0; trial < Trials(); ++trial) {
    uint64_t successes = 0;
    for (int i = 0; i < trials_each; ++i) successes += draw.Uniform() < success ? 1 : 0;
    const Proof proof = ProvenAtLeast(successes, trials_each, 0.95, 0.05);
    answers.proved += proof == Proof::kProved ? 1 : 0;
    answers.refuted += proof == Proof::kRefuted ? 1 : 0;
    answers.point_rule += static_cast<double>(successes) > 0.95 * trials_each ? 1 : 0;
  }
  answers.proved /= Trials();
  answers.refuted /= Trials();
  answers.point_rule /= Trials();
  return answers;
}

TEST(SimulatedComparison, LimitsPassFalselyInAtMostAlphaOfAllRuns) {
  Draw draw(14);
  for (const int trials_each : {20, 59, 100, 200, 500}) {
    std::string row = absl::StrFormat("%d", trials_each);
    for (const double success : {0.94, 0.945, 0.95, 0.955, 0.96}) {
      const Answers answers = AnswersFor(draw, success, trials_each);
      if (success <= 0.95) {
        EXPECT_LE(answers.proved, 0.05 + Chance(0.05)) << trials_each;
      }
      if (success >= 0.95) {
        EXPECT_LE(answers.refuted, 0.05 + Chance(0.05)) << trials_each;
      }
      absl::StrAppendFormat(&row, " | %.1f / %.1f / %.1f", 100 * answers.proved,
                            100 * answers.refuted, 100 * answers.point_rule);
    }
    PrintRow(row);
  }
}

// How far from kPower the rule may fire at the stated shift: 5 points and what chance adds.
double AllowedDistance() { return Deep() ? 0.055 : 0.09; }

constexpr double kAlpha = 0.01;
constexpr double kMargin = 0.5;

// Whether a fresh comparison claims the shift that another one states as detectable.
bool FiresAsStated(Draw& draw, Shape shape, size_t n, const ShiftTestOptions& options) {
  const double shift =
      ShiftTest(draw.Sample(shape, n), draw.Sample(shape, n), options).Detectable(kMargin);
  const ShiftTest test(draw.Sample(shape, n), draw.Sample(shape, n, shift), options);
  return test.PGreater(kMargin) <= options.alpha / static_cast<double>(options.family);
}

// On normal noise what is said is kept; other shapes are printed, for docs/statistics.md.
TEST(SimulatedComparison, ShiftTestFiresAtTheDetectableShiftAsOftenAsStated) {
  Draw draw(15);
  std::vector<Shape> shapes = {Shape::kNormal};
  if (Deep()) {
    shapes = {Shape::kNormal,  Shape::kLognormal, Shape::kT2,
              Shape::kBimodal, Shape::kDisturbed, Shape::kUniform};
  }
  for (const Shape shape : shapes) {
    for (const size_t n : {5, 6, 10, 20}) {
      std::string row = absl::StrFormat("%s | %d", NameOf(shape), static_cast<int>(n));
      for (const uint64_t family : {1, 10, 100, 1000}) {
        const ShiftTestOptions options{.alpha = kAlpha, .family = family, .doubt = 0};
        const double fired = ShareOf([&] { return FiresAsStated(draw, shape, n, options); });
        if (shape == Shape::kNormal) {
          EXPECT_NEAR(fired, kPower, AllowedDistance()) << n << " among " << family;
        }
        absl::StrAppendFormat(&row, " | %.0f", 100 * fired);
      }
      PrintRow(row);
    }
  }
}

TEST(SimulatedComparison, ShiftTestFiresAtTheTargetWithTheNumberNeeded) {
  Draw draw(17);
  for (const double target : {1.0, 1.5, 3.0}) {
    std::string row = absl::StrFormat("%.1f", target);
    for (const uint64_t family : {1, 100}) {
      const size_t n = ShiftTestNeeded(1, target, family, kAlpha, 0);
      const ShiftTestOptions options{.family = family, .doubt = 0};
      const double fired = ShareOf([&] {
        const ShiftTest test(draw.Sample(Shape::kNormal, n), draw.Sample(Shape::kNormal, n, target),
                             options);
        return test.PGreater(0) <= kAlpha / static_cast<double>(family);
      });
      EXPECT_GT(fired, kPower - AllowedDistance()) << target << " among " << family;
      absl::StrAppendFormat(&row, " | %d: %.1f", static_cast<int>(n), 100 * fired);
    }
    PrintRow(row);
  }
}

// One suite of comparisons, each of which draws its sides with draw(side): whether any is claimed.
template <typename Side>
bool AnyClaimed(size_t family, bool correct, Side side) {
  std::vector<std::vector<double>> base(family);
  std::vector<std::vector<double>> changed(family);
  SerialDependence dependence;
  for (size_t i = 0; i < family; ++i) {
    side(base[i], changed[i]);
    dependence.Add(base[i], changed[i]);
  }
  std::vector<double> p;
  for (size_t i = 0; i < family; ++i) {
    const ShiftTest test(
        base[i], changed[i],
        {.alpha = kAlpha, .family = family, .rho = correct ? dependence.Rho() : 0});
    p.push_back(test.PGreater(0));
  }
  const std::vector<double> adjusted = HolmAdjusted(p);
  return *std::min_element(adjusted.begin(), adjusted.end()) <= kAlpha;
}

constexpr Shape kLevelShapes[] = {Shape::kNormal, Shape::kLognormal, Shape::kExponential,
                                  Shape::kT2,     Shape::kDisturbed, Shape::kUniform,
                                  Shape::kDelayed};

// Each comparison of its own shape and spread, nothing changed.
TEST(SimulatedComparison, SuitesOfIdenticalSidesClaimFalselyInAtMostAlpha) {
  Draw draw(21);
  for (const size_t family : {10, 100}) {
    std::string row = absl::StrFormat("%d", static_cast<int>(family));
    const int suites = (Deep() ? 400'000 : 6'000) / static_cast<int>(family);
    for (const size_t n : {5, 6, 10, 20}) {
      int claimed = 0;
      for (int suite = 0; suite < suites; ++suite) {
        claimed += AnyClaimed(family, true, [&](auto& base, auto& changed) {
          const size_t which = static_cast<size_t>(draw.Uniform() * std::size(kLevelShapes));
          base = draw.Sample(kLevelShapes[which], n);
          changed = draw.Sample(kLevelShapes[which], n);
        });
      }
      const double share = static_cast<double>(claimed) / suites;
      EXPECT_LE(share, kAlpha + 4.5 * std::sqrt(kAlpha / suites)) << family << " by " << n;
      absl::StrAppendFormat(&row, " | %.2f", 100 * share);
    }
    PrintRow(row);
  }
}

TEST(SimulatedComparison, SuitesWhoseValuesLeanOnEachOtherClaimFalselyInAtMostAlpha) {
  Draw draw(22);
  for (const double rho : {0.0, 0.3, 0.5, 0.8}) {
    for (const size_t n : {6, 10, 20}) {
      std::string row = absl::StrFormat("%.1f | %d", rho, static_cast<int>(n));
      for (const size_t family : {20, 100}) {
        const int suites = (Deep() ? 100'000 : 4'000) / static_cast<int>(family);
        int plain = 0;
        int corrected = 0;
        const auto leaning = [&](auto& base, auto& changed) {
          double value = draw.Normal();
          for (std::vector<double>* side : {&base, &changed}) {
            for (size_t i = 0; i < n; ++i) {
              side->push_back(value);
              value = rho * value + std::sqrt(1 - rho * rho) * draw.Normal();
            }
          }
        };
        for (int suite = 0; suite < suites; ++suite) {
          corrected += AnyClaimed(family, true, leaning);
          if (Deep()) plain += AnyClaimed(family, false, leaning);
        }
        const double share = static_cast<double>(corrected) / suites;
        EXPECT_LE(share, kAlpha + 4.5 * std::sqrt(kAlpha / suites)) << rho << " " << n;
        absl::StrAppendFormat(&row, " | %.1f / %.1f", 100.0 * plain / suites, 100 * share);
      }
      PrintRow(row);
    }
  }
}

// What is called at the first of Holm's steps, on normal noise: beyond a margin of 5 %, and at all.
TEST(SimulatedComparison, PowerOfTheShiftTest) {
  Draw draw(23);
  for (const double deviation : {0.01, 0.03, 0.10}) {
    for (const double change : {0.05, 0.10, 0.20, 1.00}) {
      for (const uint64_t family : {10, 100, 1000}) {
        std::string row = absl::StrFormat("%g %% | %+g %% | %d", 100 * deviation, 100 * change,
                                          static_cast<int>(family));
        for (const size_t n : {5, 6, 10, 20}) {
          const double level = kAlpha / static_cast<double>(family);
          int beyond = 0;
          int at_all = 0;
          const int trials = Deep() ? 5'000 : 20;
          for (int trial = 0; trial < trials; ++trial) {
            std::vector<double> base = draw.Sample(Shape::kNormal, n);
            std::vector<double> changed = draw.Sample(Shape::kNormal, n);
            for (double& value : base) value *= deviation;
            for (double& value : changed) value = value * deviation + std::log1p(change);
            const ShiftTest test(base, changed, {.alpha = kAlpha, .family = family});
            beyond += test.PGreater(std::log(1.05)) <= level;
            at_all += test.PGreater(0) <= level;
          }
          EXPECT_GE(at_all, beyond);
          absl::StrAppendFormat(&row, " | %.0f / %.0f", 100.0 * beyond / trials,
                                100.0 * at_all / trials);
        }
        PrintRow(row);
      }
    }
  }
}

}  // namespace
}  // namespace loadline::stats
