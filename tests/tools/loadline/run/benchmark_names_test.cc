#include "tools/loadline/run/benchmark_names.h"

#include <regex.h>

#include <functional>
#include <regex>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace loadline::run {
namespace {

using ::loadline::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What a C library says: Google Benchmark can be built with either kind.
bool PosixFinds(const std::string& filter, const std::string& text) {
  regex_t compiled;
  EXPECT_EQ(::regcomp(&compiled, filter.c_str(), REG_EXTENDED | REG_NOSUB), 0) << filter;
  const bool found = ::regexec(&compiled, text.c_str(), 0, nullptr, 0) == 0;
  ::regfree(&compiled);
  return found;
}

bool StandardFinds(const std::string& filter, const std::string& text,
                   std::regex_constants::syntax_option_type grammar) {
  try {
    return std::regex_search(text, std::regex(filter, grammar));
  } catch (const std::regex_error& error) {
    ADD_FAILURE() << filter << ": " << error.what();
    return false;
  }
}

std::vector<std::string> OddNames() {
  std::vector<std::string> names = {
      "-Negated", "Map<int, char[4]>/8", "f(x){return}", "a\\b\\",          "Größe/µ",
      "^$",       "{3}[^]](|)*+?",       "say \"so\"",   "x{1,2}/threads:2"};
  for (int c = ' '; c < 0x7f; ++c) {
    names.push_back(std::string("a") + static_cast<char>(c) + "b");
    names.push_back(std::string(2, static_cast<char>(c)));
  }
  return names;
}

TEST(ExactFilter, IsTakenInEveryGrammarAndFindsItsNameAlone) {
  for (const std::string& name : OddNames()) {
    const std::string filter = ExactFilter(name);
    for (const std::string& text : {name, name + "x", "x" + name}) {
      const bool wanted = text == name;
      EXPECT_EQ(PosixFinds(filter, text), wanted) << filter << " in " << text;
      for (const auto grammar :
           {std::regex_constants::extended, std::regex_constants::ECMAScript}) {
        EXPECT_EQ(StandardFinds(filter, text, grammar), wanted) << filter << " in " << text;
      }
    }
  }
}

TEST(CheckName, RefusesOnlyWhatCannotBePrinted) {
  EXPECT_TRUE(CheckName("Größe[\"8\"]/x:1").ok());
  EXPECT_FALSE(CheckName("a\x01").ok());
  EXPECT_FALSE(CheckName("a\xff").ok());
}

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
