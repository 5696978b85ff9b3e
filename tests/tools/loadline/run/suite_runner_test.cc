// Runs a program with the habits of other people's programs.

#include "tools/loadline/run/suite_runner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tests/tools/loadline/run/run_files.h"

namespace loadline::run {
namespace {

using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

// Sets a variable of the environment, which children see, for the time of a test.
class Variable {
 public:
  explicit Variable(const char* name) : name_(name) { ::setenv(name, "1", 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* const name_;
};

TEST(SuiteRunner, MeasuresNamesThatHoldCharactersOfPatterns) {
  const TempDir dir;
  ASSERT_OK(run::Run(Options(dir, testing::TestPath("odd_bench"), "Set|a.b"), nullptr));
  EXPECT_TRUE(RowNamed(ReadFile(dir), "Set<int[4]>{2}").measured());
  EXPECT_TRUE(RowNamed(ReadFile(dir), "a.b*c\\d").measured());
}

TEST(SuiteRunner, TakesNothingForABenchmarkThatAProgramPrintsBesideItsList) {
  const TempDir dir;
  const Variable prints("PRINTS");
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
  const Variable wants_file("WANTS_FILE");
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
  const Variable lists_nothing("LISTS_NOTHING");
  const absl::Status none =
      run::Run(Options(dir, testing::TestPath("odd_bench")), nullptr).status();
  EXPECT_THAT(none.message(), HasSubstr("lists no benchmark"));
  EXPECT_THAT(none.message(), Not(HasSubstr("filter")));
  EXPECT_THAT(none.message(), Not(HasSubstr("seems not")));
  EXPECT_THAT(run::Run(Options(dir, "/bin/true"), nullptr),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr("lists no benchmark; it seems not to be")));
}

}  // namespace
}  // namespace loadline::run
