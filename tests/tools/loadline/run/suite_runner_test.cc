// Runs a program with the habits of other people's programs.

#include "tools/loadline/run/suite_runner.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tests/support/variable.h"
#include "tests/tools/loadline/run/run_files.h"

namespace loadline::run {
namespace {

using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::loadline::testing::Variable;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

TEST(SuiteRunner, MeasuresNamesThatHoldCharactersOfPatterns) {
  const TempDir dir;
  ASSERT_OK(run::Run(Options(dir, testing::TestPath("odd_bench"), "Set|a.b"), nullptr));
  EXPECT_TRUE(RowNamed(ReadFile(dir), "Set<int[4]>{2}").measured());
  EXPECT_TRUE(RowNamed(ReadFile(dir), "a.b*c\\d").measured());
}

TEST(SuiteRunner, TakesNothingForABenchmarkThatAProgramPrintsBesideItsList) {
  const TempDir dir;
  const Variable prints("PRINTS", "1");
  const auto summary = run::Run(Options(dir, testing::TestPath("odd_bench"), "Plain|Set"), nullptr);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->errors, 0u);
  EXPECT_THAT(ReadFile(dir).rows, SizeIs(2));
}

TEST(SuiteRunner, MakesANameThatCannotBePrintedOneErrorRow) {
  const TempDir dir;
  const auto summary = run::Run(Options(dir, testing::TestPath("odd_bench"), "tab|Plain"), nullptr);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->errors, 1u);
  EXPECT_THAT(RowNamed(ReadFile(dir), "tab\\x09here").error_message,
              HasSubstr("cannot be printed"));
  EXPECT_TRUE(RowNamed(ReadFile(dir), "Plain").measured());
}

TEST(SuiteRunner, MakesTheLinesOfANameErrorRowsThatSaySo) {
  const TempDir dir;
  ASSERT_OK(run::Run(Options(dir, testing::TestPath("odd_bench"), "lines|Plain"), nullptr));
  EXPECT_THAT(RowNamed(ReadFile(dir), "two").error_message, HasSubstr("no such benchmark"));
  EXPECT_THAT(RowNamed(ReadFile(dir), "lines").error_message, HasSubstr("no such benchmark"));
  EXPECT_TRUE(RowNamed(ReadFile(dir), "Plain").measured());
}

TEST(SuiteRunner, SaysThatABenchmarkReportsAggregatesOnly) {
  const TempDir dir;
  ASSERT_OK(run::Run(Options(dir, testing::TestPath("odd_bench"), "Sums"), nullptr));
  EXPECT_THAT(ReadFile(dir).rows.front().error_message, HasSubstr("only means and medians"));
}

TEST(SuiteRunner, TakesTwoBenchmarksOfOneNameForNoRepetitionsOfOne) {
  const TempDir dir;
  const auto summary = run::Run(Options(dir, testing::TestPath("odd_bench"), "Twice"), nullptr);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->errors, 1u);
  EXPECT_THAT(ReadFile(dir).rows.front().error_message, HasSubstr("several benchmarks of this"));
}

TEST(SuiteRunner, GivesAProgramTheUsersArgumentsAtTheirPlaces) {
  const TempDir dir;
  const Variable wants_file("WANTS_FILE", "1");
  RunOptions options = Options(dir, testing::TestPath("odd_bench"), "Plain");
  EXPECT_THAT(run::Run(options, nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("usage: FILE")));
  options.suite_arguments = {dir.WriteFile("data", "x")};
  const auto summary = run::Run(options, nullptr);
  ASSERT_OK(summary);
  EXPECT_EQ(summary->errors, 0u);
}

TEST(SuiteRunner, SaysThatAProgramListsNothing) {
  const TempDir dir;
  const Variable lists_nothing("LISTS_NOTHING", "1");
  const absl::Status none =
      run::Run(Options(dir, testing::TestPath("odd_bench")), nullptr).status();
  EXPECT_THAT(none.message(), HasSubstr("lists no benchmark"));
  EXPECT_THAT(none.message(), Not(HasSubstr("filter")));
  EXPECT_THAT(none.message(), Not(HasSubstr("seems not")));
  EXPECT_THAT(run::Run(Options(dir, "/bin/true"), nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("lists no benchmark; it seems not to be")));
}

TEST(SuiteCommandLine, BeginsWithWhatTheUserGives) {
  EXPECT_THAT(SuiteCommandLine("p", {"data.txt", "--deep"}, {"--benchmark_out=f"}),
              ElementsAre("p", "data.txt", "--deep", "--benchmark_out=f"));
}

TEST(SuiteCommandLine, LeavesTheUserWhatTheUserHasSet) {
  EXPECT_THAT(SuiteCommandLine("p", {"--benchmark_min_time=2"},
                               {"--benchmark_min_time=0.1", "--benchmark_out=f"}),
              ElementsAre("p", "--benchmark_min_time=2", "--benchmark_out=f"));
}

TEST(CheckSuiteArguments, RefusesWhatMustBeOursAndNamesWhatToUse) {
  const auto refuses = [](const char* argument, const char* instead) {
    EXPECT_THAT(CheckSuiteArguments({"data.txt", argument}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(instead)))
        << argument;
  };
  refuses("--benchmark_filter=A", "--filter RE");
  refuses("-benchmark_filter=A", "--filter RE");
  refuses("--benchmark_out=f.json", "--out FILE");
  refuses("--benchmark_out", "--out FILE");
  refuses("--benchmark_out_format=console", "leave it out");
  refuses("--benchmark_format=csv", "leave it out");
  refuses("--benchmark_list_tests", "leave it out");
  refuses("--benchmark_report_aggregates_only=true", "leave it out");
}

TEST(CheckSuiteArguments, TakesEverythingElse) {
  EXPECT_OK(CheckSuiteArguments({"benchmark_out", "--benchmark_outer=1", "--benchmark_min_time=1",
                                 "--benchmark_repetitions=3", "-", "--", "--out=f"}));
}

}  // namespace
}  // namespace loadline::run
