#include "tools/loadline/compare/suite_times.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/stats/interval.h"
#include "loadline/stats/normal.h"
#include "loadline/stats/proportion.h"
#include "loadline/stats/rank_sum.h"
#include "loadline/stats/sample.h"
#include "tools/loadline/policy/metric.h"

namespace loadline::compare {
namespace {

using Times = absl::Span<const double>;

// Which change is of the time that the benchmark is about; absent where that cannot be compared.
std::optional<size_t> TimeOf(const CompareVerdict& verdict, const BenchmarkComparison& benchmark) {
  const absl::string_view time = policy::PrimaryTime(benchmark.name);
  std::optional<size_t> found;
  for (size_t i = 0; i < benchmark.changes.size(); ++i) {
    const Change& change = benchmark.changes[i];
    if (change.RefusedByEnvironment()) return std::nullopt;
    if (verdict.metrics[change.metric] == time) found = i;
  }
  return found;
}

bool HaveLogarithms(Times times) {
  return !times.empty() &&
         absl::c_all_of(times, [](double v) { return v > 0 && std::isfinite(v); });
}

// The number of processes that most benchmarks have; the smaller of two that as many have.
size_t UsualProcesses(const std::map<size_t, size_t>& benchmarks) {
  const auto usual = absl::c_max_element(
      benchmarks, [](const auto& a, const auto& b) { return a.second < b.second; });
  return usual == benchmarks.end() ? 0 : usual->first;
}

void AddLogs(Times times, std::vector<double>& sums) {
  for (size_t i = 0; i < sums.size(); ++i) sums[i] += std::log(times[i]);
}

std::optional<GeometricMean> MeanOfProcesses(const CompareVerdict& verdict,
                                             const std::vector<std::vector<Asked>>& asked) {
  std::vector<std::pair<Times, Times>> all;
  std::map<size_t, size_t> of_base, of_new;  // benchmarks by processes
  for (size_t i = 0; i < asked.size(); ++i) {
    const std::optional<size_t> time = TimeOf(verdict, verdict.benchmarks[i]);
    if (!time.has_value()) continue;
    const EffectQuestion& question = asked[i][*time].question;
    if (!HaveLogarithms(question.base) || !HaveLogarithms(question.candidate)) continue;
    all.emplace_back(question.base, question.candidate);
    ++of_base[question.base.size()];
    ++of_new[question.candidate.size()];
  }
  std::vector<double> base(UsualProcesses(of_base));
  std::vector<double> candidate(UsualProcesses(of_new));
  GeometricMean result;
  for (const auto& [base_times, new_times] : all) {
    if (base_times.size() < base.size() || new_times.size() < candidate.size()) continue;
    ++result.benchmarks;
    AddLogs(base_times, base);
    AddLogs(new_times, candidate);
  }
  if (result.benchmarks == 0) return std::nullopt;
  for (double& mean : base) mean /= static_cast<double>(result.benchmarks);
  for (double& mean : candidate) mean /= static_cast<double>(result.benchmarks);
  result.change.estimate = std::expm1(stats::HodgesLehmannShift(base, candidate));
  const stats::Interval shift = stats::RankSumInterval(base, candidate, verdict.confidence);
  if (std::isfinite(shift.low) && std::isfinite(shift.high)) {
    result.change.low = std::expm1(shift.low);
    result.change.high = std::expm1(shift.high);
  }
  return result;
}

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
  const auto beyond = absl::c_count_if(
      movements, [&](const Movement& one) { return sign * (one.estimate - limit) > 0; });
  return stats::ProvenAtLeast(static_cast<uint64_t>(beyond), movements.size(), 0.5, kTail) ==
         stats::Proof::kProved;
}

}  // namespace

std::optional<GeometricMean> MeanOfTimes(const CompareVerdict& verdict,
                                         const std::vector<std::vector<Asked>>& asked,
                                         bool paired) {
  const auto of_changes = MeanOfChanges(verdict);
  if (paired) return of_changes;
  const auto of_processes = MeanOfProcesses(verdict, asked);
  if (of_processes.has_value() && of_processes->change.low.has_value()) return of_processes;
  return of_changes.has_value() && of_changes->change.low.has_value() ? of_changes : of_processes;
}

std::optional<GeometricMean> MeanOfChanges(const CompareVerdict& verdict) {
  const double z = stats::NormalQuantile((1 + verdict.confidence) / 2);
  double sum = 0;
  double variance = 0;
  GeometricMean result;
  for (const BenchmarkComparison& benchmark : verdict.benchmarks) {
    const std::optional<size_t> time = TimeOf(verdict, benchmark);
    if (!time.has_value()) continue;
    const std::optional<ChangeInterval>& change = benchmark.changes[*time].change;
    if (!change.has_value() || !(change->estimate > -1) || !std::isfinite(change->estimate)) {
      continue;
    }
    ++result.benchmarks;
    sum += std::log1p(change->estimate);
    const double high = change->high.value_or(std::numeric_limits<double>::infinity());
    const double low = change->low.value_or(-1);
    variance += std::pow((std::log1p(high) - std::log1p(low)) / 2 / z, 2);
  }
  if (result.benchmarks == 0) return std::nullopt;
  const auto count = static_cast<double>(result.benchmarks);
  result.change.estimate = std::expm1(sum / count);
  if (std::isfinite(variance)) {
    const double half = z * std::sqrt(variance) / count;
    result.change.low = std::expm1(sum / count - half);
    result.change.high = std::expm1(sum / count + half);
  }
  return result;
}

void FindMovedAlike(CompareVerdict& verdict) {
  const std::vector<Movement> movements = MovementsIn(verdict);
  if (movements.empty()) return;
  if (!MostLieBeyond(movements, 1) && !MostLieBeyond(movements, -1)) return;
  std::vector<double> estimates;
  for (const Movement& one : movements) estimates.push_back(one.estimate);
  const double typical = stats::Median(estimates);
  const auto agreeing = absl::c_count_if(movements, [&](const Movement& one) {
    return std::abs(one.estimate - typical) <=
           std::max(one.half_interval, kCloseness * std::abs(typical));
  });
  if (static_cast<double>(agreeing) < kShareThatAgrees * static_cast<double>(movements.size()))
    return;
  verdict.moved_alike = std::expm1(typical);
  for (const Movement& one : movements) {
    one.change->beside_the_rest = std::expm1(one.estimate - typical);
  }
}

}  // namespace loadline::compare
