#include "loadline/stats/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "loadline/stats/nearest_rank.h"
#include "loadline/stats/normal.h"
#include "loadline/stats/sample.h"

namespace loadline::stats {
namespace {

absl::Status Check(absl::Span<const double> sample, const BootstrapOptions& options) {
  if (sample.size() < kMinBootstrapSample) {
    return absl::InvalidArgumentError(absl::StrCat("bootstrap interval of ", sample.size(),
                                                   " values; want at least ", kMinBootstrapSample));
  }
  if (!(options.confidence > 0 && options.confidence < 1)) {
    return absl::InvalidArgumentError(absl::StrCat("bootstrap interval at confidence ",
                                                   options.confidence,
                                                   "; want more than 0, less than 1"));
  }
  if (options.resamples < 100) {
    return absl::InvalidArgumentError(absl::StrCat("bootstrap interval from ", options.resamples,
                                                   " resamples; want at least 100"));
  }
  if (!AllFinite(sample)) {
    return absl::InvalidArgumentError(
        "bootstrap interval of values that are not all finite; leave those out first");
  }
  return absl::OkStatus();
}

// Sorted. The generator and the way to an index are spelt out here: the standard leaves
// std::uniform_int_distribution to each library, and the same seed must give the same interval.
std::vector<double> Resampled(absl::Span<const double> sample, Statistic statistic,
                              const BootstrapOptions& options) {
  std::mt19937_64 random(options.seed);
  std::vector<double> drawn(sample.size());
  std::vector<double> results(options.resamples);
  for (double& result : results) {
    // The bias of the remainder is below n / 2^64.
    for (double& value : drawn) value = sample[random() % sample.size()];
    result = statistic(drawn);
  }
  std::sort(results.begin(), results.end());
  return results;
}

// Efron & Tibshirani 1993, equation (14.15): a sixth of the skewness of the statistic's jackknife
// values.
double Acceleration(absl::Span<const double> sample, Statistic statistic) {
  std::vector<double> left(sample.begin() + 1, sample.end());
  std::vector<double> values;
  values.reserve(sample.size());
  for (size_t i = 0; i < sample.size(); ++i) {
    values.push_back(statistic(left));
    if (i < left.size()) left[i] = sample[i];
  }
  const double mean = Mean(values);
  double squares = 0;
  double cubes = 0;
  for (const double value : values) {
    const double distance = mean - value;
    squares += distance * distance;
    cubes += distance * distance * distance;
  }
  return squares > 0 ? cubes / (6 * squares * std::sqrt(squares)) : 0;
}

// How far the statistic of the sample lies from the middle of its resamples, in normal
// deviations. Those equal to it count half, and it is kept inside of them.
double Bias(const std::vector<double>& results, double estimate) {
  const auto range = std::equal_range(results.begin(), results.end(), estimate);
  const double below = static_cast<double>(range.first - results.begin());
  const double equal = static_cast<double>(range.second - range.first);
  const double n = static_cast<double>(results.size());
  const double share = std::clamp((below + equal / 2) / n, 0.5 / n, 1 - 0.5 / n);
  return NormalQuantile(share);
}

double BoundAt(const std::vector<double>& results, double tail, double bias, double acceleration) {
  const double z = bias + NormalQuantile(tail);
  const double denominator = 1 - acceleration * z;
  // Past its pole the correction has turned around: as far as the resamples reach.
  double level = z > 0 ? 1 : 0;
  if (denominator > 0) level = NormalTail(-bias - z / denominator);
  return results[NearestRank(level, results.size()) - 1];
}

}  // namespace

absl::StatusOr<Interval> BcaInterval(absl::Span<const double> sample, Statistic statistic,
                                     const BootstrapOptions& options) {
  if (absl::Status status = Check(sample, options); !status.ok()) return status;
  const double estimate = statistic(sample);
  const std::vector<double> results = Resampled(sample, statistic, options);
  const double acceleration = Acceleration(sample, statistic);
  if (!std::isfinite(estimate) || !AllFinite(results) || !std::isfinite(acceleration)) {
    return absl::InvalidArgumentError(
        "bootstrap interval of a statistic that is not finite for every resample; choose one "
        "that is");
  }
  const double bias = Bias(results, estimate);
  const double tail = (1 - options.confidence) / 2;
  return Interval{BoundAt(results, tail, bias, acceleration),
                  BoundAt(results, 1 - tail, bias, acceleration)};
}

}  // namespace loadline::stats
