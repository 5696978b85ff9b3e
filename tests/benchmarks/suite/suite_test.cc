// Every benchmark of the suite runs here at its smallest, so that none can rot unseen.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/results/result_reader.h"

namespace loadline {
namespace {

using results::ResultFile;
using results::Row;
using testing::IsOk;

// The rows whose names begin so, measured in one process. `settings`: of its environment.
ResultFile RunTiny(const testing::TempDir& dir, const std::string& prefix,
                   const std::string& settings = "") {
  const std::string out = dir.Path("result.json");
  const std::string command = absl::StrCat(
      "LOADLINE_PROFILE=tiny LOADLINE_WORKLOAD_DIR='", testing::TestPath("workload"), "' ",
      settings, " '", testing::TestPath("suite"), "' '--benchmark_filter=^", prefix,
      "' --benchmark_min_time=0.001 '--benchmark_out=", out, "' >'", dir.Path("log"), "' 2>&1");
  const int status = std::system(command.c_str());
  EXPECT_EQ(status, 0) << dir.ReadFile("log");
  auto file = results::ReadResultFile(out);
  EXPECT_THAT(file, IsOk());
  return file.ok() ? *std::move(file) : ResultFile();
}

class Suite : public ::testing::TestWithParam<const char*> {};

TEST_P(Suite, RunsEveryRowWithRightAnswersAndWithoutAFailedOperation) {
  const testing::TempDir dir;
  const ResultFile file = RunTiny(dir, absl::StrCat(GetParam(), "/"));
  ASSERT_FALSE(file.rows.empty());
  for (const Row& row : file.rows) {
    SCOPED_TRACE(row.name);
    EXPECT_FALSE(row.error_occurred) << row.error_message;
    if (row.error_occurred) continue;
    EXPECT_GT(row.Counter("ops_total").value_or(0), 0);
    EXPECT_EQ(row.Counter("success_pct").value_or(-1), 100);
    EXPECT_GT(row.Counter("rss_peak_bytes").value_or(0), 0);
  }
}

TEST(SuiteOfSearches, SaysHowGoodTheAnswersAre) {
  const testing::TempDir dir;
  const ResultFile file = RunTiny(dir, "VectorStore/Search_[WDB]");
  ASSERT_FALSE(file.rows.empty());
  for (const Row& row : file.rows) {
    SCOPED_TRACE(row.name);
    EXPECT_GE(row.Counter("recall_at_10").value_or(0), 0.95);
    EXPECT_LE(row.Counter("recall_at_10").value_or(2), 1.0);
  }
}

TEST(SuiteUnderLoad, IsUnderLoadInEveryRow) {
  const testing::TempDir dir;
  const ResultFile file = RunTiny(dir, "Health/.*_UnderLoad");
  ASSERT_FALSE(file.rows.empty());
  for (const Row& row : file.rows) {
    EXPECT_GT(row.Counter("load_ops").value_or(0), 0) << row.name;
  }
}

double PeakOfFirstRow(const ResultFile& file) {
  return file.rows.empty() ? 0 : file.rows.front().Counter("rss_peak_bytes").value_or(0);
}

// Making the data set takes several times the memory of this benchmark.
TEST(SuiteOnAnEmptyCache, MakesItsInputOutsideTheMeasuredProcess) {
  const testing::TempDir dir;
  const std::string fresh = absl::StrCat("LOADLINE_WORKLOAD_DIR='", dir.Path("workload"), "'");
  const std::string row = "Context/Append/.*threads:1$";
  const double making = PeakOfFirstRow(RunTiny(dir, row, fresh));
  const double made = PeakOfFirstRow(RunTiny(dir, row, fresh));
  ASSERT_GT(made, 0);
  EXPECT_LT(making, made + 4e6);
}

TEST(SuiteWithoutInput, SaysInTheRowWhatIsMissing) {
  const testing::TempDir dir;
  const ResultFile file =
      RunTiny(dir, "Context/Append/.*threads:1$",
              absl::StrCat("LOADLINE_WORKLOAD_DIR='", dir.Path("workload"), "' LOADLINE_CORPUS='",
                           dir.Path("no-such-folder"), "'"));
  ASSERT_FALSE(file.rows.empty());
  EXPECT_TRUE(file.rows.front().error_occurred);
  EXPECT_THAT(file.rows.front().error_message, ::testing::HasSubstr("no-such-folder"));
}

// Of a benchmark, too, that reads none of it: a run is of one input.
TEST(SuiteInput, IsTheContentOfTheCorpus) {
  const testing::TempDir dir;
  const std::string row = "Monitor/Record_On/.*threads:1$";
  const auto input = [](const ResultFile& file) { return file.ContextText("loadline.input"); };
  const std::string machine = input(RunTiny(dir, row));
  EXPECT_THAT(machine, ::testing::StartsWith("corpus:"));
  EXPECT_EQ(input(RunTiny(dir, row)), machine);
  const ResultFile without =
      RunTiny(dir, row, absl::StrCat("LOADLINE_CORPUS='", dir.Path("no-such-folder"), "'"));
  EXPECT_EQ(input(without), "");
  ASSERT_FALSE(without.rows.empty());
  EXPECT_FALSE(without.rows.front().error_occurred);
}

INSTANTIATE_TEST_SUITE_P(Component, Suite,
                         ::testing::Values("Registry", "Context", "VectorStore", "Workspace",
                                           "Health", "Memory", "Mix", "Monitor"),
                         [](const auto& component) { return std::string(component.param); });

}  // namespace
}  // namespace loadline
