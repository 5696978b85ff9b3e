#include "tools/loadline/compare/verdict.h"

#include <algorithm>
#include <limits>

#include "absl/algorithm/container.h"

namespace loadline::compare {

double Change::MostWorse() const {
  constexpr double kUnbounded = std::numeric_limits<double>::infinity();
  if (!change.has_value() || !change->low.has_value() || !change->high.has_value()) {
    return kUnbounded;
  }
  // How much more new would have to do, where it does less: 1 / 0.5 is 100 % worse.
  const double drop = change->absolute    ? -*change->low
                      : *change->low > -1 ? 1 / (1 + *change->low) - 1
                                          : kUnbounded;
  if (direction == policy::Direction::kHigherIsBetter) return drop;
  if (direction == policy::Direction::kLowerIsBetter) return *change->high;
  return std::max(drop, *change->high);
}

Family& CompareVerdict::FamilyOf(policy::MetricClass metric_class) {
  if (metric_class == policy::MetricClass::kTime) return times;
  return metric_class == policy::MetricClass::kMemory ? memory : others;
}

size_t CompareVerdict::CountOf(Finding finding) const {
  return static_cast<size_t>(absl::c_count_if(
      benchmarks, [&](const BenchmarkComparison& one) { return one.finding == finding; }));
}

size_t CompareVerdict::CountOfChanges(Finding finding, bool gated) const {
  size_t count = 0;
  for (const BenchmarkComparison& benchmark : benchmarks) {
    for (const Change& change : benchmark.changes) {
      count += change.finding == finding && change.gated == gated ? 1 : 0;
    }
  }
  return count;
}

}  // namespace loadline::compare
