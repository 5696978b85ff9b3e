#include "tools/loadline/policy/policy.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"
#include "tests/support/test_path.h"

namespace loadline::policy {
namespace {

using ::loadline::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

TEST(Policy, ReadsTheM4Marks) {
  const auto policy = ReadPolicy(testing::TestPath("m4_policy"));
  ASSERT_OK(policy);
  std::vector<std::string> limits;
  for (const Limit& limit : policy->limits) {
    limits.push_back(absl::StrCat(limit.benchmarks[0], ": ", limit.require.text));
  }
  EXPECT_THAT(limits,
              ElementsAre("*: max(rss_peak_bytes) < 500MB", "Init/*: p95(init_ready_ns) < 5s",
                          "*: max(lat_p99_ns) < 1s", "*: min(success_pct) > 95"));
  EXPECT_DOUBLE_EQ(*policy->compare.margin, 0.01);
  EXPECT_EQ(policy->reference, "Mac mini M4");
}

TEST(Policy, NamesTheReferenceAsItDoesItsModelWhereItSaysNoOther) {
  const auto plain = ParsePolicy("p", "reference = \"runner-7\"");
  ASSERT_OK(plain);
  EXPECT_EQ(plain->reference_model, "runner-7");
  const auto both = ParsePolicy("p", "reference = \"the blue box\"\nreference_model = \"X1\"");
  ASSERT_OK(both);
  EXPECT_EQ(both->reference, "the blue box");
  EXPECT_EQ(both->reference_model, "X1");
}

TEST(Policy, MayBeginWithAByteOrderMark) {
  EXPECT_OK(ParsePolicy("p", "\xEF\xBB\xBF[compare]\nmargin = 0.05"));
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

TEST(Policy, ReadsWhatComparisonsAreHeldTo) {
  const auto policy = ParsePolicy("p", R"(
[compare]
margin = "3%"
metrics = ["cpu_time_ns", "rss_*"]
allow_env = "compiler"
guard = "30%"
fail_on = "slower"
noisy = "warn"
missing = "ignore"
new = "fail"
[[compare.override]]
benchmarks = "Mix/*"
metrics = "widgets"
margin = "20%"
direction = "higher"
gate = true
guard = 0.5
noisy = "fail")");
  ASSERT_OK(policy);
  const ComparePolicy& compare = policy->compare;
  EXPECT_THAT(compare.metrics, ElementsAre("cpu_time_ns", "rss_*"));
  EXPECT_THAT(compare.allow_env, ElementsAre("compiler"));
  EXPECT_DOUBLE_EQ(*compare.guard, 0.3);
  EXPECT_TRUE(compare.slower_fails);
  EXPECT_EQ(compare.noisy, Action::kWarn);
  EXPECT_EQ(compare.missing, Action::kIgnore);
  EXPECT_EQ(compare.new_, Action::kFail);
  ASSERT_EQ(compare.overrides.size(), 1u);
  const CompareOverride& override = compare.overrides[0];
  EXPECT_EQ(override.where.line, 11u);
  EXPECT_TRUE(override.Selects({"Mix/A"}, "widgets"));
  EXPECT_FALSE(override.Selects({"Mix/A"}, "cpu_time_ns"));
  EXPECT_EQ(override.direction, Direction::kHigherIsBetter);
  EXPECT_EQ(override.gate, true);
  EXPECT_DOUBLE_EQ(*override.margin, 0.2);
  EXPECT_DOUBLE_EQ(*override.guard, 0.5);
  EXPECT_EQ(override.noisy, Action::kFail);
  EXPECT_FALSE(override.missing.has_value());
}

TEST(Policy, NamesLineAndColumnOfEveryMistakeInCompare) {
  const std::string limit = "[[limit]]\nbenchmarks = \"*\"\nrequire = \"p5(x) < 1\"\n";
  const std::pair<std::string, const char*> wrongs[] = {
      {"[compare]\nalpha = 0.5", "p.toml:2:9: alpha is no chance"},
      {"[compare]\nmetrics = []", "p.toml:2:11: metrics is an empty list"},
      {"[compare]\nmetrics = \"\"", "p.toml:2:11: metrics has an empty name"},
      {"[compare]\nallow_env = \"cpu_modle\"",
       "p.toml:2:13: allow_env: no key \"cpu_modle\" of the environment; did you mean "
       "\"cpu_model\"?"},
      {"[compare]\nmissing = \"pass\"", "p.toml:2:11: missing is none of"},
      {"[compare]\nnew = true", "p.toml:2:7: new is none of"},
      {"[compare]\noverride = 3", "p.toml:2:12: override is not a list of tables"},
      {"[compare]\noverride = [3]", "p.toml:2:13: override is not a list of tables"},
      {"[[compare.override]]\nbenchmark = \"x\"",
       "p.toml:2:1: unknown key \"benchmark\" in [[compare.override]]; did you mean "
       "\"benchmarks\"?"},
      {"[[compare.override]]\nbenchmarks = \"\"", "p.toml:2:14: benchmarks is empty"},
      {"[[compare.override]]\nmargin = 1", "p.toml:2:10: margin is no share"},
      {"[[compare.override]]\ndirection = \"up\"", "p.toml:2:13: direction is none of"},
      {"[[compare.override]]\ngate = \"yes\"", "p.toml:2:8: gate is neither true nor false"},
      {"[[limit]]\nbenchmarks = \"*\"\nrequire = \"max(x) < 1\"\nmode = \"confident\"",
       "p.toml:3:11: mode \"confident\" is for rate(success)"},
      {limit + "mode = \"sure\"", "p.toml:4:8: mode is neither"},
      {limit + "missing = \"skp\"", "p.toml:4:11: missing is neither \"error\" nor \"skip\""},
      {limit + "missing = true", "p.toml:4:11: missing is neither"},
      {limit + "mising = \"skip\"",
       "p.toml:4:1: unknown key \"mising\" in [[limit]]; did you mean "
       "\"missing\"?"},
      {limit + "unit = \"mb\"", "p.toml:4:8: unit is none of B kB"},
      {limit + "unit = 3", "p.toml:4:8: unit is none of"},
      {"reference = \"\"", "p.toml:1:13: reference is no name of a machine"},
      {"reference = 4", "p.toml:1:13: reference is no name of a machine"},
      {"refrence = \"x\"",
       "p.toml:1:1: unknown key \"refrence\" in the policy; did you mean "
       "\"reference\"?"},
      {"reference_model = \"x\"", "p.toml:1:19: reference_model needs reference as well"},
      {limit + "confidence = 0.9", "p.toml:4:14: confidence is only for"},
      {limit + "mode = \"confident\"\nconfidence = 1", "p.toml:5:14: confidence is no share"},
  };
  for (const auto& [toml, message] : wrongs) {
    EXPECT_THAT(ParsePolicy("p.toml", toml).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, StartsWith(message)))
        << toml;
  }
}

constexpr char kHead[] = "[[limit]]\nbenchmarks = \"*\"\n";

struct WrongPolicy {
  std::string toml;
  const char* message;
};

TEST(Policy, NamesLineAndColumnOfEveryMistake) {
  const std::vector<WrongPolicy> wrongs = {
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
  for (const WrongPolicy& wrong : wrongs) {
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
}  // namespace loadline::policy
