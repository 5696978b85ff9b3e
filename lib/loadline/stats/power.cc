#include "loadline/stats/power.h"

#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

#include "loadline/stats/interval.h"
#include "loadline/stats/rank_null.h"
#include "loadline/stats/rank_sum.h"
#include "loadline/stats/signed_rank.h"

namespace loadline::stats {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr uint64_t kMostValues = 1'000'000;

double NormalQuantile(double p) { return boost::math::quantile(boost::math::normal(), p); }

// A bound lies z_alpha standard errors from the estimate, and must clear the margin by
// z_power more.
double Reach(double attained) { return 1 + NormalQuantile(kPower) / -NormalQuantile(attained); }

double HalfWidth(const Interval& interval) { return (interval.high - interval.low) / 2; }

// The least n from which on the standard error is small enough; `fires` says from which n the
// rule can fire.
template <typename Detectable>
uint64_t Needed(double target, Detectable detectable) {
  uint64_t first = 1;
  uint64_t last = kMostValues;
  if (!(detectable(last) <= target)) return UINT64_MAX;
  while (first < last) {
    const uint64_t middle = first + (last - first) / 2;
    if (detectable(middle) <= target) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  return first;
}

double Attained(const RankNull& null, double alpha) {
  const uint64_t k = null.CountWithin(alpha);
  return k == 0 ? 0 : null.AtMost(k - 1);
}

}  // namespace

double RankSumDetectableShift(absl::Span<const double> base, absl::Span<const double> changed,
                              double margin, double alpha) {
  const double half = HalfWidth(RankSumInterval(base, changed, 1 - 2 * alpha));
  if (!std::isfinite(half)) return kInfinite;
  return margin + half * Reach(Attained(*RankNull::RankSum(base.size(), changed.size()), alpha));
}

double SignedRankDetectableShift(absl::Span<const double> differences, double margin,
                                 double alpha) {
  const double half = HalfWidth(SignedRankInterval(differences, 1 - 2 * alpha));
  if (!std::isfinite(half)) return kInfinite;
  return margin + half * Reach(Attained(*RankNull::SignedRank(differences.size()), alpha));
}

double NormalDetectableShift(double standard_error, double margin, double alpha) {
  if (!std::isfinite(standard_error) || !(alpha > 0 && alpha < 1)) return kInfinite;
  return margin + standard_error * (NormalQuantile(kPower) - NormalQuantile(alpha));
}

uint64_t RankSumNeeded(absl::Span<const double> base, absl::Span<const double> changed,
                       double margin, double alpha, double target) {
  const double now = RankSumDetectableShift(base, changed, margin, alpha) - margin;
  if (!std::isfinite(now) || !(target > margin)) return UINT64_MAX;
  const double m = static_cast<double>(base.size());
  const double n = static_cast<double>(changed.size());
  return Needed(target, [&](uint64_t size) {
    if (RankNull::RankSum(size, size)->CountWithin(alpha) == 0) return kInfinite;
    return margin + now * std::sqrt(2 / static_cast<double>(size) / (1 / m + 1 / n));
  });
}

uint64_t SignedRankNeeded(absl::Span<const double> differences, double margin, double alpha,
                          double target) {
  const double now = SignedRankDetectableShift(differences, margin, alpha) - margin;
  if (!std::isfinite(now) || !(target > margin)) return UINT64_MAX;
  const double n = static_cast<double>(differences.size());
  return Needed(target, [&](uint64_t size) {
    if (RankNull::SignedRank(size)->CountWithin(alpha) == 0) return kInfinite;
    return margin + now * std::sqrt(n / static_cast<double>(size));
  });
}

}  // namespace loadline::stats
