#include "tools/loadline/compare/verdict.h"

#include <algorithm>
#include <limits>

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
  switch (direction) {
    case policy::Direction::kHigherIsBetter:
      return drop;
    case policy::Direction::kLowerIsBetter:
      return *change->high;
    case policy::Direction::kUnknown:
      break;
  }
  return std::max(drop, *change->high);
}

const Family& CompareVerdict::FamilyOf(policy::MetricClass metric_class) const {
  switch (metric_class) {
    case policy::MetricClass::kTime:
      return times;
    case policy::MetricClass::kMemory:
      return memory;
    case policy::MetricClass::kCount:
    case policy::MetricClass::kQuality:
      break;
  }
  return others;
}

size_t CompareVerdict::CountOf(Finding finding) const {
  return static_cast<size_t>(std::count_if(
      benchmarks.begin(), benchmarks.end(),
      [&](const BenchmarkComparison& benchmark) { return benchmark.finding == finding; }));
}

size_t CompareVerdict::CountOfChanges(Finding finding, bool gated) const {
  size_t count = 0;
  for (const BenchmarkComparison& benchmark : benchmarks) {
    count += static_cast<size_t>(std::count_if(
        benchmark.changes.begin(), benchmark.changes.end(),
        [&](const Change& change) { return change.finding == finding && change.gated == gated; }));
  }
  return count;
}

}  // namespace loadline::compare
