#include "tools/loadline/duet/restart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"
#include "tools/loadline/duet/player.h"
#include "tools/loadline/run/benchmark_name.h"

namespace loadline::duet {
namespace {

std::vector<SlicePair> Pairs(size_t count, double base, double fresh) {
  std::vector<SlicePair> pairs;
  for (size_t i = 0; i < count; ++i) {
    const double wobble = 1 + 0.0001 * static_cast<double>(i % 5);
    pairs.push_back({base * wobble, fresh * wobble, i % 2 == 0});
  }
  return pairs;
}

TEST(Summarize, GivesTheLogarithmOfTheRatio) {
  const Restart restart = Summarize(Pairs(20, 100, 103));
  EXPECT_NEAR(restart.log_ratio, std::log(1.03), 1e-9);
  EXPECT_NEAR(restart.base_ns, 100, 0.1);
  EXPECT_NEAR(restart.new_ns, 103, 0.1);
  EXPECT_EQ(restart.pairs, 20U);
}

TEST(Summarize, CancelsWhatGoingFirstIsWorth) {
  std::vector<SlicePair> pairs = Pairs(20, 100, 100);
  for (SlicePair& pair : pairs) (pair.base_first ? pair.base_ns : pair.new_ns) *= 0.98;
  EXPECT_NEAR(Summarize(pairs).log_ratio, 0, 1e-9);
}

TEST(Summarize, DropsPairsThatWereDisturbedOnEitherSide) {
  std::vector<SlicePair> pairs = Pairs(20, 100, 100);
  pairs[3].base_ns *= 3;
  pairs[10].new_ns *= 3;
  const Restart restart = Summarize(pairs);
  EXPECT_EQ(restart.dropped, 2U);
  EXPECT_NEAR(restart.log_ratio, 0, 1e-9);
}

TEST(Summarize, NeverDropsMoreThanAQuarter) {
  std::vector<SlicePair> pairs = Pairs(20, 100, 100);
  for (size_t i = 0; i < 9; ++i) pairs[i].base_ns *= 2 + static_cast<double>(i);
  EXPECT_GE(Summarize(pairs).pairs, 15U);
}

TEST(WithSpike, AddsTheShareAsExactlyAsWholeIterationsCan) {
  for (const double spike : {0.02, 0.03}) {
    for (uint64_t iterations = 50; iterations < 5000; iterations += 7) {
      const SpikedSlice slice = WithSpike(iterations, spike);
      const double share = static_cast<double>(slice.more) / static_cast<double>(slice.iterations);
      EXPECT_NEAR(share / spike, 1, 0.011) << iterations;
      EXPECT_LE(slice.iterations, iterations * 3 / 2);
      EXPECT_GE(slice.iterations, iterations * 1 / 2);
    }
  }
}

TEST(WithSpike, AddsNothingWhereNothingIsWanted) {
  EXPECT_EQ(WithSpike(34, 0).iterations, 34U);
  EXPECT_EQ(WithSpike(34, 0).more, 0U);
}

TEST(Summarize, HasAnIntervalThatHoldsItsRatio) {
  const Restart restart = Summarize(Pairs(30, 100, 95));
  EXPECT_LE(restart.interval.low, restart.log_ratio + 1e-12);
  EXPECT_GE(restart.interval.high, restart.log_ratio - 1e-12);
}

// One iteration that made something must not be what a slice is for good: so short, it is mostly
// clock.
TEST(PlayInTurns, MakesSlicesLongThoughAFirstIterationIs) {
  const testing::TempDir work;
  PlayerOptions side;
  side.program = LOADLINE_BIN_DIR "/breaking_bench_0";
  side.filter = run::FilterOfAnyIterations("BM_LazyFirst");
  side.err_path = work.path() + "/err";
  const auto base = Player::Start(side);
  const auto fresh = Player::Start(side);
  ASSERT_TRUE(base.ok() && fresh.ok()) << base.status() << fresh.status();
  if (!(*base)->sets_iterations()) GTEST_SKIP() << "Google Benchmark chooses iterations here";
  SlicePlan plan;
  std::mt19937_64 random(1);
  const auto pairs = PlayInTurns(**base, **fresh, {}, plan, random);
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_GT(plan.iterations, 1000U);
}

}  // namespace
}  // namespace loadline::duet
