#include "loadline/stats/sample.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "loadline/stats/nearest_rank.h"

namespace loadline::stats {
namespace {

// The value of rank `rank`, 1 for the smallest.
double OrderStatistic(std::vector<double>& values, size_t rank) {
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(values.begin(), nth, values.end());
  return *nth;
}

}  // namespace

double Quantile(absl::Span<const double> sample, double q) {
  assert(!sample.empty());
  std::vector<double> values(sample.begin(), sample.end());
  return OrderStatistic(values, static_cast<size_t>(NearestRank(q, values.size())));
}

double Median(absl::Span<const double> sample) {
  assert(!sample.empty());
  std::vector<double> values(sample.begin(), sample.end());
  const size_t half = values.size() / 2;
  const double upper = OrderStatistic(values, half + 1);
  if (values.size() % 2 == 1) return upper;
  // nth_element left the smaller half in front of it. Halved first: the sum could overflow.
  const double lower =
      *std::max_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(half));
  return lower / 2 + upper / 2;
}

double Mean(absl::Span<const double> sample) {
  assert(!sample.empty());
  const double n = static_cast<double>(sample.size());
  const double first = std::accumulate(sample.begin(), sample.end(), 0.0) / n;
  // The mean of what is left over takes most of the summation's rounding out again.
  double left_over = 0;
  for (const double value : sample) left_over += value - first;
  return first + left_over / n;
}

double Variance(absl::Span<const double> sample) {
  const double mean = Mean(sample);
  double squares = 0;
  for (const double value : sample) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(sample.size() - 1);
}

double Min(absl::Span<const double> sample) {
  assert(!sample.empty());
  return *std::min_element(sample.begin(), sample.end());
}

double Max(absl::Span<const double> sample) {
  assert(!sample.empty());
  return *std::max_element(sample.begin(), sample.end());
}

bool AllFinite(absl::Span<const double> sample) {
  return std::all_of(sample.begin(), sample.end(),
                     [](double value) { return std::isfinite(value); });
}

}  // namespace loadline::stats
