// Which benchmarks are compared with each other, and what is said of them by name.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/loadline/compare/planted_comparison.h"
#include "tests/tools/loadline/results/planted_runs.h"
#include "tools/loadline/compare/compare.h"
#include "tools/loadline/report/compare_prose.h"

namespace loadline::compare {
namespace {

using results::IsolatedRun;
using results::PlantedRow;
using results::PlantedRows;

using results::ResultFile;
using results::Row;
using ::testing::HasSubstr;

// Ten processes of a benchmark that says how often it runs, and runs so often.
std::vector<Row> RunFor(int64_t iterations, double nanos, int phase) {
  std::vector<Row> rows =
      PlantedRows(absl::StrCat("BM_A/iterations:", iterations), nanos, 0.01, 10, phase);
  for (Row& row : rows) row.iterations = iterations;
  return rows;
}

TEST(CompareNames, MatchesABenchmarkThatIsRunForAnotherLengthAndSaysSo) {
  const CompareVerdict verdict = CompareRows(RunFor(10, 1000, 0), RunFor(500, 1000, 1));
  ASSERT_EQ(verdict.benchmarks.size(), 1u);
  EXPECT_EQ(verdict.benchmarks[0].name, "BM_A");
  EXPECT_TRUE(verdict.benchmarks[0].has(Label::kLengthChanged));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kPass);
  ASSERT_TRUE(verdict.geometric_mean.has_value());
  EXPECT_EQ(verdict.geometric_mean->benchmarks, 1u);
}

TEST(CompareNames, KeepsArgumentsApartThatAreCalledLikeALength) {
  for (const char* argument : {"iterations", "repeats", "min_time", "min_warmup_time"}) {
    std::vector<Row> base;
    std::vector<Row> candidate;
    for (const int value : {64, 65, 66}) {
      const std::string name = absl::StrCat("Fold/", argument, ":", value);
      base = base + PlantedRows(name, 100.0 * value, 0.01, 10, value);
      candidate =
          candidate + PlantedRows(name, (value == 66 ? 150.0 : 100.0) * value, 0.01, 10, value + 9);
    }
    const CompareVerdict verdict = CompareRows(base, candidate);
    EXPECT_EQ(verdict.benchmarks.size(), 3u) << argument;
    EXPECT_EQ(verdict.CountOf(Finding::kRegressed), 1u) << argument;
    EXPECT_EQ(verdict.CountOf(Finding::kSame), 2u) << argument;
  }
}

TEST(CompareNames, TakesNoArgumentForAnother) {
  const std::vector<Row> base = RunFor(10, 100, 0) + RunFor(20, 200, 1);
  const std::vector<Row> candidate = RunFor(10, 100, 2) + RunFor(40, 400, 3);
  EXPECT_EQ(CompareRows(base, candidate).CountOf(Finding::kMissing), 1u);
  // One of each, but the rows did not run as often as the argument says.
  const CompareVerdict one = CompareRows(PlantedRows("BM_A/iterations:20", 200, 0.01, 10, 0),
                                         PlantedRows("BM_A/iterations:40", 400, 0.01, 10, 1));
  EXPECT_EQ(one.CountOf(Finding::kMissing), 1u);
  EXPECT_EQ(one.CountOf(Finding::kNew), 1u);
}

TEST(CompareNames, SelectsABenchmarkByItsWholeNameAndWithoutItsLength) {
  for (const char* glob : {"BM_A", "BM_A/iterations:10", "BM_A/iter*"}) {
    CompareOptions options;
    options.benchmarks = {glob};
    const ResultFile base = IsolatedRun("base.json", RunFor(10, 100, 0), 10);
    const ResultFile candidate = IsolatedRun("new.json", RunFor(10, 100, 1), 10);
    EXPECT_EQ(Compare({}, options, {base}, {candidate}).benchmarks.size(), 1u) << glob;
  }
}

TEST(CompareNames, FindsWhatAPolicySaysOfABenchmarkUnderTheNameOfEitherSide) {
  const std::vector<Row> base = RunFor(10, 1000, 0);
  const std::vector<Row> slower = RunFor(500, 1200, 1);
  EXPECT_EQ(CompareRows(base, slower).exit_code, results::ExitCode::kBroken);
  for (const char* glob : {"BM_A", "BM_A/iterations:10", "BM_A/iterations:500"}) {
    const auto policy = [&](const char* says) {
      return PolicyOf(absl::StrCat("[[compare.override]]\nbenchmarks = \"", glob, "\"\n", says));
    };
    EXPECT_EQ(CompareRows(base, slower, policy("margin = \"50%\"")).exit_code,
              results::ExitCode::kPass)
        << glob;
    // What is open beside what is decided passes where the policy does not mind.
    const auto with_sure = [](std::vector<Row> rows, int phase) {
      return std::move(rows) + PlantedRows("BM_Sure", 1000, 0.01, 10, phase);
    };
    const CompareVerdict open =
        CompareRows(with_sure(RunFor(10, 1000, 0), 2), with_sure(RunFor(500, 1050, 1), 3),
                    policy("guard = \"1%\"\nnoisy = \"warn\""));
    EXPECT_EQ(Find(open, "BM_A")->changes[0].beyond, Beyond::kOpen);
    EXPECT_EQ(open.exit_code, results::ExitCode::kPass) << glob;
  }
}

TEST(CompareNames, UsesTheWiderOfTheSpreadsThatAreRecordedUnderTheSidesNames) {
  const auto one = [](int64_t iterations, double nanos) {
    Row row = PlantedRow(absl::StrCat("BM_A/iterations:", iterations), nanos);
    row.iterations = iterations;
    return std::vector<Row>{row};
  };
  const auto finding = [&](double of_base, double of_new) {
    Noise noise;
    noise.source = "noise.json";
    const auto set = [&](const char* name, double sigma) {
      if (sigma > 0) noise.benchmarks[name].sigma_log["cpu_time_ns"] = sigma;
    };
    set("BM_A/iterations:10", of_base);
    set("BM_A/iterations:500", of_new);
    CompareOptions options;
    options.noise = &noise;
    return CompareRows(one(10, 1000), one(500, 1200), {}, options, 1).benchmarks[0].finding;
  };
  EXPECT_EQ(finding(0.01, 0), Finding::kRegressed);
  EXPECT_EQ(finding(0, 0.01), Finding::kRegressed);
  EXPECT_EQ(finding(0.01, 0.2), Finding::kOpen);
  EXPECT_EQ(finding(0.2, 0.01), Finding::kOpen);
}

TEST(CompareNames, DoesNotCompareTwoBenchmarksOfOneName) {
  const auto twice = [](double first, int phase) {
    std::vector<Row> rows = PlantedRows("Twice", first, 0.01, 10, phase);
    std::vector<Row> others = PlantedRows("Twice", 900, 0.01, 10, phase + 3);
    for (Row& row : others) row.family_index = 1;
    for (Row& row : rows) row.family_index = 0;
    return rows + others;
  };
  const CompareVerdict verdict = CompareRows(twice(100, 0), twice(120, 1));
  EXPECT_EQ(verdict.exit_code, results::ExitCode::kIncomparable);
  ASSERT_EQ(verdict.benchmarks.size(), 1u);
  EXPECT_EQ(verdict.benchmarks[0].finding, Finding::kIncomparable);
  EXPECT_THAT(report::Explain(verdict, verdict.benchmarks[0]),
              HasSubstr("several benchmarks of this name"));
}

}  // namespace
}  // namespace loadline::compare
