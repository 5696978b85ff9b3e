// Runs planted_bench as a child process, as anybody would, and reads the file it writes.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidjson/document.h>
#include <sys/wait.h>

#include <cstdlib>
#include <map>
#include <string>
#include <vector>

#include "loadline/platform/memory.h"
#include "loadline/stats/sample.h"
#include "support/sanitizer.h"
#include "support/temp_dir.h"
#include "tests/support/test_path.h"

namespace loadline::harness {
namespace {

using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

struct Outcome {
  int exit_code = -1;
  rapidjson::Document file;  // strict: non-finite numbers and broken strings are parse errors
  std::string json;
  std::string out;
  std::string err;

  // The iteration rows of the benchmark whose name is `name` or begins with it and "/".
  std::vector<const rapidjson::Value*> Rows(const std::string& name) const {
    std::vector<const rapidjson::Value*> rows;
    for (const auto& row : file["benchmarks"].GetArray()) {
      const std::string row_name = row["name"].GetString();
      if (std::string(row["run_type"].GetString()) != "iteration") continue;
      if (row_name == name || row_name.rfind(name + "/", 0) == 0) rows.push_back(&row);
    }
    return rows;
  }
  const rapidjson::Value& Row(const std::string& name) const {
    const auto rows = Rows(name);
    if (rows.size() != 1) {
      ADD_FAILURE() << rows.size() << " rows named " << name << " in " << json;
      static const rapidjson::Value none(rapidjson::kObjectType);
      return none;
    }
    return *rows[0];
  }
};

double Number(const rapidjson::Value& row, const char* counter) {
  if (!row.HasMember(counter) || !row[counter].IsNumber()) {
    ADD_FAILURE() << "no counter " << counter;
    return -1;
  }
  return row[counter].GetDouble();
}

Outcome RunProgram(const std::string& name, const std::string& arguments,
                   const std::string& environment = "") {
  const loadline::testing::TempDir dir;
  const std::string file = dir.Path("results-of-the-planted-benchmarks.json");
  const std::string command = environment + " '" + testing::TestPath(name) +
                              "' '--benchmark_out=" + file + "' " + arguments + " >'" +
                              dir.Path("out") + "' 2>'" + dir.Path("err") + "'";
  Outcome outcome;
  const int status = std::system(command.c_str());
  outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  outcome.json = dir.ReadFile("results-of-the-planted-benchmarks.json");
  outcome.out = dir.ReadFile("out");
  outcome.err = dir.ReadFile("err");
  outcome.file.Parse<rapidjson::kParseFullPrecisionFlag>(outcome.json.c_str());
  EXPECT_FALSE(outcome.file.HasParseError()) << outcome.json;
  return outcome;
}

Outcome RunBench(const std::string& arguments, const std::string& environment = "") {
  return RunProgram("planted_bench", arguments, environment);
}

Outcome RunFilter(const std::string& filter, const std::string& more = "") {
  return RunBench("--benchmark_min_time=0.01 '--benchmark_filter=" + filter + "' " + more);
}

TEST(BenchMain, CountsPlantedFailuresAtAnyNumberOfThreads) {
  const Outcome outcome = RunFilter("^FailsTenPercent/");
  for (const char* name : {"FailsTenPercent/iterations:1000/real_time/threads:1",
                           "FailsTenPercent/iterations:1000/real_time/threads:4"}) {
    const auto& row = outcome.Row(name);
    EXPECT_EQ(Number(row, "success_pct"), 90.0);
    EXPECT_EQ(Number(row, "ops_failed"), Number(row, "ops_total") / 10);
  }
  EXPECT_EQ(Number(outcome.Row("FailsTenPercent/iterations:1000/real_time/threads:4"), "ops_total"),
            4000);
}

TEST(BenchMain, CountsPlantedFailuresInBatches) {
  const auto outcome = RunFilter("^FailsTenPercentInBatches/");
  const auto& row = outcome.Row("FailsTenPercentInBatches");
  EXPECT_EQ(Number(row, "success_pct"), 90.0);
  EXPECT_EQ(Number(row, "ops_per_sample"), 64);
}

TEST(BenchMain, CountsTheOperationsOfAnOvershootingBatch) {
  const auto outcome = RunFilter("^OvershootingBatches/");
  EXPECT_EQ(Number(outcome.Row("OvershootingBatches"), "ops_total"), 1024);
}

TEST(BenchMain, FindsNothingWhereNothingIsPlanted) {
  const auto outcome = RunFilter("^Nothing/");
  const auto& row = outcome.Row("Nothing");
  EXPECT_EQ(Number(row, "success_pct"), 100.0);
  EXPECT_EQ(Number(row, "ops_failed"), 0);
  EXPECT_FALSE(row.HasMember("error_occurred"));
}

// What the harness says of the benchmark's sleeps, as a share of what the benchmark saw of them.
struct ShareOfSleeps {
  double latency = 0;
  double rate = 0;
};

// A thread preempted between the benchmark's clock and the harness's shows a longer run than
// the benchmark saw. The run that was least disturbed counts; how many it took is recorded.
ShareOfSleeps LeastDisturbed(const std::string& name, const char* planted_rate) {
  ShareOfSleeps best;
  int runs = 0;
  while (best.rate < 0.95 && runs < 10) {
    const auto outcome = RunFilter("^" + name + "$");
    const auto& row = outcome.Row(name);
    EXPECT_GE(Number(row, "lat_p50_ns"), 0.997 * Number(row, "slept_p50_ns")) << name;
    const double rate = Number(row, "ops_per_s") / Number(row, planted_rate);
    EXPECT_LE(rate, 1.001) << name;
    ++runs;
    if (rate > best.rate) best = {Number(row, "lat_p50_ns") / Number(row, "slept_p50_ns"), rate};
  }
  ::testing::Test::RecordProperty("runs of " + name, runs);
  return best;
}

TEST(BenchMain, ReadsSleepsAsLongAsTheyWereAtAnyNumberOfThreads) {
  for (const int threads : {1, 2, 4, 8}) {
    const ShareOfSleeps share = LeastDisturbed(
        "Sleep10ms/iterations:20/real_time/threads:" + std::to_string(threads), "sleeps_per_s");
    EXPECT_NEAR(share.latency, 1, 0.02) << threads;
    EXPECT_NEAR(share.rate, 1, 0.05) << threads;
  }
}

TEST(BenchMain, LeavesUntimedWorkOutOfLatencyAndRate) {
  const ShareOfSleeps share =
      LeastDisturbed("UntimedWork/iterations:20/real_time", "sleeps_per_slept_s");
  EXPECT_NEAR(share.latency, 1, 0.1);
  EXPECT_NEAR(share.rate, 1, 0.1);  // about 0.1 if the 9 ms counted
}

// The figure is a difference of two benchmarks of one process, in either order.
TEST(BenchMain, FindsSixteenMebibytesWhateverRanBefore) {
  if (::loadline::testing::kHasShadowMemory) GTEST_SKIP() << "memory figures include the sanitizer";
  constexpr double kHeld = 16 << 20;
  // mimalloc would keep the pages for half a second, in which the next benchmark has long run.
  for (const char* delay :
       {"MIMALLOC_DECOMMIT_DELAY", "MIMALLOC_SEGMENT_DECOMMIT_DELAY", "MIMALLOC_PURGE_DELAY"}) {
    ::setenv(delay, "0", 1);
  }
  // Linux counts resident pages in batches of 32 a CPU and reads the sum without them: on two CPUs
  // a peak may read up to 256 KiB low, and so may what it is held against.
  constexpr double kUncounted = 256 << 10;
  std::vector<double> differences;
  for (int i = 0; i < 9; ++i) {
    const auto together = RunFilter("^Holds");
    differences.push_back(Number(together.Row("Holds16MiB"), "rss_peak_bytes") -
                          Number(together.Row("HoldsNothing"), "rss_peak_bytes"));
    EXPECT_EQ(Number(together.Row("Holds16MiB"), "rss_isolated"), 1);
    EXPECT_EQ(Number(together.Row("HoldsNothing"), "rss_isolated"), 0);
  }
  EXPECT_NEAR(stats::Median(differences), kHeld, kHeld * 0.015);

  std::vector<double> held, empty;
  for (int i = 0; i < 9; ++i) {
    held.push_back(Number(RunFilter("^Holds16MiB/").Row("Holds16MiB"), "rss_peak_bytes"));
    empty.push_back(Number(RunFilter("^HoldsNothing/").Row("HoldsNothing"), "rss_peak_bytes"));
  }
  EXPECT_NEAR(stats::Median(held) - stats::Median(empty), kHeld, kUncounted);
}

TEST(BenchMain, FindsNoMemoryWhereNoneIsHeld) {
  if (::loadline::testing::kHasShadowMemory) GTEST_SKIP() << "memory figures include the sanitizer";
  const auto one = RunFilter("^HoldsNothing/");
  const auto other = RunFilter("^HoldsNothing/");
  EXPECT_NEAR(Number(one.Row("HoldsNothing"), "rss_peak_bytes"),
              Number(other.Row("HoldsNothing"), "rss_peak_bytes"), 256 << 10);
}

TEST(BenchMain, LeavesOutWhatWasGivenBackBeforeTheFirstBenchmark) {
  if (::loadline::testing::kHasShadowMemory) GTEST_SKIP() << "memory figures include the sanitizer";
  if (!platform::ResetPeakMemory().ok()) GTEST_SKIP() << "a peak cannot be started anew here";
  const auto outcome = RunBench("--benchmark_filter=^HoldsNothing/", "PLANTED_EARLY_MEMORY=1");
  EXPECT_LT(Number(outcome.Row("HoldsNothing"), "rss_peak_bytes"), 20 << 20);
}

TEST(BenchMain, WritesNumbersOfTheCLocaleWhateverTheProgramSets) {
  const auto outcome = RunFilter("Locale", "--benchmark_format=json");
  const auto& row = outcome.Row("SetsALocale/iterations:12345");
  EXPECT_EQ(Number(row, "iterations"), 12345);
  EXPECT_EQ(Number(row, "quarter"), 1234567.25);
  rapidjson::Document printed;
  printed.Parse(outcome.out.c_str());
  EXPECT_FALSE(printed.HasParseError()) << outcome.out;
}

TEST(BenchMain, LeavesTheProgramTheLocaleThatItSet) {
  const auto outcome = RunFilter("Locale");
  EXPECT_EQ(Number(outcome.Row("FindsTheLocaleSet/iterations:10"), "comma"), 1);
}

TEST(BenchMain, MakesAWrongAnswerAnErrorRowAndStopsAllThreads) {
  const auto outcome = RunFilter("^WrongAnswer");
  ASSERT_EQ(outcome.Rows("WrongAnswer").size(), 2u);
  for (const auto* row : outcome.Rows("WrongAnswer")) {
    EXPECT_TRUE((*row)["error_occurred"].GetBool());
    EXPECT_STREQ((*row)["error_message"].GetString(), "found 41, want 42 ?");
  }
  EXPECT_STREQ(outcome.Row("WrongAnswerThenReturn")["error_message"].GetString(), "wrong");
}

TEST(BenchMain, KeepsEveryRepetitionRight) {
  const auto outcome = RunFilter("^FailsTenPercent/.*threads:4", "--benchmark_repetitions=3");
  const auto rows = outcome.Rows("FailsTenPercent");
  ASSERT_EQ(rows.size(), 3u);
  for (const auto* row : rows) {
    EXPECT_EQ(Number(*row, "success_pct"), 90.0);
    EXPECT_EQ(Number(*row, "ops_total"), 4000);
    EXPECT_EQ(Number(*row, "rss_peak_bytes"), Number(*rows[0], "rss_peak_bytes"));
  }
}

TEST(BenchMain, MendsCountersThatWouldBreakTheFile) {
  const auto outcome = RunFilter("^BadCounters/");
  const auto& row = outcome.Row("BadCounters");
  EXPECT_FALSE(row.HasMember("not_a_number"));
  EXPECT_FALSE(row.HasMember("without_end"));
  EXPECT_EQ(row["threads"].GetInt(), 4);
  EXPECT_EQ(Number(row, "counter_threads"), 99);
  EXPECT_EQ(Number(row, "gauge"), 7);  // not 28: thread 0 alone sets it
  EXPECT_THAT(outcome.err, HasSubstr("\"without_end\" is inf"));
}

TEST(BenchMain, BuildsAFixtureOnceForAllCallsAndThreads) {
  const auto outcome = RunFilter("^UsesFixture/");
  EXPECT_EQ(Number(outcome.Row("UsesFixture/1"), "fixtures_built"), 1);
  EXPECT_EQ(Number(outcome.Row("UsesFixture/2"), "fixtures_built"), 2);
}

TEST(BenchMain, MakesAFixtureThatCannotBeBuiltAnErrorRow) {
  const auto outcome = RunFilter("^FixtureFails/");
  EXPECT_THAT(outcome.Row("FixtureFails")["error_message"].GetString(),
              HasSubstr("\"broken\" failed: NOT_FOUND: no such data set"));
}

TEST(BenchMain, MeasuresMemoryOfABenchmarkThatKnowsNothingOfIt) {
  const auto outcome = RunFilter("^PlainLoop$");
  EXPECT_GT(Number(outcome.Row("PlainLoop"), "rss_peak_bytes"), 500e3);
  EXPECT_EQ(Number(outcome.Row("PlainLoop"), "oversubscribed"), 0);
}

TEST(BenchMain, MarksRowsWithMoreThreadsThanCpus) {
  const auto outcome = RunBench("'--benchmark_filter=^Sleep10ms.*threads:(1|8)$'", "taskset -c 0");
  EXPECT_EQ(Number(outcome.Row("Sleep10ms/iterations:20/real_time/threads:1"), "oversubscribed"),
            0);
  EXPECT_EQ(Number(outcome.Row("Sleep10ms/iterations:20/real_time/threads:8"), "oversubscribed"),
            1);
}

TEST(BenchMain, SaysWhereAFileComesFrom) {
  const auto outcome = RunBench("--benchmark_filter=^HoldsNothing/", "LOADLINE_PROFILE=tiny");
  const auto& context = outcome.file["context"];
  for (const char* key : {"commit",
                          "dirty",
                          "build_type",
                          "compiler",
                          "flags",
                          "allocator",
                          "allocator_version",
                          "gb_version",
                          "time_semantics",
                          "executable_hash",
                          "host.os",
                          "host.cpu_model",
                          "host.usable_cpus",
                          "host.page_bytes",
                          "host.clock_tick_ns",
                          "rss_source",
                          "load_before",
                          "host.thp",
                          "aslr",
                          "seed"}) {
    const std::string full = std::string("loadline.") + key;
    ASSERT_TRUE(context.HasMember(full.c_str())) << full;
    EXPECT_STRNE(context[full.c_str()].GetString(), "") << full;
  }
  EXPECT_STREQ(context["loadline.schema"].GetString(), "1");
  EXPECT_STREQ(context["loadline.profile"].GetString(), "tiny");
}

std::string ContextOf(const Outcome& outcome, const std::string& key) {
  const auto& context = outcome.file["context"];
  const std::string full = "loadline." + key;
  return context.HasMember(full.c_str()) ? context[full.c_str()].GetString() : "no such key";
}

TEST(BenchMain, SaysHowTheProgramWasBuiltAndNotTheLibrary) {
  const auto outcome = RunProgram("debugged_bench", "");
  EXPECT_EQ(ContextOf(outcome, "optimized"), "false");
  EXPECT_EQ(ContextOf(outcome, "assertions"), "true");
  EXPECT_EQ(ContextOf(outcome, "build_type"), testing::TestPath("build_type"));
  EXPECT_THAT(ContextOf(outcome, "flags"), EndsWith("-O0 -UNDEBUG"));
  EXPECT_THAT(outcome.err, HasSubstr("built without optimisation"));
}

TEST(BenchMain, LeavesOptionsThatOnlyWarnOutOfTheFlags) {
  for (const char* program : {"debugged_bench", "planted_bench"}) {
    EXPECT_THAT(ContextOf(RunProgram(program, "'--benchmark_filter=HoldsNothing|Tiny'"), "flags"),
                Not(HasSubstr("-W")));
  }
}

TEST(BenchMain, KnowsNoBuildOfAProgramThatWasNotAsked) {
  const auto outcome = RunProgram("bare_bench", "");
  for (const char* key : {"commit", "dirty", "build_type", "compiler", "flags", "optimized",
                          "assertions", "sanitizer"}) {
    EXPECT_EQ(ContextOf(outcome, key), "unknown") << key;
  }
  EXPECT_THAT(outcome.err, HasSubstr("how it was built is not known"));
}

TEST(BenchMain, RecordsTheInputThatTheProgramNames) {
  const char filter[] = "--benchmark_filter=^HoldsNothing/";
  EXPECT_EQ(ContextOf(RunBench(filter, "PLANTED_INPUT=corpus:9f2c"), "input"), "corpus:9f2c");
  EXPECT_EQ(ContextOf(RunBench(filter), "input"), "no such key");
  const auto lost = RunBench(filter, "PLANTED_INPUT=missing");
  EXPECT_EQ(lost.exit_code, 0);
  EXPECT_EQ(ContextOf(lost, "input"), "no such key");
  EXPECT_THAT(lost.err, HasSubstr("not known: no such corpus"));
}

TEST(BenchMain, RecordsTheSettingsOfItsEnvironmentAndWhatItWasAskedFor) {
  const auto set = RunBench("--benchmark_filter=^HoldsNothing/ --benchmark_repetitions=2",
                            "MALLOC_ARENA_MAX=1 LOADLINE_SYNC=off LOADLINE_SEED=3");
  EXPECT_THAT(ContextOf(set, "settings"),
              AllOf(HasSubstr("LOADLINE_SYNC=off MALLOC_ARENA_MAX=1"), Not(HasSubstr("SEED"))));
  EXPECT_EQ(ContextOf(set, "arguments"), "--benchmark_repetitions=2");
  EXPECT_EQ(ContextOf(RunBench("--benchmark_filter=^HoldsNothing/"), "arguments"), "none");
}

TEST(BenchMain, LetsTheProgramSetAContextKeyItself) {
  const auto outcome =
      RunBench("--benchmark_filter=^HoldsNothing/ --benchmark_context=loadline.seed=42");
  EXPECT_STREQ(outcome.file["context"]["loadline.seed"].GetString(), "42");
  EXPECT_THAT(outcome.err, Not(HasSubstr("Failed to add")));
}

TEST(BenchMain, KeepsItsContextKeysOffTheTerminal) {
  const auto outcome = RunFilter("^HoldsNothing/");
  EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr("loadline.host")));
}

