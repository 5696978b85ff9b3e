#include "tools/loadline/policy/nearest_name.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace loadline::policy {
namespace {

TEST(DidYouMean, FindsTheMistypedName) {
  const std::vector<std::string> known = {"benchmarks", "require"};
  EXPECT_EQ(DidYouMean("requires", known), "; did you mean \"require\"?");
  EXPECT_EQ(DidYouMean("benchmark", known), "; did you mean \"benchmarks\"?");
}

TEST(DidYouMean, GuessesNothingForAnotherWord) {
  EXPECT_EQ(DidYouMean("zzzzzz", std::vector<std::string>{"require"}), "");
  EXPECT_EQ(DidYouMean(std::string(1'000'000, 'r'), std::vector<std::string>{"require"}), "");
}

}  // namespace
}  // namespace loadline::policy
