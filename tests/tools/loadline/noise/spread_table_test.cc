#include "tools/loadline/noise/spread_table.h"

#include <cmath>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::noise {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

Spread Of(const char* metric, double sigma) { return {"A", metric, sigma, 10}; }

TEST(SmallestCallable, IsBeyondTheMarginByWhatOneProcessASideVaries) {
  // ln 1.05 + (t_0.99 + z_0.8) sqrt(2) sigma, with the quantiles of any table: 2.821438 for the
  // nine degrees of freedom of ten processes, 0.841621.
  const double shift = std::log(1.05) + (2.821438 + 0.841621) * std::sqrt(2.0) * 0.01;
  EXPECT_NEAR(SmallestCallable(Of("cpu_time_ns", 0.01), 1, 1).value_or(-1), std::expm1(shift),
              1e-6);
}

TEST(SmallestCallable, IsADropWhereMoreIsBetter) {
  const double shift = std::log(1.05) + (2.821438 + 0.841621) * std::sqrt(2.0) * 0.01;
  EXPECT_NEAR(SmallestCallable(Of("items_per_second", 0.01), 1, 1).value_or(1), std::expm1(-shift),
              1e-6);
}

TEST(SmallestCallable, FallsWithTheProcesses) {
  const Spread spread = Of("cpu_time_ns", 0.05);
  EXPECT_LT(*SmallestCallable(spread, 5, 1), 0.8 * *SmallestCallable(spread, 1, 1));
  EXPECT_LT(*SmallestCallable(spread, 20, 1), *SmallestCallable(spread, 5, 1));
}

TEST(SmallestCallable, RisesWithTheQuestions) {
  const Spread spread = Of("cpu_time_ns", 0.05);
  EXPECT_GT(*SmallestCallable(spread, 10, 668), *SmallestCallable(spread, 10, 1));
}

TEST(SmallestCallable, IsTheMarginWhereNothingVaries) {
  EXPECT_NEAR(*SmallestCallable(Of("cpu_time_ns", 0), 1, 1), 0.05, 1e-12);
  EXPECT_NEAR(*SmallestCallable(Of("allocs_per_op", 0), 1, 1), 0.002, 1e-12);
}

TEST(SpreadTable, ShowsWhatDecidesAComparison) {
  Recording recording;
  recording.spreads = {Of("cpu_time_ns", 0.01), Of("real_time_ns", 0.02), Of("lat_p99_ns", 0.3)};
  const std::string text = SpreadTable(recording, 5);
  EXPECT_THAT(text, HasSubstr("A          cpu_time_ns         10  1.01 %"));
  EXPECT_THAT(text, Not(HasSubstr("real_time_ns")));
  EXPECT_THAT(text, Not(HasSubstr("lat_p99_ns")));
}

TEST(SpreadTable, EscapesTheNamesOfAProgram) {
  Recording recording;
  recording.spreads = {{"\x1b[31mA", "cpu_time_ns", 0.01, 10}};
  EXPECT_THAT(SpreadTable(recording, 5), HasSubstr("\\x1b[31mA"));
}

}  // namespace
}  // namespace loadline::noise
