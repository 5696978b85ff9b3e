#include "tools/loadline/noise/recording.h"

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/tools/loadline/noise/planted_spread.h"
#include "tools/loadline/compare/noise.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/results/result_writer.h"

namespace loadline::noise {
namespace {

using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

run::RunOptions Options(const TempDir& dir, const std::string& filter) {
  run::RunOptions options;
  options.suite = PlantedSpread(dir);
  options.filter = filter;
  options.repetitions = 10;
  options.out = dir.Path("noise.json");
  return options;
}

// A file of `loadline run` with one row a process.
results::ResultFile RunsOf(const std::vector<double>& nanos) {
  results::ResultFile file;
  file.context = {{"loadline.isolation", "one process a benchmark and repetition"},
                  {"loadline.repetitions", std::to_string(nanos.size())}};
  for (size_t i = 0; i < nanos.size(); ++i) {
    results::Row row;
    row.name = row.run_name = "A/iterations:9";
    row.iterations = 9;
    row.repetition_index = static_cast<int64_t>(i);
    row.repetitions = static_cast<int64_t>(nanos.size());
    row.real_time_ns = row.cpu_time_ns = nanos[i];
    file.rows.push_back(row);
  }
  return file;
}

TEST(Recording, FindsAPlantedSpreadAndThatThereIsNone) {
  const TempDir dir;
  const auto recording = Record(Options(dir, "Varies|Steady"), nullptr);
  ASSERT_OK(recording);
  EXPECT_THAT(recording->failures, IsEmpty());
  const auto noise = compare::ReadNoise(dir.Path("noise.json"));
  ASSERT_OK(noise);
  for (const char* const metric : {"cpu_time_ns", "real_time_ns"}) {
    EXPECT_NEAR(noise->SigmaLog("Varies", metric).value_or(-1), PlantedSigma(10), 1e-12);
    EXPECT_EQ(noise->SigmaLog("Steady", metric), 0);
  }
}

TEST(Recording, MixesTheProcessesOfTheBenchmarks) {
  const TempDir dir;
  ASSERT_OK(Record(Options(dir, "Varies|Steady"), nullptr));
  const std::string ran = dir.ReadFile("ran");
  EXPECT_GT(ran.rfind("Varies"), ran.find("Steady"));
  EXPECT_GT(ran.rfind("Steady"), ran.find("Varies"));
}

TEST(Recording, SaysOfHowManyProcessesASpreadIs) {
  const TempDir dir;
  ASSERT_OK(Record(Options(dir, "Varies"), nullptr));
  const auto file = results::ReadResultFile(dir.Path("noise.json"));
  ASSERT_OK(file);
  ASSERT_THAT(file->rows, SizeIs(11));
  EXPECT_EQ(file->rows.back().aggregate_name, "sigma_log");
  EXPECT_EQ(file->rows.back().repetitions, 10);
}

TEST(Recording, KeepsTheOthersWhenABenchmarkFails) {
  const TempDir dir;
  const auto recording = Record(Options(dir, "Steady|Breaks"), nullptr);
  ASSERT_OK(recording);
  EXPECT_THAT(recording->failures, ElementsAre(HasSubstr("broke as planned"),
                                               HasSubstr("\"Breaks\": measured in 0 processes")));
  EXPECT_OK(compare::ReadNoise(dir.Path("noise.json")));
}

TEST(Recording, WritesNothingWhereNothingIsKnown) {
  const TempDir dir;
  dir.WriteFile("noise.json", "what stood there");
  const auto recording = Record(Options(dir, "Breaks"), nullptr);
  ASSERT_OK(recording);
  EXPECT_THAT(recording->spreads, IsEmpty());
  EXPECT_EQ(dir.ReadFile("noise.json"), "what stood there");
}

TEST(Recording, RefusesAFilterThatNothingMatches) {
  const TempDir dir;
  EXPECT_THAT(Record(Options(dir, "^none$"), nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Recording, FindsOutBeforeTheWorkThatTheFileCannotBeWritten) {
  const TempDir dir;
  run::RunOptions options = Options(dir, "Steady");
  options.out = dir.Path("no/such/folder/noise.json");
  EXPECT_THAT(Record(options, nullptr), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THROW(dir.ReadFile("ran"), std::runtime_error);
}

TEST(Recording, HasTheDeviationOfTheLogarithms) {
  // ln 1, ln 2, ln 4: mean ln 2, deviation ln 2.
  const Recording recording = SpreadsOf(RunsOf({100, 200, 400}));
  ASSERT_THAT(recording.spreads, SizeIs(2));
  EXPECT_EQ(recording.spreads[0].benchmark, "A/iterations:9");
  EXPECT_EQ(recording.spreads[0].metric, "real_time_ns");
  EXPECT_EQ(recording.spreads[0].processes, 3);
  EXPECT_NEAR(recording.spreads[0].sigma_log, std::log(2), 1e-12);
}

TEST(Recording, HasNoSpreadOfTwoProcesses) {
  const Recording recording = SpreadsOf(RunsOf({100, 200}));
  EXPECT_THAT(recording.spreads, IsEmpty());
  EXPECT_THAT(recording.failures, ElementsAre(HasSubstr("measured in 2 processes")));
}

TEST(Recording, LeavesOutWhatHasNoLogarithm) {
  EXPECT_THAT(SpreadsOf(RunsOf({0, 1, 2})).spreads, IsEmpty());
  EXPECT_THAT(SpreadsOf(RunsOf({1, 2, std::numeric_limits<double>::infinity()})).spreads,
              IsEmpty());
}

TEST(Recording, LeavesOutAMetricThatSomeProcessesDoNotHave) {
  results::ResultFile runs = RunsOf({100, 200, 400});
  runs.rows[0].counters["x_ns"] = runs.rows[1].counters["x_ns"] = 5;
  EXPECT_THAT(SpreadsOf(runs).spreads, SizeIs(2));
  runs.rows[2].counters["x_ns"] = 5;
  EXPECT_THAT(SpreadsOf(runs).spreads, SizeIs(3));
}

TEST(Recording, LeavesOutWhatNoComparisonJudges) {
  results::ResultFile runs = RunsOf({100, 200, 400});
  for (results::Row& row : runs.rows) row.counters["ops_total"] = 7;
  EXPECT_THAT(SpreadsOf(runs).spreads, SizeIs(2));
}

TEST(Recording, BecomesAFileThatComparisonsRead) {
  const results::ResultFile runs = RunsOf({100, 200, 400});
  const auto noise =
      compare::ParseNoise("n.json", results::WriteResultFile(NoiseFile(runs, SpreadsOf(runs))));
  ASSERT_OK(noise);
  EXPECT_NEAR(noise->SigmaLog("A/iterations:9", "cpu_time_ns").value_or(-1), std::log(2), 1e-12);
}

}  // namespace
}  // namespace loadline::noise
