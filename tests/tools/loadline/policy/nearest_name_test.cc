#include "tools/loadline/policy/nearest_name.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace loadline::policy {
namespace {

TEST(NearestName, FindsTheMistypedName) {
  const std::vector<std::string> known = {"benchmarks", "require"};
  EXPECT_EQ(NearestName("requires", known), "require");
  EXPECT_EQ(NearestName("benchmark", known), "benchmarks");
}

TEST(NearestName, GuessesNothingForAnotherWord) {
  EXPECT_EQ(NearestName("zzzzzz", std::vector<std::string>{"require"}), "");
  EXPECT_EQ(NearestName(std::string(1'000'000, 'r'), std::vector<std::string>{"require"}), "");
}

}  // namespace
}  // namespace loadline::policy
