#include "loadline/stats/shift_test.h"

#include <algorithm>
#include <limits>

#include "loadline/stats/power.h"
#include "loadline/stats/rank_null.h"
#include "loadline/stats/rank_sum.h"
#include "loadline/stats/sample.h"
#include "loadline/stats/student.h"

namespace loadline::stats {
namespace {

constexpr double kRanksAgree = 0.01;
constexpr uint64_t kMostNeeded = 1'000'000;

// Sums do not depend on the order of the values then, to the last bit.
std::vector<double> InOrderOfSize(absl::Span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

}  // namespace

ShiftTest::ShiftTest(absl::Span<const double> base, absl::Span<const double> changed,
                     const ShiftTestOptions& options)
    : options_(options),
      base_(InOrderOfSize(base)),
      changed_(InOrderOfSize(changed)),
      difference_(Mean(changed_) - Mean(base_)) {
  const auto m = static_cast<double>(base.size());
  const auto n = static_cast<double>(changed.size());
  const double of_base = std::max(options.base_variance_floor, Variance(base_)) / m;
  const double of_changed = std::max(options.changed_variance_floor, Variance(changed_)) / n;
  const double sum = of_base + of_changed;
  degrees_ = sum > 0 ? sum * sum / (of_base * of_base / (m - 1) + of_changed * of_changed / (n - 1))
                     : m + n - 2;
  double factor = 1;
  if (options.rho > 0) {
    const DependenceEffect effect = EffectOfDependence(options.rho, base.size(), changed.size());
    factor = std::max(1.0, effect.variance_factor);
    degrees_ = std::min(degrees_, effect.degrees);
  }
  error_ = std::sqrt(factor * sum);
  few_ = std::min(base.size(), changed.size()) < FewestForSeparation(options.family, options.alpha);
}

double ShiftTest::Estimate() const { return HodgesLehmannShift(base_, changed_); }

double ShiftTest::T(double distance) const {
  if (error_ == 0 || !std::isfinite(error_)) return distance > 0 && error_ == 0 ? 0 : 1;
  return StudentTail(distance / error_, degrees_);
}

double ShiftTest::PMoreThan(double sign, double shift) const {
  const double ranks = sign > 0 ? RankSumPValueGreater(base_, changed_, shift)
                                : RankSumPValueLess(base_, changed_, shift);
  const double least = RankNull::RankSum(base_.size(), changed_.size())->AtMost(0);
  double means = 1;
  if (ranks <= std::max(kRanksAgree, least)) {
    const double alone = options_.alpha / (2 * static_cast<double>(options_.family));
    const bool doubted = few_ && (ranks > alone || options_.rho > 0);
    means = T(sign * (difference_ - shift) - (doubted ? options_.doubt : 0));
  }
  return std::min(1.0, 2 * (options_.rho > 0 ? means : std::min(ranks, means)));
}

double ShiftTest::PGreater(double shift) const { return PMoreThan(1, shift); }
double ShiftTest::PLess(double shift) const { return PMoreThan(-1, shift); }

Interval ShiftTest::OfMeans() const {
  const double half = -StudentQuantile(options_.alpha, degrees_) * error_;
  return {difference_ - half, difference_ + half};
}

Interval ShiftTest::OfRanks() const {
  return RankSumInterval(base_, changed_, 1 - 2 * options_.alpha);
}

double ShiftTest::Detectable(double margin) const {
  const double tail = options_.alpha / (2 * static_cast<double>(options_.family));
  const double k = ReachOfSample(-StudentQuantile(tail, degrees_), degrees_);
  return margin + k * error_ + (few_ ? options_.doubt : 0);
}

uint64_t FewestForSeparation(uint64_t family, double alpha) {
  const double ratio = static_cast<double>(std::max<uint64_t>(1, family)) / alpha;
  return static_cast<uint64_t>(std::max(1.0, std::ceil(std::log(ratio) / std::log(4) - 1e-12)));
}

double ShiftTestReach(double deviation, uint64_t size, uint64_t family, double alpha,
                      double doubt) {
  const auto count = static_cast<double>(size);
  const double degrees = 2 * count - 2;
  const double tail = alpha / (2 * static_cast<double>(std::max<uint64_t>(1, family)));
  const double t = -StudentQuantile(tail, degrees);
  const double reach = ReachOfKnown(t, degrees) * deviation * std::sqrt(2 / count);
  return size < FewestForSeparation(family, alpha) ? reach + doubt : reach;
}

uint64_t ShiftTestNeeded(double deviation, double reach, uint64_t family, double alpha,
                         double doubt) {
  if (!(reach > 0) || !std::isfinite(deviation)) return kMostNeeded;
  const uint64_t fewest = std::max(kFewestForASpread, FewestForSeparation(family, alpha));
  for (uint64_t n = kFewestForASpread; n < fewest; ++n) {
    if (ShiftTestReach(deviation, n, family, alpha, doubt) <= reach) return n;
  }
  uint64_t low = fewest;
  uint64_t high = kMostNeeded;
  while (low < high) {  // the reach falls with n
    const uint64_t middle = low + (high - low) / 2;
    if (ShiftTestReach(deviation, middle, family, alpha, doubt) <= reach) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace loadline::stats
