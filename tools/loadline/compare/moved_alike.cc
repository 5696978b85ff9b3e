#include "tools/loadline/compare/moved_alike.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "loadline/stats/proportion.h"
#include "loadline/stats/sample.h"

namespace loadline::compare {
namespace {

constexpr double kLeast = 0.01;
constexpr double kTail = 0.005;
constexpr double kShareThatAgrees = 0.9;
constexpr double kCloseness = 0.25;

// Natural logarithms of the ratio.
struct Movement {
  Change* change;
  double estimate;
  double half_interval;
};

std::vector<Movement> MovementsIn(CompareVerdict& verdict) {
  std::vector<Movement> movements;
  for (BenchmarkComparison& benchmark : verdict.benchmarks) {
    for (Change& change : benchmark.changes) {
      const bool counts = change.gated && change.metric_class == policy::MetricClass::kTime &&
                          change.direction == policy::Direction::kLowerIsBetter &&
                          change.change.has_value() && change.change->low.has_value() &&
                          !change.change->absolute && change.finding != Finding::kIncomparable;
      if (!counts) continue;
      const double low = std::log1p(*change.change->low);
      const double high = std::log1p(*change.change->high);
      const double estimate = std::log1p(change.change->estimate);
      if (std::isfinite(estimate)) movements.push_back({&change, estimate, (high - low) / 2});
    }
  }
  return movements;
}

bool MostLieBeyond(const std::vector<Movement>& movements, double sign) {
  const double limit = std::log1p(sign * kLeast);
  const auto beyond = static_cast<uint64_t>(
      std::count_if(movements.begin(), movements.end(),
                    [&](const Movement& one) { return sign * (one.estimate - limit) > 0; }));
  return stats::ProvenAtLeast(beyond, movements.size(), 0.5, kTail) == stats::Proof::kProved;
}

}  // namespace

void FindMovedAlike(CompareVerdict& verdict) {
  const std::vector<Movement> movements = MovementsIn(verdict);
  if (movements.empty()) return;
  if (!MostLieBeyond(movements, 1) && !MostLieBeyond(movements, -1)) return;
  std::vector<double> estimates;
  for (const Movement& one : movements) estimates.push_back(one.estimate);
  const double typical = stats::Median(estimates);
  const auto agreeing = static_cast<double>(
      std::count_if(movements.begin(), movements.end(), [&](const Movement& one) {
        return std::abs(one.estimate - typical) <=
               std::max(one.half_interval, kCloseness * std::abs(typical));
      }));
  if (agreeing < kShareThatAgrees * static_cast<double>(movements.size())) return;
  verdict.moved_alike = std::expm1(typical);
  for (const Movement& one : movements) {
    one.change->beside_the_rest = std::expm1(one.estimate - typical);
  }
}

}  // namespace loadline::compare
