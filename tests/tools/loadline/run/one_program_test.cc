// Runs a program whose processes are not all of one program, or of one input.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "support/variable.h"
#include "tests/support/test_path.h"
#include "tests/tools/loadline/run/run_files.h"
#include "tools/loadline/run/run.h"

namespace loadline::run {
namespace {

using ::loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What three processes of a program say by itself under `key` in their contexts: one, one, two.
std::vector<std::string> ErrorsWhereTheThirdSaysOtherwise(const std::string& key) {
  const TempDir dir;
  const std::string suite = dir.WriteFile("suite.sh", R"sh(#!/bin/sh
here=$(dirname "$0")
for word in "$@"; do
  case $word in
    --benchmark_list_tests=true) echo Good; exit 0 ;;
    --benchmark_out=*) out=${word#*=} ;;
    --benchmark_filter=*baseline*) exit 0 ;;
  esac
done
echo again >>"$here/ran"
said=one
[ "$(wc -l <"$here/ran")" -gt 2 ] && said=two
printf '{"context":{"%s":"%s"},"benchmarks":[{"name":"Good","run_name":"Good","run_type":"iteration","iterations":1,"real_time":1,"cpu_time":1,"time_unit":"ns"}]}' ")sh" +
                                                          key +
                                                          R"sh(" "$said" >"$out"
)sh");
  ::chmod(suite.c_str(), 0700);
  RunOptions options = Options(dir, suite);
  options.repetitions = 3;
  EXPECT_OK(run::Run(options, nullptr));
  std::vector<std::string> errors;
  for (const results::Row& row : ReadFile(dir).rows) errors.push_back(row.error_message);
  return errors;
}

TEST(OneProgram, MixesNoTwoProgramsThatAScriptStarts) {
  EXPECT_THAT(ErrorsWhereTheThirdSaysOtherwise("loadline.executable_hash"),
              ElementsAre("", "", HasSubstr("of another program (two)")));
}

// Of a program that says nothing of itself.
TEST(OneProgram, IsRecordedWithItsArgumentsAndSettings) {
  const loadline::testing::Variable sync("LOADLINE_SYNC", "off");
  const TempDir dir;
  RunOptions options = Options(dir, testing::TestPath("foreign_bench"));
  options.suite_arguments = {"--benchmark_min_time=0.002"};
  EXPECT_OK(run::Run(options, nullptr));
  const results::ResultFile file = ReadFile(dir);
  EXPECT_EQ(file.ContextText("loadline.arguments"), "--benchmark_min_time=0.002");
  EXPECT_THAT(file.ContextText("loadline.settings"), HasSubstr("LOADLINE_SYNC=off"));
}

// The flags that the tool gives it are none of its arguments.
TEST(OneProgram, HasNoArgumentsWhereNoneAreGiven) {
  const TempDir dir;
  EXPECT_OK(run::Run(Options(dir, testing::TestPath("planted_bench"), "^HoldsNothing"), nullptr));
  const results::ResultFile file = ReadFile(dir);
  EXPECT_EQ(file.ContextText("loadline.arguments"), "none");
  EXPECT_NE(file.ContextText("loadline.settings"), "");
}

TEST(OneProgram, MixesNoTwoInputs) {
  EXPECT_THAT(ErrorsWhereTheThirdSaysOtherwise("loadline.input"),
              ElementsAre("", "", HasSubstr("measured another input (two) than the first")));
}

TEST(OneProgram, MindsNoOtherWordThatChanges) {
  EXPECT_THAT(ErrorsWhereTheThirdSaysOtherwise("date"), ElementsAre("", "", ""));
}

}  // namespace
}  // namespace loadline::run
