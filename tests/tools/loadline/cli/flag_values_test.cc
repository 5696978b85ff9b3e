#include "tools/loadline/cli/flag_values.h"

#include <cstdint>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/loadline/cli/main.h"

namespace loadline::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Empty: taken.
std::string Give(const FlagValue& value, const std::string& text) {
  return std::string(value.take(text).message());
}

TEST(Seconds, TakesWhatLiesInside) {
  double seconds = 0;
  for (const char* text : {"0.01", "1", "2.5", "1e3", "1000000"}) {
    EXPECT_THAT(Give(Seconds(&seconds, 0.01), text), IsEmpty()) << text;
    EXPECT_EQ(seconds, std::stod(text));
  }
}

TEST(Seconds, RefusesNaNAndInfinity) {
  double seconds = 7;
  for (const char* text : {"nan", "-nan", "inf", "-inf", "1e999"}) {
    EXPECT_THAT(Give(Seconds(&seconds, 0.01), text),
                HasSubstr("want seconds, from 0.01 to 1000000"));
  }
  EXPECT_EQ(seconds, 7);
}

TEST(Seconds, RefusesWhatLiesOutsideOrIsNoNumber) {
  double seconds = 7;
  for (const char* text : {"0", "0.009", "1000001", "-1", "", "1s", "1 2"}) {
    EXPECT_THAT(Give(Seconds(&seconds, 0.01), text), HasSubstr("want seconds")) << text;
  }
  EXPECT_EQ(seconds, 7);
}

TEST(WholeNumber, TakesEveryUnsignedNumberWhereAllAreMeant) {
  uint64_t number = 0;
  for (const char* text : {"0", "1", "18446744073709551615"}) {
    EXPECT_THAT(Give(WholeNumber("S", &number, 0, UINT64_MAX), text), IsEmpty()) << text;
  }
  EXPECT_EQ(number, UINT64_MAX);
}

TEST(WholeNumber, RefusesWhatWouldBecomeAnotherNumber) {
  uint64_t number = 7;
  for (const char* text : {"18446744073709551616", "99999999999999999999999", "-1", "1.5", "",
                           "0x10", "1'000", "1 2"}) {
    EXPECT_THAT(Give(WholeNumber("S", &number, 0, UINT64_MAX), text),
                HasSubstr("want a whole number from 0 to"))
        << text;
  }
  EXPECT_EQ(number, 7u);
}

TEST(WholeNumber, ReadsLeadingZerosAsDecimal) {
  int number = 0;
  EXPECT_THAT(Give(WholeNumber("N", &number, 1, 20), "010"), IsEmpty());
  EXPECT_EQ(number, 10);
}

TEST(WholeNumber, RefusesWhatLiesOutside) {
  int number = 7;
  for (const char* text : {"2", "21", "4294967300"}) {
    EXPECT_THAT(Give(WholeNumber("N", &number, 3, 20), text), HasSubstr("from 3 to 20")) << text;
  }
  EXPECT_EQ(number, 7);
}

TEST(Fraction, TakesPercentAndFraction) {
  std::optional<double> fraction;
  EXPECT_THAT(Give(Fraction("P", &fraction, 0.5), "12.5%"), IsEmpty());
  EXPECT_EQ(fraction, 0.125);
  EXPECT_THAT(Give(Fraction("P", &fraction, 0.5), "0.25"), IsEmpty());
  EXPECT_EQ(fraction, 0.25);
}

TEST(Fraction, RefusesWhatLiesOutsideOrIsNoNumber) {
  std::optional<double> fraction;
  for (const char* text : {"", "0", "0%", "-1%", "0.5", "50%", "1e400", "nan", "%", "5%%", "x"}) {
    EXPECT_THAT(Give(Fraction("P", &fraction, 0.5), text), HasSubstr("above 0 and below 0.5"))
        << text;
  }
  EXPECT_FALSE(fraction.has_value());
}

TEST(OneOf, TakesTheNamesAndShowsThem) {
  std::string fruit = "fig";
  const FlagValue value = OneOf({"fig", "plum"}, &fruit);
  EXPECT_EQ(value.shown, "fig|plum [fig]");
  EXPECT_THAT(Give(value, "plum"), IsEmpty());
  EXPECT_EQ(fruit, "plum");
  EXPECT_EQ(Give(value, "Plum"), "\"Plum\": want fig, plum");
  EXPECT_EQ(fruit, "plum");
}

TEST(Texts, AreAdded) {
  std::vector<std::string> words;
  const FlagValue value = Texts("FILE", &words);
  EXPECT_EQ(value.shown, "FILE ...");
  EXPECT_THAT(Give(value, "a"), IsEmpty());
  EXPECT_THAT(Give(value, ""), IsEmpty());
  EXPECT_THAT(words, ElementsAre("a", ""));
}

TEST(FlagValues, ShowTheDefaultThatStandsInTheTarget) {
  double seconds = 2.5;
  int number = 4;
  std::string none, here = ".";
  EXPECT_EQ(Seconds(&seconds, 1).shown, "SECONDS [2.5]");
  EXPECT_EQ(WholeNumber("N", &number, 1, 9).shown, "N [4]");
  EXPECT_EQ(Text("FILE", &none).shown, "FILE");
  EXPECT_EQ(Text("DIR", &here).shown, "DIR [.]");
}

TEST(FlagValues, AreNamedWithTheirFlag) {
  const std::vector<std::vector<const char*>> lines = {
      {"duet", "--base", "a", "--new", "b", "--budget", "nan"},
      {"selftest", "--suite", "a", "--budget", "nan"},
      {"run", "--suite", "a", "--out", "b", "--time-limit", "nan"},
      {"noise", "--suite", "a", "--out", "b", "--seed", "18446744073709551616"},
      {"run", "--suite", "a", "--out", "b", "--profile", "quick"},
      {"check", "a", "--policy", "b", "--max-bytes", "0x10"},
      {"duet", "--base", "a", "--new", "b", "--margin", "half"},
      {"selftest", "--suite", "a", "--spike", "-2%"}};
  for (const std::vector<const char*>& args : lines) {
    std::ostringstream out, err;
    EXPECT_EQ(Main(args, out, err), 2) << args[0];
    EXPECT_THAT(err.str(), HasSubstr(args[args.size() - 2])) << args[0];
    EXPECT_THAT(err.str(), HasSubstr(": want ")) << args[0];
  }
}

}  // namespace
}  // namespace loadline::cli
