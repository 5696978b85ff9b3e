#include "tools/loadline/run/suite_arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/status_matchers.h"

namespace loadline::run {
namespace {

using ::loadline::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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
