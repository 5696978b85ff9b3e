#include "tools/loadline/compare/suite_times.h"

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace loadline::compare {
namespace {

// A benchmark whose time changed by exp(log), known to be between exp(log - half) and
// exp(log + half).
BenchmarkComparison Changed(const std::string& name, double log, std::optional<double> half) {
  BenchmarkComparison benchmark;
  benchmark.name = name;
  ChangeInterval interval{std::expm1(log), std::nullopt, std::nullopt};
  if (half.has_value()) {
    interval.low = std::expm1(log - *half);
    interval.high = std::expm1(log + *half);
  }
  benchmark.changes.emplace_back().change = interval;
  return benchmark;
}

std::optional<GeometricMean> Mean(std::vector<BenchmarkComparison> benchmarks) {
  CompareVerdict verdict;
  verdict.confidence = 0.98;
  verdict.metrics = {"cpu_time_ns"};
  verdict.benchmarks = std::move(benchmarks);
  return MeanOfChanges(verdict);
}

TEST(MeanOfChanges, IsTheMeanLogarithmWithTheErrorOfAMean) {
  const auto mean = Mean({Changed("A", 0.10, 0.03), Changed("B", 0.02, 0.04)});
  ASSERT_TRUE(mean.has_value());
  EXPECT_EQ(mean->benchmarks, 2U);
  EXPECT_NEAR(std::log1p(mean->change.estimate), 0.06, 1e-12);
  EXPECT_NEAR(std::log1p(*mean->change.high), 0.06 + 0.05 / 2, 1e-12);  // sqrt(3^2 + 4^2) = 5
  EXPECT_NEAR(std::log1p(*mean->change.low), 0.06 - 0.05 / 2, 1e-12);
}

TEST(MeanOfChanges, HasNoIntervalWhereOneBenchmarkHasNone) {
  const auto mean = Mean({Changed("A", 0.10, 0.03), Changed("B", 0.02, std::nullopt)});
  ASSERT_TRUE(mean.has_value());
  EXPECT_NEAR(std::log1p(mean->change.estimate), 0.06, 1e-12);
  EXPECT_FALSE(mean->change.low.has_value());
}

TEST(MeanOfChanges, IsOfTheTimeAloneThatABenchmarkIsAbout) {
  EXPECT_FALSE(Mean({Changed("A/real_time", 0.1, 0.1)}).has_value());
  EXPECT_FALSE(Mean({}).has_value());
}

}  // namespace
}  // namespace loadline::compare
