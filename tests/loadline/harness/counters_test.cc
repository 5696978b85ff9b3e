#include "loadline/harness/counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace loadline::harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

TEST(SanitizeCounters, LeavesGoodCountersAlone) {
  benchmark::UserCounters counters{{"ops_total", 3.0}, {"recall_at_10", 0.5}};
  std::vector<std::string> warnings;
  SanitizeCounters("b", counters, warnings);
  EXPECT_THAT(counters, UnorderedElementsAre(Pair("ops_total", 3.0), Pair("recall_at_10", 0.5)));
  EXPECT_THAT(warnings, IsEmpty());
}

TEST(SanitizeCounters, DropsNonFiniteOnesAndSaysSo) {
  benchmark::UserCounters counters{{"bad", std::numeric_limits<double>::quiet_NaN()},
                                   {"worse", -std::numeric_limits<double>::infinity()}};
  std::vector<std::string> warnings;
  SanitizeCounters("b/1", counters, warnings);
  EXPECT_THAT(counters, IsEmpty());
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("b/1: counter \"bad\""), HasSubstr("\"worse\"")));
}

TEST(SanitizeCounters, RenamesOnesThatWouldRepeatAKeyOfTheRow) {
  benchmark::UserCounters counters{{"threads", 99.0}};
  std::vector<std::string> warnings;
  SanitizeCounters("b", counters, warnings);
  EXPECT_THAT(counters, ElementsAre(Pair("counter_threads", 99.0)));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("counter_threads")));
}

TEST(SanitizeText, KeepsUtf8AndReplacesWhatBreaksJson) {
  EXPECT_EQ(SanitizeText("caf\xc3\xa9 \"ok\""), "caf\xc3\xa9 \"ok\"");
  EXPECT_EQ(SanitizeText("a\nb\x01"), "a b ");
  EXPECT_EQ(SanitizeText("\xff\xc3"), "??");
  EXPECT_EQ(SanitizeText(""), "");
}

}  // namespace
}  // namespace loadline::harness
