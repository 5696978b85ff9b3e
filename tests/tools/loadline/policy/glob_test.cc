#include "tools/loadline/policy/glob.h"

#include <string>

#include "gtest/gtest.h"

namespace loadline::policy {
namespace {

TEST(GlobMatches, TakesTheWholeName) {
  EXPECT_TRUE(GlobMatches("*", ""));
  EXPECT_TRUE(GlobMatches("Init/*", "Init/Cold/projects:20"));
  EXPECT_FALSE(GlobMatches("Init/*", "XInit/Cold"));
  EXPECT_FALSE(GlobMatches("Init", "Init/Cold"));
  EXPECT_TRUE(GlobMatches("*/threads:?", "A/real_time/threads:4"));
  EXPECT_FALSE(GlobMatches("*/threads:?", "A/threads:16"));
  EXPECT_TRUE(GlobMatches("a*b*c", "a__b__bc"));
  EXPECT_FALSE(GlobMatches("", "a"));
  EXPECT_TRUE(GlobMatches("", ""));
}

TEST(GlobMatches, HasNoOtherSpecialCharacters) {
  EXPECT_TRUE(GlobMatches("BM<[a-z]>", "BM<[a-z]>"));
  EXPECT_FALSE(GlobMatches("[a-z]", "b"));
  EXPECT_FALSE(GlobMatches("a.c", "abc"));
}

TEST(GlobMatches, EndsSoonOnManyStars) {
  std::string pattern;
  for (int i = 0; i < 1000; ++i) pattern += "*a";
  EXPECT_FALSE(GlobMatches(pattern + "b", std::string(5000, 'a')));
}

}  // namespace
}  // namespace loadline::policy
