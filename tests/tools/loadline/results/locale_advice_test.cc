#include "tools/loadline/results/locale_advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tools/loadline/results/result_reader.h"

namespace loadline::results {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// What the reader says of a row with this text for its iterations and that for its time.
std::string Said(const std::string& iterations, const std::string& time) {
  const auto file = ParseResultFile(
      "file.json",
      absl::StrCat(R"({"benchmarks": [{"name": "Sort", "iterations": )", iterations,
                   R"(, "real_time": )", time, R"(, "cpu_time": 1, "time_unit": "ns"}]})"));
  EXPECT_FALSE(file.ok());
  return std::string(file.status().message());
}

TEST(AdviceOnLocale, IsGivenWhereANumberHasTheSeparatorsOfPeople) {
  for (const char* time : {"7,25e+02", "1 725", "1.725.000", "1'725",
                           "1\xE2\x80\xAF"
                           "725"}) {
    EXPECT_THAT(Said("9", time), AllOf(HasSubstr("the program's locale"), HasSubstr("LC_ALL=C")))
        << time;
  }
  EXPECT_THAT(Said("12.500", "1"), HasSubstr("the program's locale"));
}

TEST(AdviceOnLocale, IsNotGivenForOtherFaults) {
  for (const char* time : {"seven", "1 \"two\": 3", "1}", "-", "1..5", "[1, \"a\" 2]"}) {
    EXPECT_THAT(Said("9", time), Not(HasSubstr("locale"))) << time;
  }
  for (const char* time :
       {"12.345, \"real_time\": 12.345", "1 \"two\": 12.345", "1, \"label\": 12.345", "[1\n2]"}) {
    EXPECT_THAT(Said("9", time), Not(HasSubstr("locale"))) << time;
  }
  EXPECT_THAT(Said("2.5", "1"), Not(HasSubstr("locale")));
  EXPECT_THAT(Said("\"38.785\"", "1"), Not(HasSubstr("locale")));
}

}  // namespace
}  // namespace loadline::results
