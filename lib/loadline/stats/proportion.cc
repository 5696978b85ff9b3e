#include "loadline/stats/proportion.h"

#include <algorithm>
#include <boost/math/special_functions/beta.hpp>
#include <cmath>

namespace loadline::stats {
namespace {

// What Boost cannot compute is NaN, which proves nothing, instead of an exception.
namespace policies = boost::math::policies;
using Quiet = policies::policy<policies::domain_error<policies::ignore_error>,
                               policies::pole_error<policies::ignore_error>,
                               policies::overflow_error<policies::ignore_error>,
                               policies::evaluation_error<policies::ignore_error>>;

// P(Bin(trials, p) >= successes), by the incomplete beta function.
double AtLeast(uint64_t successes, uint64_t trials, double p) {
  if (successes == 0) return 1;
  return boost::math::ibeta(static_cast<double>(successes),
                            static_cast<double>(trials - successes + 1), p, Quiet());
}

// P(Bin(trials, p) <= successes).
double AtMost(uint64_t successes, uint64_t trials, double p) {
  if (successes >= trials) return 1;
  return boost::math::ibetac(static_cast<double>(successes + 1),
                             static_cast<double>(trials - successes), p, Quiet());
}

Proof Opposite(Proof proof) {
  switch (proof) {
    case Proof::kProved:
      return Proof::kRefuted;
    case Proof::kRefuted:
      return Proof::kProved;
    case Proof::kUndecided:
      break;
  }
  return Proof::kUndecided;
}

}  // namespace

Interval ClopperPearson(uint64_t successes, uint64_t trials, double confidence) {
  const double tail = (1 - confidence) / 2;
  const double k = static_cast<double>(std::min(successes, trials));
  const double n = static_cast<double>(trials);
  Interval bounds{0, 1};
  if (!(tail > 0 && tail < 0.5)) return bounds;
  if (k > 0) bounds.low = boost::math::ibeta_inv(k, n - k + 1, tail, Quiet());
  if (k < n) bounds.high = boost::math::ibetac_inv(k + 1, n - k, tail, Quiet());
  return bounds;
}

Proof ProvenAtLeast(uint64_t successes, uint64_t trials, double limit, double alpha) {
  if (std::isnan(limit)) return Proof::kUndecided;
  if (limit < 0) return Proof::kProved;
  if (limit > 1) return Proof::kRefuted;
  const uint64_t k = std::min(successes, trials);
  if (AtLeast(k, trials, limit) <= alpha) return Proof::kProved;
  if (AtMost(k, trials, limit) <= alpha) return Proof::kRefuted;
  return Proof::kUndecided;
}

Proof ProvenAtMost(uint64_t successes, uint64_t trials, double limit, double alpha) {
  return Opposite(ProvenAtLeast(successes, trials, limit, alpha));
}

Proof QuantileProvenBelow(absl::Span<const double> sample, double q, double mark, double alpha) {
  const auto below =
      std::count_if(sample.begin(), sample.end(), [&](double x) { return x < mark; });
  const auto above =
      std::count_if(sample.begin(), sample.end(), [&](double x) { return x > mark; });
  const uint64_t n = sample.size();
  if (!(q > 0 && q < 1)) return Proof::kUndecided;
  if (AtLeast(static_cast<uint64_t>(below), n, q) <= alpha) return Proof::kProved;
  if (AtMost(n - static_cast<uint64_t>(above), n, q) <= alpha) return Proof::kRefuted;
  return Proof::kUndecided;
}

Proof QuantileProvenAbove(absl::Span<const double> sample, double q, double mark, double alpha) {
  return Opposite(QuantileProvenBelow(sample, q, mark, alpha));
}

uint64_t TrialsToProve(double limit, double alpha) {
  if (limit <= 0 || alpha >= 1) return 1;
  if (!(limit < 1) || !(alpha > 0)) return UINT64_MAX;
  const double trials = std::ceil(std::log(alpha) / std::log(limit));
  if (!(trials < 0x1p63)) return UINT64_MAX;
  return std::max<uint64_t>(1, static_cast<uint64_t>(trials));
}

}  // namespace loadline::stats
