#include "tools/loadline/run/benchmark_list.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "support/status_matchers.h"
#include "tools/loadline/run/benchmark_name.h"

namespace loadline::run {
namespace {

using ::loadline::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// A program with Google Benchmark's manners that prints more than its list. Each start has a
// number.
struct Program {
  std::vector<std::string> benchmarks;
  std::function<std::string(int)> before = [](int) { return ""; };
  std::function<std::string(int)> after = [](int) { return ""; };
  int exit_code_of_none = 0;
  bool silent = false;  // says nothing on standard error
  int starts = 0;

  ChildOutcome List(const std::string& filter) {
    ChildOutcome outcome;
    const int start = ++starts;
    std::string list;
    for (const std::string& name : benchmarks) {
      if (filter == "." || filter == ExactFilter(name)) list += name + "\n";
    }
    outcome.out = before(start) + list + after(start);
    if (!list.empty()) return outcome;
    outcome.exit_code = exit_code_of_none;
    if (!silent) outcome.err_tail = "Failed to match any benchmarks against regex: " + filter;
    return outcome;
  }
  absl::StatusOr<std::vector<std::string>> Names() {
    const ChildOutcome list = List(".");
    return NamesIn(list, [this](const std::string& filter) { return List(filter); });
  }
};

std::function<std::string(int)> Always(const std::string& text) {
  return [text](int) { return text; };
}

TEST(NamesIn, AreTheLinesOfAProgramThatPrintsNothingElseInTwoStarts) {
  Program program{.benchmarks = {"B", "A", "B", "C/1"}};
  EXPECT_THAT(*program.Names(), ElementsAre("B", "A", "B", "C/1"));
  EXPECT_EQ(program.starts, 2);
}

TEST(NamesIn, LeavesOutWhatIsPrintedBeforeAndAfterTheList) {
  Program program{.benchmarks = {"A", "B"},
                  .before = Always("\033[1mdevice 0\033[0m\nready\n"),
                  .after = Always("released\n"),
                  .exit_code_of_none = 1};
  EXPECT_THAT(*program.Names(), ElementsAre("A", "B"));
}

TEST(NamesIn, KeepsABenchmarkOfTheSameNameAsABanner) {
  Program program{.benchmarks = {"Fast", "A"}, .before = Always("Fast\n")};
  EXPECT_THAT(*program.Names(), ElementsAre("Fast", "A"));
}

TEST(NamesIn, LeavesOutLinesThatChangeFromStartToStart) {
  for (const bool silent : {false, true}) {
    Program program{.benchmarks = {"A", "B"},
                    .before = [](int n) { return "pid " + std::to_string(n) + "\nready\n"; },
                    .after = [](int n) { return "took " + std::to_string(n) + " ms"; },
                    .silent = silent};
    EXPECT_THAT(*program.Names(), ElementsAre("A", "B")) << silent;
  }
}

// As a time in seconds does: the program's word counts, not that the line is there again.
TEST(NamesIn, LeavesOutALineThatChangesOnlyOnce) {
  Program program{.benchmarks = {"A"},
                  .before = [](int n) { return n == 2 ? "12:00:01\n" : "12:00:02\n"; }};
  EXPECT_THAT(*program.Names(), ElementsAre("A"));
}

TEST(NamesIn, CutsOffWhatStandsOnTheLineOfTheFirstName) {
  Program program{.benchmarks = {"A", "B"}, .before = Always("ready\nrunning: ")};
  EXPECT_THAT(*program.Names(), ElementsAre("A", "B"));
}

TEST(NamesIn, RefusesAnUnknownTextOnTheLineOfTheFirstName) {
  Program program{.benchmarks = {"A"}, .before = [](int n) { return std::to_string(n) + ": "; }};
  EXPECT_THAT(program.Names(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("2: ")));
}

TEST(NamesIn, AreNoneWhereTheProgramSaysThatNoneMatches) {
  Program program{.benchmarks = {}, .before = Always("device 0\n")};
  EXPECT_THAT(*program.Names(), IsEmpty());
}

TEST(NamesIn, AreAllLinesOfAProgramThatHeedsNoFilter) {
  const ChildOutcome list{.out = "A\nB\n"};
  EXPECT_THAT(*NamesIn(list, [&](const std::string&) { return list; }), ElementsAre("A", "B"));
}

}  // namespace
}  // namespace loadline::run
