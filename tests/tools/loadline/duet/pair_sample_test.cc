#include "tools/loadline/duet/pair_sample.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "loadline/base/status_macros.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tools/loadline/duet/bench_process.h"
#include "tools/loadline/run/benchmark_name.h"

namespace loadline::duet {
namespace {

std::vector<SlicePair> Pairs(size_t count, double base, double candidate) {
  std::vector<SlicePair> pairs;
  for (size_t i = 0; i < count; ++i) {
    const double wobble = 1 + 0.0001 * static_cast<double>(i % 5);
    pairs.push_back({base * wobble, candidate * wobble, i % 2 == 0});
  }
  return pairs;
}

TEST(Summarize, GivesTheLogarithmOfTheRatio) {
  const PairSample sample = Summarize(Pairs(20, 100, 103));
  EXPECT_NEAR(sample.log_ratio, std::log(1.03), 1e-9);
  EXPECT_NEAR(sample.base_ns, 100, 0.1);
  EXPECT_NEAR(sample.new_ns, 103, 0.1);
  EXPECT_EQ(sample.pairs, 20U);
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
  const PairSample sample = Summarize(pairs);
  EXPECT_EQ(sample.dropped, 2U);
  EXPECT_NEAR(sample.log_ratio, 0, 1e-9);
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
  const PairSample sample = Summarize(Pairs(30, 100, 95));
  EXPECT_LE(sample.interval.low, sample.log_ratio + 1e-12);
  EXPECT_GE(sample.interval.high, sample.log_ratio - 1e-12);
}

// A benchmark of breaking_bench against itself.
class SlicesInTurns : public ::testing::Test {
 protected:
  absl::StatusOr<std::vector<SlicePair>> Measure(const std::string& name,
                                                 const SliceOptions& options) {
    BenchProcessOptions side;
    side.program = testing::TestPath("bin") + "/breaking_bench_0";
    side.filter = run::ExactFilter(name);
    side.err_path = work_.path() + "/err";
    LOADLINE_ASSIGN_OR_RETURN(const auto base, BenchProcess::Start(side));
    LOADLINE_ASSIGN_OR_RETURN(const auto candidate, BenchProcess::Start(side));
    sets_iterations_ = base->sets_iterations();
    held_ = base->family() != turns::TurnMessage::kUnknownFamily;
    std::mt19937_64 random(1);
    return RunInTurns(*base, *candidate, options, plan_, random);
  }

  testing::TempDir work_;
  SlicePlan plan_;
  bool sets_iterations_ = false;
  bool held_ = false;
};

// One iteration that made something must not be what a slice is for good: so short, it is mostly
// clock.
TEST_F(SlicesInTurns, MakesSlicesLongThoughAFirstIterationIs) {
  const auto pairs = Measure("BM_LazyFirst", {});
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  if (!sets_iterations_) GTEST_SKIP() << "Google Benchmark chooses iterations here";
  EXPECT_GT(plan_.iterations, 1000U);
}

TEST_F(SlicesInTurns, SetsIterationsWhateverArgumentsAreCalled) {
  for (const char* name :
       {"BM_Named/threads:2", "BM_Named/threads:16", "BM_Named/iterations:1/repeats:5",
        "BM_Named/repeats:5/iterations:1", "BM_Named/min_time:2/real_time/threads:1",
        "BM_Named/real_time/iterations:3/manual_time:1"}) {
    SCOPED_TRACE(name);
    plan_ = {};
    const auto pairs = Measure(name, {});
    ASSERT_TRUE(pairs.ok()) << pairs.status();
    if (!held_) continue;
    EXPECT_TRUE(sets_iterations_);
    EXPECT_GT(plan_.iterations, 100U);
  }
}

TEST_F(SlicesInTurns, LeavesTheLengthToABenchmarkThatSaysIt) {
  for (const char* name :
       {"BM_Long/iterations:9/iterations:70", "BM_Long/min_time:0.002/repeats:2/real_time",
        "BM_Long/min_warmup_time:0.002"}) {
    SCOPED_TRACE(name);
    plan_ = {};
    const auto pairs = Measure(name, {});
    ASSERT_TRUE(pairs.ok()) << pairs.status();
    EXPECT_EQ(plan_.iterations, 0U);
  }
}

TEST_F(SlicesInTurns, MeasuresRepetitionsOfWhichOnlyMeansAreReported) {
  const auto pairs = Measure("BM_OnlyMeans/repeats:3", {});
  if (!held_) GTEST_SKIP() << "registrations cannot be held here";
  ASSERT_TRUE(pairs.ok()) << pairs.status();
}

TEST_F(SlicesInTurns, LeavesOutSlicesThatTookNoTime) {
  const auto pairs = Measure("BM_StillClock/8/manual_time", {.real_time = true});
  ASSERT_TRUE(pairs.ok()) << pairs.status();
  EXPECT_LT(pairs->size(), plan_.pairs);
  for (const SlicePair& pair : *pairs) EXPECT_GT(std::min(pair.base_ns, pair.new_ns), 0);
}

TEST_F(SlicesInTurns, SaysThatTheClockStandsStillWhereItMostlyDoes) {
  const auto pairs = Measure("BM_StillClock/0/manual_time", {.real_time = true});
  EXPECT_EQ(pairs.status().code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(absl::StrContains(pairs.status().message(), "took any time")) << pairs.status();
}

}  // namespace
}  // namespace loadline::duet
