#include "loadline/stats/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "absl/status/status.h"
#include "loadline/stats/sample.h"

namespace loadline::stats {
namespace {

// Twenty-five values, skewed to the right.
const std::vector<double> kSkewed = {8.26, 6.33, 10.4,  5.27, 5.35, 5.61, 6.12, 6.19, 5.2,
                                     7.01, 8.74, 7.78,  7.02, 6,    6.5,  5.8,  5.12, 7.41,
                                     6.52, 6.21, 12.28, 5.6,  5.38, 6.6,  8.74};

double Variation(absl::Span<const double> sample) {
  const double mean = Mean(sample);
  double squares = 0;
  for (const double value : sample) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(sample.size() - 1)) / mean;
}

Interval Bca(const std::vector<double>& sample, Statistic statistic,
             const BootstrapOptions& options) {
  const absl::StatusOr<Interval> interval = BcaInterval(sample, statistic, options);
  EXPECT_TRUE(interval.ok()) << interval.status();
  return interval.value_or(Interval());
}

// SciPy 1.10.1: bootstrap((sample,), statistic, method='BCa', n_resamples=200000), the mean over
// five seeds: 0.17902 to 0.35429 for the coefficient of variation (percentile intervals end at
// 0.331), 6.322 to 7.712 for the mean. Its bounds vary by 0.0006 and 0.0007 between seeds.
TEST(BcaInterval, AgreesWithSciPy) {
  const BootstrapOptions options{.seed = 1, .resamples = 100'000};
  const Interval variation = Bca(kSkewed, Variation, options);
  EXPECT_NEAR(variation.low, 0.17902, 0.001);
  EXPECT_NEAR(variation.high, 0.35429, 0.002);
  const Interval mean = Bca(kSkewed, Mean, options);
  EXPECT_NEAR(mean.low, 6.322, 0.008);
  EXPECT_NEAR(mean.high, 7.712, 0.012);
}

TEST(BcaInterval, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const Interval first = Bca(kSkewed, Mean, {.seed = 7});
  const Interval again = Bca(kSkewed, Mean, {.seed = 7});
  EXPECT_EQ(first.low, again.low);
  EXPECT_EQ(first.high, again.high);
  EXPECT_NE(Bca(kSkewed, Mean, {.seed = 8}).low, first.low);
}

TEST(BcaInterval, MovesAndGrowsWithTheSample) {
  std::vector<double> moved;
  for (const double value : kSkewed) moved.push_back(4 * value + 100);
  const Interval interval = Bca(kSkewed, Mean, {.seed = 3});
  const Interval moved_interval = Bca(moved, Mean, {.seed = 3});
  EXPECT_NEAR(moved_interval.low, 4 * interval.low + 100, 1e-9);
  EXPECT_NEAR(moved_interval.high, 4 * interval.high + 100, 1e-9);
}

TEST(BcaInterval, WidensWithConfidence) {
  const Interval narrow = Bca(kSkewed, Mean, {.seed = 3, .confidence = 0.8});
  const Interval wide = Bca(kSkewed, Mean, {.seed = 3, .confidence = 0.99});
  EXPECT_LT(wide.low, narrow.low);
  EXPECT_GT(wide.high, narrow.high);
}

TEST(BcaInterval, OfAConstantSampleIsThatPoint) {
  const Interval interval = Bca(std::vector<double>(10, 2.5), Mean, {});
  EXPECT_EQ(interval.low, 2.5);
  EXPECT_EQ(interval.high, 2.5);
}

TEST(BcaInterval, RefusesFewerThanTenValues) {
  const std::vector<double> nine(kSkewed.begin(), kSkewed.begin() + 9);
  const absl::StatusOr<Interval> refused = BcaInterval(nine, Mean, {});
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(refused.status().message(), "bootstrap interval of 9 values; want at least 10");
  EXPECT_TRUE(
      BcaInterval(std::vector<double>(kSkewed.begin(), kSkewed.begin() + 10), Mean, {}).ok());
}

TEST(BcaInterval, RefusesOptionsOutOfRange) {
  for (const double confidence : {0.0, 1.0, -3.0, std::nan("")}) {
    EXPECT_FALSE(BcaInterval(kSkewed, Mean, {.confidence = confidence}).ok()) << confidence;
  }
  EXPECT_FALSE(BcaInterval(kSkewed, Mean, {.resamples = 99}).ok());
}

TEST(BcaInterval, RefusesWhatIsNotFinite) {
  std::vector<double> sample = kSkewed;
  sample[4] = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(BcaInterval(sample, Mean, {}).ok());
  const auto no_number = [](absl::Span<const double>) { return std::nan(""); };
  EXPECT_FALSE(BcaInterval(kSkewed, no_number, {}).ok());
}

}  // namespace
}  // namespace loadline::stats