TEST(BenchMain, RunsNothingButTheBaselineWhenAsked) {
  const auto outcome = RunBench("--benchmark_filter=Sleep", "LOADLINE_BASELINE=1");
  EXPECT_EQ(outcome.file["benchmarks"].Size(), 1u);
  EXPECT_GT(Number(outcome.Row("loadline/baseline"), "rss_peak_bytes"), 500e3);
}

TEST(BenchMain, WritesTheOtherFormatsToo) {
  const loadline::testing::TempDir dir;
  const std::string command = "'" + testing::TestPath("planted_bench") +
                              "' --benchmark_filter=^HoldsNothing/ --benchmark_format=csv"
                              " --benchmark_out_format=console '--benchmark_out=" +
                              dir.Path("file") + "' >'" + dir.Path("out") + "' 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_THAT(dir.ReadFile("out"), HasSubstr("\"rss_peak_bytes\""));
  EXPECT_THAT(dir.ReadFile("file"), HasSubstr("rss_peak_bytes="));
}

TEST(BenchMain, RefusesUnknownFlags) {
  const std::string command =
      "'" + testing::TestPath("planted_bench") + "' --no_such_flag >/dev/null 2>&1";
  const int status = std::system(command.c_str());
  EXPECT_EQ(WEXITSTATUS(status), 1);
}

}  // namespace
}  // namespace loadline::harness
