#include "tools/loadline/duet/sequential_test.h"

#include <cmath>
#include <cstddef>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::duet {
namespace {

using ::testing::HasSubstr;

// Sixteen slices a side, of so many ns an operation and 1,000 operations each; a long arm makes ten
// times as many operations in five blocks.
struct Planted {
  double new_ns = 100;    // the base has 100
  double slow_slice = 1;  // the candidate's last counted slice takes so many times as long
  double slow_block = 1;  // ... its last block
  bool long_arm = false;
  double seconds = 0;
  double waited_seconds = 0;
};

PairSample Sampled(const Planted& planted) {
  SampledSlices slices;
  const auto pair = [&](bool base_first, double operations) {
    return SlicePair{100, planted.new_ns, base_first, operations, operations};
  };
  slices.warm_up = {pair(true, 1000)};
  for (int i = 0; i < 16; ++i) slices.counted.push_back(pair(i % 2 == 0, 1000));
  slices.counted.back().new_ns *= planted.slow_slice;
  for (int i = 0; planted.long_arm && i < 5; ++i) slices.blocks.push_back(pair(i % 2 == 0, 32000));
  if (planted.long_arm) slices.blocks.back().new_ns *= planted.slow_block;
  PairSample sample = Summarize(std::move(slices));
  sample.seconds = planted.seconds;
  sample.waited_seconds = planted.waited_seconds;
  return sample;
}

SequentialTest After(size_t samples, const Planted& planted, const TestTerms& terms = {}) {
  SequentialTest test(terms);
  for (size_t i = 0; i < samples; ++i) test.Add(Sampled(planted));
  return test;
}

// As duet does: a long arm where it is due. The number of samples until it was over.
size_t SamplesUntilOver(SequentialTest& test, const std::function<Planted(size_t)>& planted) {
  size_t count = 0;
  while (!test.Over()) {
    Planted next = planted(count++);
    next.long_arm = test.LongDue();
    test.Add(Sampled(next));
  }
  return count;
}

TEST(SequentialTest, IsOpenAtFirst) {
  const SequentialTest test({});
  EXPECT_FALSE(test.Over());
  EXPECT_EQ(test.Estimate(), 0);
}

TEST(SequentialTest, CallsATypicalChangeAfterNineSamplesThatAgree) {
  EXPECT_FALSE(After(8, {.new_ns = 102}).Decided());
  const SequentialTest test = After(9, {.new_ns = 102});
  EXPECT_TRUE(test.Worse());
  const compare::PairedAnswer answer = test.Answer();
  EXPECT_EQ(answer.estimand, "typical");
  EXPECT_NEAR(answer.estimate, 0.02, 1e-9);
  EXPECT_TRUE(answer.worse);
  EXPECT_TRUE(answer.slower);
  EXPECT_FALSE(answer.not_worse);
}

// One slice of sixteen that takes ten times as long: the median does not see it, the mean is 25/16.
TEST(SequentialTest, CallsAMeanThatIsWorseWhereNothingTypicalIs) {
  EXPECT_FALSE(After(10, {.slow_slice = 10}).Worse());
  const SequentialTest test = After(11, {.slow_slice = 10});
  EXPECT_TRUE(test.Worse());
  const compare::PairedAnswer answer = test.Answer();
  EXPECT_EQ(answer.estimand, "mean");
  EXPECT_NEAR(answer.estimate, 25.0 / 16 - 1, 1e-9);
  EXPECT_NEAR(test.samples().front().typical_log_ratio, 0, 1e-12);
}

TEST(SequentialTest, CallsALifeThatIsWorseWhereItsBeginningIsNot) {
  SequentialTest test({});
  EXPECT_EQ(SamplesUntilOver(test, [](size_t) { return Planted{.slow_block = 2}; }), 8U + 11U);
  EXPECT_TRUE(test.Worse());
  EXPECT_EQ(test.Answer().estimand, "life");
}

TEST(SequentialTest, IsUnchangedOnlyWhenALongArmAgrees) {
  SequentialTest test({});
  for (int i = 0; i < 8; ++i) {
    EXPECT_FALSE(test.LongDue()) << i;
    test.Add(Sampled({}));
  }
  EXPECT_TRUE(test.LongDue());
  EXPECT_FALSE(test.NotWorse());
  EXPECT_EQ(SamplesUntilOver(test, [](size_t) { return Planted{}; }), 8U);
  const compare::PairedAnswer answer = test.Answer();
  EXPECT_TRUE(answer.not_worse);
  EXPECT_TRUE(answer.not_better);
  EXPECT_FALSE(answer.slower);
  EXPECT_FALSE(answer.tail);
}

// One block of a hundred costs as much as a third of all of them: too rare for any sample's number,
// too much for the whole.
TEST(SequentialTest, IsNotUnchangedWhereTheTotalsAreApart) {
  SequentialTest test({});
  for (int i = 0; i < 20; ++i)
    test.Add(Sampled({.slow_block = i == 7 ? 150. : 1, .long_arm = true}));
  EXPECT_FALSE(test.NotWorse());
  EXPECT_TRUE(test.NotBetter());
  EXPECT_FALSE(test.Decided());
}

TEST(SequentialTest, IsBetterOnlyWhenNoMeanIsWorse) {
  SequentialTest test({});
  SamplesUntilOver(test, [](size_t) { return Planted{.new_ns = 95}; });
  EXPECT_TRUE(test.Answer().better);
  SequentialTest hidden({});
  SamplesUntilOver(hidden, [](size_t) { return Planted{.new_ns = 95, .slow_block = 2}; });
  EXPECT_FALSE(hidden.Answer().better);
  EXPECT_TRUE(hidden.Answer().worse);
}

// A slow block in every second long arm, always the candidate's.
TEST(SequentialTest, FindsATailThatIsInNoMean) {
  SequentialTest test({});
  size_t longs = 0;
  for (; !test.Tail(); ++longs) {
    ASSERT_LT(longs, 22U);
    test.Add(Sampled({.slow_block = longs % 2 == 1 ? 1.5 : 1, .long_arm = true}));
    EXPECT_FALSE(test.Worse());
  }
  EXPECT_EQ(longs, 22U);
  const compare::PairedAnswer answer = test.Answer();
  EXPECT_TRUE(answer.tail);
  EXPECT_FALSE(answer.not_worse);
  EXPECT_THAT(answer.seen, HasSubstr("in 11 of 11 samples; they add about 5 %"));
}

TEST(SequentialTest, NeedsMoreToCallHarmAmongManyBenchmarks) {
  const TestTerms terms{.alpha_harm = 0.0001};
  EXPECT_FALSE(After(12, {.new_ns = 102}, terms).Decided());
  EXPECT_TRUE(After(17, {.new_ns = 102}, terms).Decided());
}

TEST(SequentialTest, SaysThatItIsSlowerWhereItIsWithinTheMargin) {
  const compare::PairedAnswer answer = After(12, {.new_ns = 100.5, .long_arm = true}).Answer();
  EXPECT_TRUE(answer.slower);
  EXPECT_TRUE(answer.not_worse);
  EXPECT_FALSE(answer.worse);
  EXPECT_FALSE(answer.faster);
}

TEST(SequentialTest, EndsUndecidedWhenItsRestartsAreUsedUp) {
  SequentialTest test({.most_restarts = 20});
  EXPECT_EQ(
      SamplesUntilOver(test, [](size_t i) { return Planted{.new_ns = i % 2 == 0 ? 102. : 100}; }),
      20U);
  EXPECT_FALSE(test.Decided());
}

TEST(SequentialTest, EndsUndecidedWhenItsBudgetIsUsedUp) {
  SequentialTest test({.budget_seconds = 2});
  const size_t samples = SamplesUntilOver(
      test, [](size_t i) { return Planted{.new_ns = i % 2 == 0 ? 102. : 100, .seconds = 0.125}; });
  EXPECT_EQ(samples, 17U);  // the first is free
  EXPECT_FALSE(test.Decided());
  EXPECT_TRUE(test.Answer().detectable.has_value());
}

TEST(SequentialTest, TakesAsManySamplesAsTheClaimsNeedWhateverTheBudget) {
  SequentialTest worse({.budget_seconds = 0.01});
  EXPECT_EQ(SamplesUntilOver(worse, [](size_t) { return Planted{.slow_slice = 10, .seconds = 1}; }),
            11U);
  EXPECT_TRUE(worse.Worse());
  SequentialTest same({.budget_seconds = 0.01});
  EXPECT_LE(SamplesUntilOver(same, [](size_t) { return Planted{.seconds = 1}; }), 16U);
  EXPECT_TRUE(same.NotWorse() && same.NotBetter());
}

TEST(SequentialTest, ChargesNoWaitingForAProcessor) {
  const auto busy = [](size_t i) {
    return Planted{.new_ns = i % 2 == 0 ? 102. : 100, .seconds = 1.125, .waited_seconds = 1};
  };
  SequentialTest test({.budget_seconds = 2});
  EXPECT_EQ(SamplesUntilOver(test, busy), 17U);
}

TEST(SequentialTest, EndsAtAHardLimitOfTheWallClock) {
  EXPECT_EQ(HardLimitSeconds(1), 60);
  EXPECT_EQ(HardLimitSeconds(10), 100);
  SequentialTest test({.budget_seconds = 1});
  const auto starved = [](size_t) {
    return Planted{.slow_slice = 10, .seconds = 20, .waited_seconds = 20};
  };
  EXPECT_EQ(SamplesUntilOver(test, starved), 4U);
  EXPECT_FALSE(test.Decided());
}

TEST(SequentialTest, DoesNotChargeTheFirstSampleForMakingData) {
  SequentialTest test({.budget_seconds = 1});
  test.Add(Sampled({.seconds = 3000}));
  EXPECT_FALSE(test.Over());
  EXPECT_NEAR(test.seconds(), 3000, 1e-9);
}

TEST(SequentialTest, GivesHalfOfTheTimeToLongArmsWhereTheTypicalTimeStaysOpen) {
  SequentialTest test({.budget_seconds = 100});
  size_t longs = 0;
  for (int i = 0; i < 41; ++i) {
    if (test.LongDue()) ++longs;
    test.Add(Sampled({.new_ns = i % 2 == 0 ? 102. : 100,
                      .long_arm = test.LongDue(),
                      .seconds = test.LongDue() ? 5. : 2.5}));
  }
  EXPECT_GE(longs, 8U);
  EXPECT_LE(longs, 14U);
}

TEST(SequentialTest, AsksOnlyForTheTypicalTimeWhereItIsToldTo) {
  const TestTerms terms{.typical_only = true};
  EXPECT_TRUE(After(8, {.slow_slice = 10}, terms).Decided());
  EXPECT_FALSE(After(40, {.slow_slice = 10}, terms).Worse());
  EXPECT_FALSE(After(8, {}, terms).LongDue());
}

TEST(SequentialTest, SaysWhatWasSeen) {
  // 1,000 + 16,000 operations a sample, and 160,000 more with a long arm.
  SequentialTest test = After(10, {});
  EXPECT_THAT(test.Answer().seen,
              HasSubstr("first 17,000 operations of a process, 170,000 sampled"));
  EXPECT_THAT(test.Answer().seen, HasSubstr("rarer than one in 57,000 may have been missed"));
  test.Add(Sampled({.long_arm = true}));
  EXPECT_THAT(test.Answer().seen,
              HasSubstr("first 180,000 operations of a process, 350,000 sampled"));
}

// Two sides that are alike: noise, and now and then a slow block, of either side by a fair coin.
PairSample Alike(std::mt19937_64& random, bool long_arm) {
  std::normal_distribution<double> noise(0, 0.01);
  std::bernoulli_distribution rare(0.1), coin(0.5);
  PairSample sample;
  sample.typical_log_ratio = noise(random);
  const auto side = [&] {
    Total total;
    total.Add(100 * std::exp(noise(random)) * (rare(random) ? 1.5 : 1), 16'000);
    return total;
  };
  sample.base.counted = side();
  sample.candidate.counted = side();
  sample.base.life = sample.base.counted;
  sample.candidate.life = sample.candidate.counted;
  for (int i = 0; long_arm && i < 5; ++i) {
    SlicePair block{100 * std::exp(noise(random)), 100 * std::exp(noise(random)), true, 1e5, 1e5};
    if (rare(random)) (coin(random) ? block.base_ns : block.new_ns) *= 2;
    sample.base.life.Add(block.base_ns, block.base_operations);
    sample.candidate.life.Add(block.new_ns, block.new_operations);
    sample.blocks.push_back(block);
  }
  return sample;
}

// At the level of 1 %, 3 of 300 may.
TEST(SequentialTest, SeldomCallsWhatIsAlikeWorse) {
  std::mt19937_64 random(20260);
  int worse = 0, tails = 0, same = 0;
  for (int i = 0; i < 300; ++i) {
    SequentialTest test({.margin = 0.001, .most_restarts = 40});
    while (!test.Over()) test.Add(Alike(random, test.samples().size() % 2 == 1));
    const compare::PairedAnswer answer = test.Answer();
    if (answer.worse) ++worse;
    if (answer.tail) ++tails;
    if (answer.not_worse) ++same;
  }
  EXPECT_LE(worse, 6);
  EXPECT_LE(tails, 3);
  EXPECT_LE(same, 30) << "so narrow a margin is seldom proved";
}

// A sample whose slices are sure of its typical time to within a share of it.
PairSample SureOf(double change, double half_width = 0.001) {
  PairSample sample = Sampled({.new_ns = 100 * (1 + change)});
  sample.interval = {sample.typical_log_ratio - half_width, sample.typical_log_ratio + half_width};
  return sample;
}

compare::PairedAnswer EveryNthIs(size_t nth, double change, double half_width = 0.001) {
  SequentialTest test({});
  for (size_t i = 0; i < 12; ++i) test.Add(SureOf(i % nth == 0 ? change : 0, half_width));
  return test.Answer();
}

TEST(SequentialTest, SuspectsTheLayoutWhenSamplesAreSureOfOppositeThings) {
  EXPECT_TRUE(EveryNthIs(3, 0.07).layout_worse);
  EXPECT_FALSE(EveryNthIs(3, 0.07).layout_better);
  EXPECT_TRUE(EveryNthIs(3, -0.07).layout_better);
  EXPECT_FALSE(EveryNthIs(3, -0.07).layout_worse);
}

TEST(SequentialTest, SuspectsTheLayoutWhereSamplesAreLessSureThanTheMarginIsNarrow) {
  EXPECT_TRUE(EveryNthIs(3, 0.07, 0.015).layout_worse);
  EXPECT_TRUE(EveryNthIs(2, 1, 0.3).layout_worse);
}

TEST(SequentialTest, SuspectsNoLayoutWhenSamplesAreUnsure) {
  EXPECT_FALSE(EveryNthIs(3, 0.07, 0.1).layout_worse);
}

TEST(SequentialTest, SuspectsNoLayoutBehindASteadyChange) {
  EXPECT_FALSE(EveryNthIs(1, 0.07).layout_worse);
  EXPECT_FALSE(EveryNthIs(1, 0).layout_worse);
}

// Five blocks of a long arm; the third costs so much more on either side.
std::vector<SlicePair> Blocks(double more_of_base, double more_of_new) {
  std::vector<SlicePair> blocks(5, SlicePair{.base_ns = 100, .new_ns = 100});
  blocks[2].base_ns += more_of_base;
  blocks[2].new_ns += more_of_new;
  return blocks;
}

TEST(TailEvidence, GathersFromSamplesThatHaveASlowBlockAndFromNoOthers) {
  TailEvidence tail;
  for (int i = 1; i <= 22; ++i) {
    tail.Add(Blocks(0, i % 2 == 0 ? 50 : 0));
    EXPECT_EQ(tail.PWorse() <= 0.0015, i == 22) << i;  // the eleventh
  }
  EXPECT_EQ(tail.samples(), 11U);
  EXPECT_EQ(tail.worse_samples(), 11U);
  EXPECT_NEAR(tail.Contribution(), 11 * 50.0 / (22 * 5 * 100), 1e-12);
}

TEST(TailEvidence, HasNoneWhereEitherSideHasThemByTurns) {
  TailEvidence tail;
  for (int i = 0; i < 200; ++i) tail.Add(i % 2 == 0 ? Blocks(0, 50) : Blocks(50, 0));
  EXPECT_GT(tail.PWorse(), 0.1);
  EXPECT_EQ(tail.samples(), 200U);
  EXPECT_NEAR(tail.Contribution(), 0, 1e-12);
}

TEST(TailEvidence, TakesNoSmallDifferenceForASlowBlock) {
  TailEvidence tail;
  for (int i = 0; i < 50; ++i) tail.Add(Blocks(0, 2.9));
  EXPECT_EQ(tail.samples(), 0U);
  EXPECT_EQ(tail.PWorse(), 1);
}

// What is usual among all blocks is not slow, though it is far beyond 3 %.
TEST(TailEvidence, MeasuresSlownessByWhatBlocksDifferUsually) {
  TailEvidence tail;
  for (int i = 0; i < 50; ++i) {
    std::vector<SlicePair> blocks;
    for (int b = 0; b < 5; ++b) blocks.push_back({.base_ns = 100, .new_ns = 112.0 + b});
    tail.Add(blocks);
  }
  EXPECT_EQ(tail.samples(), 0U);
}

TEST(TailEvidence, SaysNothingWithoutALongArm) {
  TailEvidence tail;
  tail.Add({});
  EXPECT_EQ(tail.PWorse(), 1);
  EXPECT_EQ(tail.Contribution(), 0);
}

}  // namespace
}  // namespace loadline::duet
