#include "tools/loadline/samples/side.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/loadline/results/planted_runs.h"

namespace loadline::samples {
namespace {

using results::IsolatedRun;
using results::PlantedRow;

using results::ResultFile;
using results::Row;
using ::testing::ElementsAre;

constexpr char kName[] = "BM_Sort/1024";

std::vector<double> ProcessesOf(const Side& side, absl::string_view metric) {
  const SideBenchmark* benchmark = side.Find(kName);
  if (benchmark == nullptr) return {};
  for (const Series& series : benchmark->series) {
    if (side.metrics()[series.metric] == metric) return series.processes;
  }
  return {};
}

std::vector<Row> Repetitions(const std::vector<double>& nanos) {
  std::vector<Row> rows;
  const auto count = static_cast<int64_t>(nanos.size());
  for (int64_t i = 0; i < count; ++i) {
    rows.push_back(PlantedRow(kName, nanos[static_cast<size_t>(i)], i, count));
  }
  return rows;
}

TEST(Side, TakesTheRepetitionsOfAFileForOneProcessAndTheirMedianForItsValue) {
  Side side;
  ResultFile file;
  file.rows = Repetitions({10, 30, 20});
  side.Add(file);
  EXPECT_THAT(ProcessesOf(side, "cpu_time_ns"), ElementsAre(20));
}

TEST(Side, TakesEachRepetitionOfAnIsolatedRunForAProcess) {
  Side side;
  side.Add(IsolatedRun("run.json", Repetitions({10, 30, 20}), 3));
  EXPECT_THAT(ProcessesOf(side, "cpu_time_ns"), ElementsAre(10, 30, 20));
}

// Two processes, in each of which the benchmark repeats itself three times.
TEST(Side, GroupsWhatABenchmarkRepeatsInsideItsProcess) {
  Side side;
  side.Add(IsolatedRun("run.json", Repetitions({10, 30, 20, 50, 60, 40}), 2));
  EXPECT_THAT(ProcessesOf(side, "cpu_time_ns"), ElementsAre(20, 50));
}

TEST(Side, TakesARepetitionThatAppearsAgainForAnotherProcess) {
  Side side;
  ResultFile file;
  file.rows = Repetitions({10, 12}) + Repetitions({20, 22});
  for (Row& row : file.rows) row.family_index = row.per_family_instance_index = 2;
  side.Add(file);
  EXPECT_THAT(ProcessesOf(side, "cpu_time_ns"), ElementsAre(11, 21));
}

// Whether the rows, in one file, may be of several benchmarks.
bool MayBeSeveral(std::vector<Row> rows, bool isolated = false) {
  Side side;
  ResultFile file;
  file.rows = std::move(rows);
  side.Add(isolated ? IsolatedRun("run.json", std::move(file.rows), 1) : std::move(file));
  return side.Find(kName)->several;
}

TEST(Side, KnowsTwoBenchmarksOfOneNameByTheirPlaceInTheProgramsList) {
  std::vector<Row> rows = Repetitions({10}) + Repetitions({90});
  for (Row& row : rows) row.family_index = row.per_family_instance_index = 0;
  EXPECT_FALSE(MayBeSeveral(rows));
  rows[1].family_index = 3;
  EXPECT_TRUE(MayBeSeveral(rows));
  EXPECT_TRUE(MayBeSeveral(rows, true));
  rows[0].family_index = 3;
  EXPECT_FALSE(MayBeSeveral(rows));
  rows[0].per_family_instance_index = 1;
  EXPECT_TRUE(MayBeSeveral(rows));
}

TEST(Side, CannotTellRowsThatSayTooLittleFromSeveralBenchmarks) {
  EXPECT_FALSE(MayBeSeveral(Repetitions({10, 90})));
  std::vector<Row> rows = Repetitions({10}) + Repetitions({90});
  EXPECT_TRUE(MayBeSeveral(rows));
  for (Row& row : rows) row.repetition_index = -1;
  EXPECT_TRUE(MayBeSeveral(rows));
  EXPECT_FALSE(MayBeSeveral(rows, true));
  rows.pop_back();
  EXPECT_FALSE(MayBeSeveral(rows));
}

TEST(Side, FindsByCanonicalNameOnlyWhatTheNameCannotHide) {
  const auto found = [](const std::vector<Row>& rows) {
    Side side;
    ResultFile file;
    file.rows = rows;
    side.Add(file);
    return side.FindByCanonicalName("Fold") != nullptr;
  };
  Row row = PlantedRow("Fold/iterations:1000", 10);
  EXPECT_TRUE(found({row}));
  EXPECT_FALSE(found({row, PlantedRow("Fold/iterations:2000", 10)}));
  EXPECT_FALSE(found({row, PlantedRow("Fold", 10)}));
  row.threads = 4;
  row.iterations = 4000;
  EXPECT_TRUE(found({row}));
  row.iterations = 999;  // the argument is the program's: it ran another number of times
  EXPECT_FALSE(found({row}));
  row = PlantedRow("Fold/repeats:3", 10, 0, 6);  // of two processes
  EXPECT_TRUE(found({row}));
  row.repetitions = 4;
  EXPECT_FALSE(found({row}));
}

TEST(Side, TakesEveryFileForAProcess) {
  Side side;
  for (const double nanos : {10.0, 20.0}) {
    ResultFile file;
    file.rows = Repetitions({nanos});
    side.Add(file);
  }
  EXPECT_THAT(ProcessesOf(side, "cpu_time_ns"), ElementsAre(10, 20));
}

TEST(Side, KnowsACopyOfAFileByItsFigures) {
  Side side;
  for (const double nanos : {10.0, 10.0, 11.0}) {
    ResultFile file;
    file.rows = Repetitions({nanos});
    side.Add(file);
  }
  EXPECT_EQ(side.files()[0].fingerprint, side.files()[1].fingerprint);
  EXPECT_NE(side.files()[0].fingerprint, side.files()[2].fingerprint);
}

}  // namespace
}  // namespace loadline::samples
