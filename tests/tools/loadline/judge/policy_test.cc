#include "tools/loadline/judge/policy.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"

namespace loadline::judge {
namespace {

using ::loadline::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Policy, ReadsTheM4Marks) {
  const auto policy = ReadPolicy(LOADLINE_M4_POLICY);
  ASSERT_OK(policy);
  std::vector<std::string> limits;
  for (const Limit& limit : policy->limits) {
    limits.push_back(absl::StrCat(limit.benchmarks[0], ": ", limit.require.text));
  }
  EXPECT_THAT(limits,
              ElementsAre("*: max(rss_peak_bytes) < 500MB", "Init/*: p95(init_ready_ns) < 5s",
                          "*: max(lat_p99_ns) < 1s", "*: min(success_pct) > 95"));
  EXPECT_DOUBLE_EQ(*policy->compare.margin, 0.01);
}

TEST(Policy, TakesListsOfGlobsAndNumbersForMargins) {
  const auto policy = ParsePolicy("p", R"(
limit = [{benchmarks = ["A/*", "B/*"], require = "max(x) < 1"}]
[compare]
margin = 0.05
alpha = "1 %")");
  ASSERT_OK(policy);
  EXPECT_THAT(policy->limits[0].benchmarks, ElementsAre("A/*", "B/*"));
  EXPECT_DOUBLE_EQ(*policy->compare.margin, 0.05);
  EXPECT_DOUBLE_EQ(*policy->compare.alpha, 0.01);
}

TEST(Policy, AnEmptyFileHasNoLimits) {
  const auto policy = ParsePolicy("p", "");
  ASSERT_OK(policy);
  EXPECT_TRUE(policy->limits.empty());
}

constexpr char kHead[] = "[[limit]]\nbenchmarks = \"*\"\n";

struct Wrong {
  std::string toml;
  const char* message;
};

TEST(Policy, NamesLineAndColumnOfEveryMistake) {
  const std::vector<Wrong> wrongs = {
      {"[[limit", "p.toml:1:8: "},
      {"[[limits]]\n", "p.toml:1:3: unknown key \"limits\" in the policy; did you mean \"limit\"?"},
      {absl::StrCat(kHead, "requires = \"max(x) < 1\""),
       "p.toml:3:1: unknown key \"requires\" in [[limit]]; did you mean \"require\"?"},
      {"[limit]\nbenchmarks = \"*\"", "p.toml:1:1: limit is not a list; write [[limit]]"},
      {"limit = [1]", "p.toml:1:10: a limit is not a table"},
      {kHead, "p.toml:1:1: [[limit]] has no require"},
      {"[[limit]]\nrequire = \"max(x) < 1\"", "p.toml:1:1: [[limit]] has no benchmarks"},
      {"[[limit]]\nbenchmarks = \"\"\nrequire = \"max(x) < 1\"",
       "p.toml:2:14: benchmarks is empty"},
      {"[[limit]]\nbenchmarks = 1\nrequire = \"max(x) < 1\"",
       "p.toml:2:14: benchmarks is neither a string"},
      {absl::StrCat(kHead, "require = []"), "p.toml:3:11: require is an empty list"},
      {absl::StrCat(kHead, "require = [\"max(x) < 1\", 2]"),
       "p.toml:3:26: require is neither a string"},
      {absl::StrCat(kHead, "require = \"max(rss_peak_bytes) < 5s\""), "p.toml:3:35: \"s\" is"},
      {absl::StrCat(kHead, "require = 'max(x) ! 1'"), "p.toml:3:19: found \"!\""},
      {absl::StrCat(kHead, "require = [\"max(x) < 1\",\n  \"max(x) < \\u0031 \\t q\"]"),
       "p.toml:4:23: unknown unit \"q\""},
      {absl::StrCat(kHead, "require = \"max(\xC3\xA9) ! 1\""), "p.toml:3:19: found \"!\""},
      {absl::StrCat(kHead, "require = \"\"\"max(x) ! 1\"\"\""), "p.toml:3:11: found \"!\""},
      {"compare = 1", "p.toml:1:11: compare is not a table"},
      {"[compare]\nmargn = 1", "p.toml:2:1: unknown key \"margn\" in [compare]; did you mean"},
      {"[compare]\nmargin = \"1\"", "p.toml:2:10: margin is no share"},
      {"[compare]\nmargin = 0", "p.toml:2:10: margin is no share"},
      {"[compare]\nmargin = \"100%\"", "p.toml:2:10: margin is no share"},
      {"[compare]\nmargin = nan", "p.toml:2:10: margin is no share"},
      {"[compare]\nmargin = true", "p.toml:2:10: margin is no share"},
      {"[compare]\nalpha = 0.6", "p.toml:2:9: alpha is no chance"},
      {"[compare]\nalpha = \"x%\"", "p.toml:2:9: alpha is no chance"},
      {"a = 1\na = 2", "p.toml:2:"},
      {std::string("\xff\xfe", 2), "p.toml:"},
  };
  for (const Wrong& wrong : wrongs) {
    EXPECT_THAT(ParsePolicy("p.toml", wrong.toml),
                StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(wrong.message)))
        << wrong.toml;
  }
}

TEST(Policy, RefusesDeepNestingWithoutOverflow) {
  EXPECT_THAT(ParsePolicy("p", "a = " + std::string(100'000, '[')),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace loadline::judge
