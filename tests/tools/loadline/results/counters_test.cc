#include "tools/loadline/results/counters.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::results {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(Counters, KeepTheOrderOfTheirNames) {
  Counters counters;
  counters["b"] = 2;
  counters["c"] = 3;
  counters["a"] = 1;
  EXPECT_THAT(counters, ElementsAre(Pair("a", 1), Pair("b", 2), Pair("c", 3)));
}

TEST(Counters, FindByNameAndNothingElse) {
  const Counters counters = {{"x", 1}, {"xy", 2}};
  EXPECT_EQ(counters.at("xy"), 2);
  EXPECT_TRUE(counters.contains("x"));
  EXPECT_FALSE(counters.contains(""));
  EXPECT_FALSE(counters.contains("xyz"));
  EXPECT_EQ(counters.find("y"), counters.end());
}

TEST(Counters, KeepTheFirstOfANameGivenTwice) {
  Counters counters = {{"x", 1}, {"x", 2}};
  EXPECT_FALSE(counters.emplace("x", 3));
  EXPECT_THAT(counters, ElementsAre(Pair("x", 1)));
}

TEST(Counters, TakeAVectorInAnyOrderAndGiveTheirOwnBack) {
  Counters counters = {{"old", 1}};
  std::vector<Counters::value_type> others = {{"z", 3}, {"m", 2}, {"a", 1}};
  counters.SwapIn(others);
  EXPECT_THAT(counters, ElementsAre(Pair("a", 1), Pair("m", 2), Pair("z", 3)));
  EXPECT_THAT(others, ElementsAre(Pair("old", 1)));
}

}  // namespace
}  // namespace loadline::results
