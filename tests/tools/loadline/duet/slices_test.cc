#include "tools/loadline/duet/slices.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "loadline/base/status_macros.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tools/loadline/duet/bench_process.h"
#include "tools/loadline/run/benchmark_names.h"

namespace loadline::duet {
namespace {

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

// A benchmark of breaking_bench against itself.
class SlicesInTurns : public ::testing::Test {
 protected:
  absl::StatusOr<SampledSlices> Measure(const std::string& name, const SliceOptions& options) {
    BenchProcessOptions side;
    side.program = testing::TestPath("bin") + "/breaking_bench_0";
    side.filter = run::ExactFilter(name);
    side.file = work_.path() + "/err";
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
  const auto slices = Measure("BM_LazyFirst", {});
  ASSERT_TRUE(slices.ok()) << slices.status();
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
    const auto slices = Measure(name, {});
    ASSERT_TRUE(slices.ok()) << slices.status();
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
    const auto slices = Measure(name, {});
    ASSERT_TRUE(slices.ok()) << slices.status();
    EXPECT_EQ(plan_.iterations, 0U);
  }
}

TEST_F(SlicesInTurns, MeasuresRepetitionsOfWhichOnlyMeansAreReported) {
  const auto slices = Measure("BM_OnlyMeans/repeats:3", {});
  if (!held_) GTEST_SKIP() << "registrations cannot be held here";
  ASSERT_TRUE(slices.ok()) << slices.status();
}

TEST_F(SlicesInTurns, LeavesOutSlicesThatTookNoTime) {
  const auto slices = Measure("BM_StillClock/8/manual_time", {.real_time = true});
  ASSERT_TRUE(slices.ok()) << slices.status();
  EXPECT_LT(slices->counted.size(), plan_.pairs);
  for (const SlicePair& pair : slices->counted) EXPECT_GT(std::min(pair.base_ns, pair.new_ns), 0);
}

TEST_F(SlicesInTurns, SaysThatTheClockStandsStillWhereItMostlyDoes) {
  const auto slices = Measure("BM_StillClock/0/manual_time", {.real_time = true});
  EXPECT_EQ(slices.status().code(), absl::StatusCode::kAborted);
  EXPECT_TRUE(absl::StrContains(slices.status().message(), "took any time")) << slices.status();
}

TEST_F(SlicesInTurns, HasALongArmWhereOneIsWanted) {
  const auto without = Measure("BM_Fine", {});
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_TRUE(without->blocks.empty());
  const auto with = Measure("BM_Fine", {.long_arm = true, .long_seconds = 0.1});
  ASSERT_TRUE(with.ok()) << with.status();
  EXPECT_EQ(with->blocks.size(), 5U);
  if (!sets_iterations_) GTEST_SKIP() << "Google Benchmark chooses iterations here";
  for (const SlicePair& block : with->blocks) {
    EXPECT_EQ(block.base_operations, block.new_operations);
    EXPECT_GT(block.base_operations, with->counted.front().base_operations);
  }
}

TEST_F(SlicesInTurns, TakesSlicesThatAreLongTogetherForALongArm) {
  const auto slices = Measure("BM_Fine", {.long_arm = true, .long_seconds = 1e-9});
  ASSERT_TRUE(slices.ok()) << slices.status();
  EXPECT_TRUE(slices->counted_are_long);
  EXPECT_TRUE(slices->blocks.empty());
}

TEST_F(SlicesInTurns, OwnsUpToAsManyOperationsAsTheBaseWhereASpikeIsAdded) {
  const auto slices = Measure("BM_Fine", {.spike = 0.5});
  ASSERT_TRUE(slices.ok()) << slices.status();
  if (!sets_iterations_) GTEST_SKIP() << "Google Benchmark chooses iterations here";
  for (const SlicePair& pair : slices->counted) {
    EXPECT_NEAR(pair.new_operations, pair.base_operations, 1e-6 * pair.base_operations);
  }
}

}  // namespace
}  // namespace loadline::duet
