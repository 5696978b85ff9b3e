#include "tools/loadline/policy/metric.h"

#include <initializer_list>

#include "gtest/gtest.h"

namespace loadline::policy {
namespace {

TEST(TraitsOf, LetsTimesAndKnownRatesDecide) {
  for (const char* name : {"real_time_ns", "cpu_time_ns", "items_per_second", "ops_per_s"}) {
    EXPECT_TRUE(TraitsOf(name).gated) << name;
    EXPECT_TRUE(TraitsOf(name).noisy) << name;
  }
}

TEST(TraitsOf, KnowsThatRatesAreBetterHigherAndTimesLower) {
  EXPECT_EQ(TraitsOf("cpu_time_ns").direction, Direction::kLowerIsBetter);
  EXPECT_EQ(TraitsOf("bytes_per_second").direction, Direction::kHigherIsBetter);
}

TEST(TraitsOf, ComparesAllocationsExactly) {
  EXPECT_TRUE(TraitsOf("allocs_per_op").exact);
  EXPECT_FALSE(TraitsOf("cpu_time_ns").exact);
}

TEST(TraitsOf, HoldsMemoryToLessThanTimes) {
  EXPECT_LT(TraitsOf("rss_peak_bytes").margin, TraitsOf("cpu_time_ns").margin);
  EXPECT_FALSE(TraitsOf("rss_peak_bytes").noisy);
}

TEST(TraitsOf, OnlyReportsWhatAUnitSuggests) {
  for (const char* name : {"lat_p99_ns", "frames_per_second", "cache_bytes", "allocs_per_frame"}) {
    EXPECT_FALSE(TraitsOf(name).gated) << name;
  }
  EXPECT_EQ(TraitsOf("lat_p99_ns").direction, Direction::kLowerIsBetter);
  EXPECT_EQ(TraitsOf("frames_per_second").direction, Direction::kHigherIsBetter);
}

TEST(TraitsOf, GoesByTheExactNameBeforeTheUnit) {
  EXPECT_TRUE(TraitsOf("instructions_per_op").exact);  // not "*_per_op"
  EXPECT_FALSE(TraitsOf("branches_per_op").exact);
}

TEST(TraitsOf, JudgesNoParameterOfTheRun) {
  for (const char* name : {"ops_total", "ops_failed", "rss_baseline_bytes"}) {
    EXPECT_FALSE(TraitsOf(name).judged) << name;
  }
}

TEST(TraitsOf, TakesAYesOrNoForNoQuantity) {
  for (const char* name : {"quantized", "oversubscribed", "rss_isolated"}) {
    EXPECT_TRUE(TraitsOf(name).flag) << name;
    EXPECT_FALSE(TraitsOf(name).judged) << name;
  }
}

TEST(TraitsOf, SaysWhatAFigureIsOf) {
  const auto expect = [](MetricClass wanted, std::initializer_list<const char*> names) {
    for (const char* name : names) EXPECT_EQ(TraitsOf(name).metric_class, wanted) << name;
  };
  expect(MetricClass::kTime, {"real_time_ns", "cpu_time_ns", "items_per_second", "ops_per_s",
                              "lat_p99_ns", "quantized", "oversubscribed"});
  expect(MetricClass::kMemory, {"rss_peak_bytes", "max_bytes_used", "rss_net_bytes",
                                "rss_baseline_bytes", "arena_bytes", "rss_isolated"});
  expect(MetricClass::kCount, {"allocs_per_op", "alloc_bytes_per_op", "allocs_per_iter",
                               "instructions", "instructions_per_op", "ops_total"});
  expect(MetricClass::kQuality, {"success_pct", "recall_at_10"});
  expect(MetricClass::kTime, {"widgets", "branches_per_op"});  // of which too little is known
}

TEST(TraitsOf, AssumesNothingAboutAnUnknownName) {
  const MetricTraits traits = TraitsOf("widgets");
  EXPECT_EQ(traits.direction, Direction::kUnknown);
  EXPECT_FALSE(traits.gated);
  EXPECT_TRUE(traits.judged);
}

TEST(PrimaryTime, IsTheCpusUnlessTheNameSaysOtherwise) {
  EXPECT_EQ(PrimaryTime("Sort/1024"), "cpu_time_ns");
  EXPECT_EQ(PrimaryTime("Sort/1024/real_time"), "real_time_ns");
  EXPECT_EQ(PrimaryTime("Sort/manual_time/threads:4"), "real_time_ns");
}

TEST(PrimaryTime, TakesWholePartsOfTheNameOnly) {
  EXPECT_EQ(PrimaryTime("real_time_clock/8"), "cpu_time_ns");
  EXPECT_EQ(PrimaryTime("Clock/not_real_time"), "cpu_time_ns");
}

TEST(PrimaryTime, IsNotWhatTheProgramCallsItsBenchmark) {
  EXPECT_EQ(PrimaryTime("Clock/real_time/n:8"), "cpu_time_ns");
  EXPECT_EQ(PrimaryTime("Clock/manual_time/n:8/iterations:9"), "cpu_time_ns");
}

}  // namespace
}  // namespace loadline::policy
