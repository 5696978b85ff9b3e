#include "tools/loadline/duet/pair_sample.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace loadline::duet {
namespace {

std::vector<SlicePair> Pairs(size_t count, double base, double candidate) {
  std::vector<SlicePair> pairs;
  for (size_t i = 0; i < count; ++i) {
    const double wobble = 1 + 0.0001 * static_cast<double>(i % 5);
    pairs.push_back({base * wobble, candidate * wobble, i % 2 == 0, 1000, 1000});
  }
  return pairs;
}

PairSample SampleOf(std::vector<SlicePair> counted) {
  return Summarize({.counted = std::move(counted)});
}

TEST(Summarize, GivesTheLogarithmOfTheRatio) {
  const PairSample sample = SampleOf(Pairs(20, 100, 103));
  EXPECT_NEAR(sample.typical_log_ratio, std::log(1.03), 1e-9);
  EXPECT_NEAR(*sample.LogRatio(Estimand::kMean), std::log(1.03), 1e-9);
  EXPECT_NEAR(sample.base.TimeOf(Estimand::kTypical), 100, 0.1);
  EXPECT_NEAR(sample.candidate.TimeOf(Estimand::kTypical), 103, 0.1);
  EXPECT_EQ(sample.pairs, 20U);
}

TEST(Summarize, CancelsWhatGoingFirstIsWorth) {
  std::vector<SlicePair> pairs = Pairs(20, 100, 100);
  for (SlicePair& pair : pairs) (pair.base_first ? pair.base_ns : pair.new_ns) *= 0.98;
  EXPECT_NEAR(SampleOf(pairs).typical_log_ratio, 0, 1e-9);
}

TEST(Summarize, DropsPairsThatWereDisturbedOnEitherSideFromWhatIsTypical) {
  std::vector<SlicePair> pairs = Pairs(20, 100, 100);
  pairs[3].base_ns *= 3;
  pairs[10].new_ns *= 3;
  const PairSample sample = SampleOf(pairs);
  EXPECT_EQ(sample.pairs, 18U);
  EXPECT_NEAR(sample.typical_log_ratio, 0, 1e-9);
}

TEST(Summarize, NeverDropsMoreThanAQuarter) {
  std::vector<SlicePair> pairs = Pairs(20, 100, 100);
  for (size_t i = 0; i < 9; ++i) pairs[i].base_ns *= 2 + static_cast<double>(i);
  EXPECT_GE(SampleOf(pairs).pairs, 15U);
}

// One of sixteen slices takes ten times as long: 25/16 of the mean, and nothing of the median.
TEST(Summarize, DropsNothingFromTheMean) {
  std::vector<SlicePair> pairs(16, SlicePair{100, 100, true, 1000, 1000});
  pairs[5].new_ns = 1000;
  const PairSample sample = SampleOf(pairs);
  EXPECT_NEAR(sample.typical_log_ratio, 0, 1e-12);
  EXPECT_NEAR(*sample.LogRatio(Estimand::kMean), std::log(25.0 / 16), 1e-12);
}

TEST(Summarize, DividesAMeansTimeByItsOperations) {
  std::vector<SlicePair> pairs(16, SlicePair{100, 100, true, 1000, 10});
  pairs[5] = {100, 400, true, 1000, 150};  // half of all that the candidate ran
  EXPECT_NEAR(*SampleOf(pairs).LogRatio(Estimand::kMean), std::log(2.5), 1e-12);
}

TEST(Summarize, CountsAllThatWasRunInALifeThatHasALongArm) {
  SampledSlices slices{.warm_up = Pairs(1, 100, 400),
                       .counted = std::vector<SlicePair>(16, {100, 100, true, 1000, 1000}),
                       .blocks = std::vector<SlicePair>(5, {100, 200, true, 9000, 9000})};
  const PairSample sample = Summarize(std::move(slices));
  EXPECT_TRUE(sample.is_long());
  EXPECT_NEAR(*sample.LogRatio(Estimand::kMean), 0, 1e-12);
  EXPECT_EQ(sample.candidate.life.operations, 1000 + 16'000 + 45'000);
  EXPECT_NEAR(sample.candidate.TimeOf(Estimand::kLife), (400 + 16 * 100 + 45 * 200) / 62.0, 1e-9);
}

TEST(Summarize, KnowsNoLifeWithoutALongArm) {
  EXPECT_EQ(SampleOf(Pairs(16, 100, 100)).LogRatio(Estimand::kLife), std::nullopt);
  const PairSample pinned = Summarize({.counted = Pairs(5, 100, 200), .counted_are_long = true});
  EXPECT_NEAR(*pinned.LogRatio(Estimand::kLife), std::log(2), 1e-12);
  EXPECT_EQ(pinned.blocks.size(), 5U);
  EXPECT_EQ(pinned.base.life.operations, 5000);
}

TEST(Summarize, HasAnIntervalThatHoldsItsRatio) {
  const PairSample sample = SampleOf(Pairs(30, 100, 95));
  EXPECT_LE(sample.interval.low, sample.typical_log_ratio + 1e-12);
  EXPECT_GE(sample.interval.high, sample.typical_log_ratio - 1e-12);
}

}  // namespace
}  // namespace loadline::duet
