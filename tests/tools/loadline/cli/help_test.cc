#include "tools/loadline/cli/help.h"

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/main.h"

namespace loadline::cli {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::string HelpOf(const std::vector<const char*>& words) {
  std::ostringstream out, err;
  EXPECT_EQ(Main(words, out, err), 0) << err.str();
  return out.str();
}

TEST(Help, IsLaidOutInColumns) {
  std::vector<std::string> files, rest;
  std::string oven;
  int minutes = 30;
  const Usage usage = {
      "bake",
      "Bake what is given",
      {{"FILE", Texts("RECIPE", &files), "What is baked", kRequired},
       {"--oven", Text("NAME", &oven), "Where", kRequired},
       {"--minutes", WholeNumber("N", &minutes, 1, 90),
        "How long it stays there, which is counted from the moment when the oven says that it is "
        "as hot as the recipe wants it"},
       {"--a-flag-with-a-name-of-its-own", Text("VALUE", &oven), "Something rare"},
       {"ARGS", Texts("", &rest), "After --: for the oven"}},
      "Example:\n  loadline bake cake"};
  EXPECT_EQ(Help(usage), R"(Bake what is given
Usage: loadline bake FILE... --oven NAME [OPTIONS] [-- ARGS...]

Positionals:
  FILE RECIPE ...  What is baked
  ARGS ...         After --: for the oven

Options:
  -h, --help                      Print this help
  --oven NAME                     Where
  --minutes N [30]                How long it stays there, which is counted from the moment when the
                                  oven says that it is as hot as the recipe wants it
  --a-flag-with-a-name-of-its-own VALUE
                                  Something rare

Example:
  loadline bake cake
)");
}

TEST(Help, OfTheToolListsEveryCommandThatExplainsItself) {
  const std::string help = HelpOf({"--help"});
  const std::string commands = help.substr(help.find("\nCommands:\n") + 11);
  int count = 0;
  for (const absl::string_view line : absl::StrSplit(commands, '\n')) {
    if (line.empty()) break;
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    EXPECT_THAT(HelpOf({words[0].c_str(), "--help"}), HasSubstr(words.back())) << line;
    EXPECT_EQ(HelpOf({"--help", words[0].c_str()}), HelpOf({words[0].c_str(), "-h"}));
    ++count;
  }
  EXPECT_EQ(count, 7);
}

constexpr const char* kCommands[] = {"check", "run",      "compare", "noise",
                                     "duet",  "selftest", "branches"};

TEST(Help, OfEveryCommandHasAnExampleTheExitCodesAndNoMarkUpOfItsLibrary) {
  for (const char* command : kCommands) {
    const std::string help = HelpOf({command, "--help"});
    EXPECT_THAT(help, AllOf(HasSubstr("\nExample:\n"), HasSubstr("\nExit codes:\n"))) << command;
    EXPECT_THAT(help, Not(AnyOf(HasSubstr("{"), HasSubstr("!")))) << command;
  }
}

TEST(Help, FitsIntoAHundredColumns) {
  std::vector<std::string> helps = {HelpOf({"--help"})};
  for (const char* command : kCommands) helps.push_back(HelpOf({command, "--help"}));
  for (const std::string& help : helps) {
    for (const absl::string_view line : absl::StrSplit(help, '\n')) {
      EXPECT_LE(line.size(), 100u) << line;
      EXPECT_EQ(line, absl::StripTrailingAsciiWhitespace(line));
    }
  }
}

// A sentence that stops at such a word was cut off.
TEST(Help, OfEveryFlagIsWhole) {
  for (const char* command : kCommands) {
    const std::string help = HelpOf({command, "--help"});
    const std::string options = help.substr(help.find("\nOptions:\n") + 10);
    for (const absl::string_view flag :
         absl::StrSplit(options.substr(0, options.find("\n\n")), "\n  -")) {
      const std::vector<std::string> words =
          absl::StrSplit(flag, absl::ByAnyChar(" \n"), absl::SkipEmpty());
      EXPECT_THAT(words, SizeIs(::testing::Ge(2u))) << command << ": " << flag;
      for (const char* word :
           {"what", "which", "with", "the", "a", "and", "or", "of", "to", "than"}) {
        EXPECT_NE(words.back(), word) << command << ": " << flag;
      }
    }
  }
}

}  // namespace
}  // namespace loadline::cli
