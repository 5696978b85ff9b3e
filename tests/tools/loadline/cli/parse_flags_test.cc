#include "tools/loadline/cli/parse_flags.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/loadline/cli/flag_values.h"

namespace loadline::cli {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// A command with a flag of every kind.
class ParseFlagsTest : public ::testing::Test {
 protected:
  // "run", "help", or what is wrong.
  std::string Parse(const std::vector<std::string>& words) {
    const Usage usage = {"bake",
                         "",
                         {{"--oven", Text("NAME", &oven_), "", kRequired},
                          {"--minutes", WholeNumber("N", &minutes_, 1, 90), ""},
                          {"--fruit", Texts("GLOB", &fruit_), ""},
                          {"--spice", TextOrNone("NAME", &spice_), ""},
                          {"--tool-arg", TextEach("ARG", &tool_args_), ""},
                          {"--quick", Switch(&quick_), ""},
                          {"ARGS", Texts("", &rest_), ""}},
                         ""};
    const absl::StatusOr<Request> request = ParseFlags(usage, words);
    if (request.ok()) return *request == Request::kRun ? "run" : "help";
    EXPECT_EQ(request.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(request.status().message());
  }

  std::string oven_;
  std::string spice_ = "salt";
  int minutes_ = 30;
  std::vector<std::string> fruit_, tool_args_, rest_;
  bool quick_ = false;
};

TEST_F(ParseFlagsTest, HandsEachWordToItsFlag) {
  EXPECT_EQ(Parse({"--oven", "big", "--minutes=5", "--fruit", "fig", "plum", "--quick"}), "run");
  EXPECT_EQ(oven_, "big");
  EXPECT_EQ(minutes_, 5);
  EXPECT_THAT(fruit_, ElementsAre("fig", "plum"));
  EXPECT_TRUE(quick_);
}

TEST_F(ParseFlagsTest, LeavesDefaultsWhereNothingIsSaid) {
  EXPECT_EQ(Parse({"--oven", "big"}), "run");
  EXPECT_EQ(minutes_, 30);
  EXPECT_THAT(fruit_, IsEmpty());
  EXPECT_FALSE(quick_);
}

TEST_F(ParseFlagsTest, TakesAFlagAgainWhereItIsRepeatable) {
  EXPECT_EQ(
      Parse({"--oven=a", "--tool-arg", "-x", "--fruit", "fig", "--tool-arg=-y", "--fruit=pear"}),
      "run");
  EXPECT_THAT(tool_args_, ElementsAre("-x", "-y"));
  EXPECT_THAT(fruit_, ElementsAre("fig", "pear"));
}

TEST_F(ParseFlagsTest, TakesOneWordEachTimeWhereOneIsMeant) {
  EXPECT_EQ(Parse({"--oven=a", "--tool-arg", "-x", "spoon"}), "run");
  EXPECT_THAT(tool_args_, ElementsAre("-x"));
  EXPECT_THAT(rest_, ElementsAre("spoon"));
}

TEST_F(ParseFlagsTest, RefusesASingleValueTwice) {
  EXPECT_EQ(Parse({"--oven", "a", "--oven", "b"}), "--oven: is given 2 times; want one");
}

TEST_F(ParseFlagsTest, HandsOnBracketsAndBracesAsTheyAre) {
  const std::vector<std::string> words = {"[fp]ear/[12]", "[1,2]", "{}",
                                          "{a,b}",        "[[x]]", "--x=[1]"};
  std::vector<std::string> args = {"--oven=[big]", "--fruit"};
  args.insert(args.end(), words.begin(), words.end() - 1);
  args.insert(args.end(), {"--fruit=[ab]", "--tool-arg=[c,d]", "--tool-arg", "--x=[e]", "--"});
  args.insert(args.end(), words.begin(), words.end());
  EXPECT_EQ(Parse(args), "run");
  EXPECT_EQ(oven_, "[big]");
  EXPECT_THAT(fruit_, ElementsAre(words[0], words[1], words[2], words[3], words[4], "[ab]"));
  EXPECT_THAT(tool_args_, ElementsAre("[c,d]", "--x=[e]"));
  EXPECT_EQ(rest_, words);
}

TEST_F(ParseFlagsTest, HandsOnWhatStandsAfterTwoDashes) {
  EXPECT_EQ(Parse({"--oven", "a", "--fruit", "fig", "--", "--quick", "-h", "--nonsense=1"}), "run");
  EXPECT_THAT(rest_, ElementsAre("--quick", "-h", "--nonsense=1"));
  EXPECT_FALSE(quick_);
}

TEST_F(ParseFlagsTest, NamesTheFlagThatIsMissing) {
  EXPECT_THAT(Parse({"--quick"}), HasSubstr("--oven is required"));
  EXPECT_THAT(Parse({"--quick", "--", "x"}), HasSubstr("--oven is required"));
}

TEST_F(ParseFlagsTest, NamesTheFlagWhoseValueIsMissing) {
  EXPECT_THAT(Parse({"--oven"}), AllOf(HasSubstr("--oven"), HasSubstr("NAME")));
}

TEST_F(ParseFlagsTest, TakesNoWordForTheValueThatIsMissingBehindAnEqualsSign) {
  EXPECT_THAT(Parse({"--oven=", "big"}), AllOf(HasSubstr("--oven"), HasSubstr("NAME")));
  EXPECT_THAT(Parse({"--oven=", "--quick"}), AllOf(HasSubstr("--oven"), HasSubstr("NAME")));
  EXPECT_THAT(Parse({"--oven=a", "--minutes=", "5"}), HasSubstr("want a whole number"));
  EXPECT_FALSE(quick_);
}

TEST_F(ParseFlagsTest, TakesTheEmptyWordWhereItMeansSomething) {
  EXPECT_EQ(Parse({"--oven=a", "--spice=", "--tool-arg=", "--quick"}), "run");
  EXPECT_EQ(spice_, "");
  EXPECT_THAT(tool_args_, ElementsAre(""));
  EXPECT_TRUE(quick_);
  EXPECT_EQ(Parse({"--oven=a", "--tool-arg", "-x=", "--", "--y="}), "run");
  EXPECT_THAT(tool_args_, ElementsAre("", "-x="));
  EXPECT_THAT(rest_, ElementsAre("--y="));
}

TEST_F(ParseFlagsTest, RefusesAValueForASwitch) {
  for (const char* given : {"--quick=", "--quick=[no]", "--quick=no"}) {
    EXPECT_THAT(Parse({"--oven=a", given}), AllOf(HasSubstr("--quick"), Not(HasSubstr("\x01"))))
        << given;
  }
}

TEST_F(ParseFlagsTest, TakesTheEndOfTheFlagsForNoValue) {
  EXPECT_THAT(Parse({"--oven", "--", "--my_flag"}), AllOf(HasSubstr("--oven"), HasSubstr("NAME")));
  EXPECT_THAT(Parse({"--oven=a", "--minutes", "--", "x"}),
              AllOf(HasSubstr("--minutes"), HasSubstr("N"), Not(HasSubstr("end-of-flags"))));
  EXPECT_THAT(Parse({"--oven=a", "--fruit", "--", "x"}), HasSubstr("--fruit"));
}

TEST_F(ParseFlagsTest, HasNoFlagForTheEndOfTheFlagsButTwoDashes) {
  for (const char* word : {"--end-of-flags", "--end-of-flags=1"}) {
    EXPECT_EQ(Parse({"--oven", "a", word}), "\"--end-of-flags\" is not expected");
  }
  EXPECT_EQ(Parse({"--oven=a", "--tool-arg", "--end-of-flags", "--", "--end-of-flags"}), "run");
  EXPECT_THAT(tool_args_, ElementsAre("--end-of-flags"));
  EXPECT_THAT(rest_, ElementsAre("--end-of-flags"));
}

TEST_F(ParseFlagsTest, NamesTheFlagWhoseValueIsWrong) {
  EXPECT_EQ(Parse({"--oven", "a", "--minutes", "91"}),
            "--minutes: \"91\": want a whole number from 1 to 90");
}

TEST_F(ParseFlagsTest, SaysWhatAMisspeltFlagWasProbablyMeantToBe) {
  for (const char* misspelt : {"--minuets=3", "--minute", "-minutes"}) {
    EXPECT_THAT(Parse({"--oven", "a", misspelt}), HasSubstr("did you mean \"--minutes\"?"));
  }
}

TEST_F(ParseFlagsTest, NamesTheMisspeltFlagBeforeTheOneThatIsThereforeMissing) {
  EXPECT_EQ(Parse({"--ovn", "a"}), "\"--ovn\" is not expected; did you mean \"--oven\"?");
}

TEST_F(ParseFlagsTest, NamesTheFirstOfSeveralMisspeltFlags) {
  EXPECT_THAT(Parse({"--oven", "a", "--quikc", "--fruti"}),
              AllOf(HasSubstr("--quikc"), Not(HasSubstr("--fruti"))));
}

TEST_F(ParseFlagsTest, AsksForHelpWhateverElseIsWrong) {
  EXPECT_EQ(Parse({"-h"}), "help");
  EXPECT_EQ(Parse({"--help", "--minutes", "0"}), "help");
  EXPECT_EQ(Parse({"--nonsense", "--help"}), "help");
  EXPECT_EQ(Parse({"-h", "--oven"}), "help");
}

TEST_F(ParseFlagsTest, EscapesWhatItDoesNotExpect) {
  EXPECT_THAT(Parse({"--oven", "a", "--\x1b[31m"}), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace loadline::cli
