// How true the statistics are, on samples drawn from spreads that are known. Few trials as a rule;
// with LOADLINE_DEEP set there are enough for the tables of docs/statistics.md, which the tests
// print.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/types/span.h"
#include "loadline/stats/normal.h"
#include "loadline/stats/power.h"
#include "loadline/stats/proportion.h"
#include "loadline/stats/rank_null.h"
#include "loadline/stats/rank_sum.h"
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

std::vector<Shape> ShapesToDraw() {
  std::vector<Shape> shapes(std::begin(kShapes), std::end(kShapes));
  if (Deep()) shapes.insert(shapes.end(), std::begin(kOtherShapes), std::end(kOtherShapes));
  return shapes;
}

// Fires(shape, size, alpha): whether the rule fires in a fresh comparison at the shift that another
// one states.
template <typename Size, typename Fires>
void ExpectStatedPower(double alpha, const std::vector<Size>& sizes, Fires fires) {
  for (const Shape shape : ShapesToDraw()) {
    std::string row = absl::StrFormat("%.2f | %s", alpha, NameOf(shape));
    for (const Size& size : sizes) {
      const double fired = ShareOf([&] { return fires(shape, size); });
      EXPECT_NEAR(fired, kPower, AllowedDistance())
          << NameOf(shape) << " " << testing::PrintToString(size) << " at " << alpha;
      const char* mark = std::abs(fired - kPower) > 0.05 ? "**" : "";
      absl::StrAppendFormat(&row, " | %s%.1f%s", mark, 100 * fired, mark);
    }
    PrintRow(row);
  }
}

constexpr double kMargin = 0.5;

bool RankSumFiresAsStated(Draw& draw, Shape shape, size_t m, size_t n, double alpha) {
  const double shift =
      RankSumDetectableShift(draw.Sample(shape, m), draw.Sample(shape, n), kMargin, alpha);
  const auto base = draw.Sample(shape, m);
  const auto changed = draw.Sample(shape, n, shift);
  return RankSumInterval(base, changed, 1 - 2 * alpha).low > kMargin;
}

TEST(SimulatedComparison, RankSumFiresAtTheDetectableShiftAsOftenAsStated) {
  Draw draw(15);
  for (const double alpha : {0.05, 0.01}) {
    ExpectStatedPower<size_t>(alpha, {6, 7, 8, 10, 14, 20}, [&](Shape shape, size_t n) {
      return RankSumFiresAsStated(draw, shape, n, n, alpha);
    });
  }
}

TEST(SimulatedComparison, RankSumFiresAtTheDetectableShiftAsOftenAsStatedWithSidesOfUnequalSize) {
  Draw draw(18);
  using Sizes = std::pair<size_t, size_t>;
  for (const double alpha : {0.05, 0.01}) {
    ExpectStatedPower<Sizes>(
        alpha, {{6, 8}, {6, 12}, {6, 30}, {10, 20}}, [&](Shape shape, const Sizes& sizes) {
          return RankSumFiresAsStated(draw, shape, sizes.first, sizes.second, alpha);
        });
  }
}

TEST(SimulatedComparison, RankSumFiresAtTheDetectableShiftOfAKnownSpreadAsOftenAsStated) {
  Draw draw(19);
  std::vector<double> spread;
  for (int i = 0; i < 200; ++i) spread.push_back(NormalQuantile((i + 0.5) / 200));
  for (const double alpha : {0.05, 0.01}) {
    std::string row = absl::StrFormat("%.2f", alpha);
    for (const size_t n : {5, 6, 8, 10, 20}) {
      const double shift = RankSumDetectableShift(spread, n, n, kMargin, alpha);
      const double fired = ShareOf([&] {
        const auto base = draw.Sample(Shape::kNormal, n);
        const auto changed = draw.Sample(Shape::kNormal, n, shift);
        return RankSumInterval(base, changed, 1 - 2 * alpha).low > kMargin;
      });
      EXPECT_NEAR(fired, kPower, AllowedDistance()) << n << " at " << alpha;
      absl::StrAppendFormat(&row, " | %.1f", 100 * fired);
    }
    PrintRow(row);
  }
}

TEST(SimulatedComparison, FiresAtTheTargetWithTheNumberNeeded) {
  Draw draw(17);
  constexpr double kAlpha = 0.01;
  constexpr size_t kPilot = 10;
  for (const double target : {1.0, 1.5}) {
    std::string row = absl::StrFormat("%.1f", target);
    for (const Shape shape : {Shape::kNormal, Shape::kLognormal}) {
      const double fired = ShareOf([&] {
        const uint64_t n = RankSumNeeded(draw.Sample(shape, kPilot), draw.Sample(shape, kPilot), 0,
                                         kAlpha, target);
        const auto base = draw.Sample(shape, n);
        return RankSumInterval(base, draw.Sample(shape, n, target), 1 - 2 * kAlpha).low > 0;
      });
      EXPECT_NEAR(fired, kPower, 0.12) << NameOf(shape) << " " << target;
      absl::StrAppendFormat(&row, " | %.1f", 100 * fired);
    }
    PrintRow(row);
  }
}

}  // namespace
}  // namespace loadline::stats
