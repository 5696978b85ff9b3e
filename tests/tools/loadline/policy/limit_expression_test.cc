#include "tools/loadline/policy/limit_expression.h"

#include <cmath>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::policy {
namespace {

using ::testing::HasSubstr;

LimitExpression Parse(const std::string& text) {
  ParsedLimit parsed = ParseLimitExpression(text);
  EXPECT_TRUE(parsed.expression.has_value()) << text << ": " << parsed.error;
  return parsed.expression.value_or(LimitExpression());
}

TEST(LimitExpression, ReadsEveryPart) {
  const LimitExpression limit = Parse("p95(init_ready_ns) < 5s");
  EXPECT_EQ(limit.statistic, Statistic::kQuantile);
  EXPECT_EQ(limit.quantile, 0.95);
  EXPECT_EQ(limit.counter, "init_ready_ns");
  EXPECT_EQ(limit.comparison, Comparison::kLess);
  EXPECT_EQ(limit.mark, 5e9);
  EXPECT_EQ(limit.text, "p95(init_ready_ns) < 5s");
}

TEST(LimitExpression, ReadsUnitsAndSpaces) {
  EXPECT_EQ(Parse(" max ( rss_peak_bytes )<=1.5 GiB ").mark, 1.5 * 1073741824);
  EXPECT_EQ(Parse("max(x_bytes)<1kB").mark, 1000);
  EXPECT_EQ(Parse("min(success_pct) > 95").mark, 95);
  EXPECT_EQ(Parse("min(success_pct)>95%").mark, 95);
  EXPECT_EQ(Parse("max(x_ns) < 1e3us").mark, 1e6);
  EXPECT_EQ(Parse("max(x_ns) < 2m").mark, 120e9);
  EXPECT_EQ(Parse("min(x) >= -1.5e-3").mark, -1.5e-3);
  EXPECT_EQ(Parse("rate(success) > 95%").statistic, Statistic::kRate);
}

TEST(LimitExpression, KeepsTheMarkInBaseUnitsWhateverTheCountersUnit) {
  EXPECT_EQ(Parse("max(max_bytes_used) < 3MB").mark, 3e6);
  EXPECT_EQ(Parse("max(start_ms) < 2s").mark, 2e9);
  EXPECT_EQ(Parse("max(start_ms) < 2").mark, 2e6);
  EXPECT_EQ(Parse("max(heap_mb) < 2").mark, 2e6);
  EXPECT_EQ(Parse("max(widgets) < 3").mark, 3);
}

TEST(LimitExpression, TakesTheUnitThatItIsTold) {
  const auto told = [](const std::string& text, const char* unit) {
    return ParseLimitExpression(text, FindUnit(unit));
  };
  EXPECT_EQ(told("max(arena) < 3MiB", "kB").expression->mark, 3 * 1048576.0);
  EXPECT_EQ(told("max(arena) < 3", "kB").expression->mark, 3000);
  EXPECT_EQ(told("max(wait_ns) < 3us", "ns").expression->mark, 3000);
  EXPECT_EQ(told("max(heap_kb) < 3", "KB").expression->mark, 3000);
  EXPECT_THAT(told("max(heap_kb) < 3", "KiB").error, HasSubstr("\"heap_kb\" is in kB"));
  EXPECT_THAT(told("max(wait_ns) < 3us", "ms").error,
              HasSubstr("unit is \"ms\", but \"wait_ns\" is in ns"));
  EXPECT_THAT(told("max(arena) < 3us", "kB").error, HasSubstr("\"us\" is a unit of time"));
}

TEST(LimitExpression, ReadsQuantiles) {
  EXPECT_EQ(Parse("p50(x)<1").quantile, 0.5);
  EXPECT_EQ(Parse("p999(x)<1").quantile, 0.999);
  EXPECT_EQ(Parse("p9999(x)<1").quantile, 0.9999);
}

struct Wrong {
  const char* text;
  size_t offset;
  const char* message;
};

TEST(LimitExpression, PointsAtWhatIsWrong) {
  const std::vector<Wrong> wrongs = {
      {"", 0, "want a statistic"},
      {"maximum(x) < 1", 0, "unknown statistic \"maximum\""},
      {"p100(x) < 1", 0, "unknown statistic"},
      {"p990(x) < 1", 0, "unknown statistic"},
      {"p5(x) < 1", 0, "unknown statistic"},
      {"p(x) < 1", 0, "unknown statistic"},
      {"p00(x) < 1", 0, "unknown statistic"},
      {"p99999999999999999999(x) < 1", 0, "unknown statistic"},
      {"max x < 1", 4, "want ("},
      {"max(x < 1", 9, "want )"},
      {"max() < 1", 4, "no counter"},
      {"max(  ) < 1", 6, "no counter"},
      {"max(x)", 6, "found the end, want <"},
      {"max(x) = 1", 7, "found \"=\""},
      {"max(x) == 1", 7, "found \"==\""},
      {"max(x) => 1", 7, "found \"=>\""},
      {"max(x) <", 8, "found the end, want a number"},
      {"max(x) < y", 9, "want a number"},
      {"max(x) < 1.2.3", 9, "is not a number"},
      {"max(x) < -", 9, "is not a number"},
      {"max(x) < .", 9, "is not a number"},
      {"max(x) < nan", 9, "want a number"},
      {"max(x) < inf", 9, "want a number"},
      {"max(x) < 1e999", 9, "out of range"},
      {"max(x_bytes) < 1e30GB and 1", 22, "after the end"},
      {"max(x_bytes) < 1e308GB", 15, "out of range"},
      {"max(x_bytes) < 500mb", 18, "unknown unit \"mb\"; did you mean"},
      {"max(rss_peak_bytes) < 5s", 23, "\"s\" is a unit of time, but \"rss_peak_bytes\" is bytes"},
      {"max(lat_ns) < 5MB", 15, "is a unit of bytes, but \"lat_ns\" is time"},
      {"max(recall_at_10) < 5%", 21, "\"recall_at_10\" does not say in what unit it is"},
      {"max(start_ms) < 1e308s", 16, "out of range"},
      {"min(success_pct) > 1s", 20, "is percent"},
      {"max(x) < 1 2", 11, "unknown unit \"2\""},
      {"rate(failure) > 1", 5, "want rate(success)"},
      {"rate(success) > 95ms", 18, "is percent"},
  };
  for (const Wrong& wrong : wrongs) {
    const ParsedLimit parsed = ParseLimitExpression(wrong.text);
    EXPECT_FALSE(parsed.expression.has_value()) << wrong.text;
    EXPECT_EQ(parsed.error_offset, wrong.offset) << wrong.text << ": " << parsed.error;
    EXPECT_THAT(parsed.error, HasSubstr(wrong.message)) << wrong.text;
  }
}

TEST(LimitExpression, HoldsStrictlyOrNot) {
  EXPECT_FALSE(Parse("max(x) < 1").Holds(1));
  EXPECT_TRUE(Parse("max(x) <= 1").Holds(1));
  EXPECT_FALSE(Parse("max(x) > 1").Holds(1));
  EXPECT_TRUE(Parse("max(x) >= 1").Holds(1));
}

TEST(LimitExpression, HoldsForNoNonFiniteValue) {
  for (const char* text : {"max(x) < 1", "max(x) <= 1", "max(x) > 1", "max(x) >= 1"}) {
    for (double value : std::vector<double>{std::nan(""), INFINITY, -INFINITY}) {
      EXPECT_FALSE(Parse(text).Holds(value)) << text << " " << value;
    }
  }
}

TEST(LimitExpression, EvaluatesEachStatistic) {
  const std::vector<double> values = {4, 1, 3, 2, 10};
  EXPECT_EQ(Parse("max(x)<1").Evaluate(values), 10);
  EXPECT_EQ(Parse("min(x)<1").Evaluate(values), 1);
  EXPECT_EQ(Parse("median(x)<1").Evaluate(values), 3);
  EXPECT_EQ(Parse("mean(x)<1").Evaluate(values), 4);
  EXPECT_EQ(Parse("p90(x)<1").Evaluate(values), 10);
  EXPECT_EQ(Parse("p50(x)<1").Evaluate(values), 3);
}

}  // namespace
}  // namespace loadline::policy
