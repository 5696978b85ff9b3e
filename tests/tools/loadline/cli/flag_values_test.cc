#include "tools/loadline/cli/flag_values.h"

#include <sstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/loadline/cli/main.h"

namespace loadline::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Empty: taken.
std::string Check(const CLI::Validator& validator, std::string text) { return validator(text); }

TEST(SecondsFrom, TakesWhatLiesInside) {
  for (const char* text : {"0.01", "1", "2.5", "1e3", "1000000"}) {
    EXPECT_THAT(Check(SecondsFrom(0.01), text), IsEmpty()) << text;
  }
}

TEST(SecondsFrom, RefusesNaNAndInfinity) {
  for (const char* text : {"nan", "-nan", "inf", "-inf", "1e999"}) {
    EXPECT_THAT(Check(SecondsFrom(0.01), text), HasSubstr("want seconds, from 0.01 to 1000000"));
  }
}

TEST(SecondsFrom, RefusesWhatLiesOutsideOrIsNoNumber) {
  for (const char* text : {"0", "0.009", "1000001", "-1", "", "1s", "1 2"}) {
    EXPECT_THAT(Check(SecondsFrom(0.01), text), HasSubstr("want seconds")) << text;
  }
}

TEST(Seed, TakesEveryUnsignedNumber) {
  for (const char* text : {"0", "1", "18446744073709551615"}) {
    EXPECT_THAT(Check(Seed(), text), IsEmpty()) << text;
  }
}

TEST(Seed, RefusesWhatWouldBecomeAnotherNumber) {
  for (const char* text : {"18446744073709551616", "99999999999999999999999", "-1", "1.5", ""}) {
    EXPECT_THAT(Check(Seed(), text), HasSubstr("want a whole number from 0 to")) << text;
  }
}

TEST(FlagValues, AreNamedWithTheirFlag) {
  const std::vector<std::vector<const char*>> lines = {
      {"duet", "--base", "a", "--new", "b", "--budget", "nan"},
      {"selftest", "--suite", "a", "--budget", "nan"},
      {"run", "--suite", "a", "--out", "b", "--time-limit", "nan"},
      {"noise", "--suite", "a", "--out", "b", "--seed", "18446744073709551616"}};
  for (const std::vector<const char*>& args : lines) {
    std::ostringstream out, err;
    EXPECT_EQ(Main(args, out, err), 2) << args[0];
    EXPECT_THAT(err.str(), HasSubstr(args[args.size() - 2])) << args[0];
    EXPECT_THAT(err.str(), HasSubstr(": want ")) << args[0];
  }
}

}  // namespace
}  // namespace loadline::cli
