#include "tools/loadline/compare/geometric_mean.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "loadline/stats/interval.h"
#include "loadline/stats/normal.h"
#include "loadline/stats/rank_sum.h"
#include "tools/loadline/policy/metric.h"

namespace loadline::compare {
namespace {

using Times = const std::vector<double>*;

uint32_t NumberOf(const samples::Side& side, absl::string_view metric) {
  const std::vector<std::string>& metrics = side.metrics();
  return static_cast<uint32_t>(std::find(metrics.begin(), metrics.end(), metric) - metrics.begin());
}

Times TimesOf(const samples::Side& side, const std::string& name, uint32_t metric) {
  const samples::SideBenchmark* benchmark = side.Find(name);
  if (benchmark == nullptr) benchmark = side.FindByCanonicalName(name);
  if (benchmark == nullptr) return nullptr;
  for (const samples::Series& series : benchmark->series) {
    if (series.metric != metric) continue;
    const bool usable = std::all_of(series.processes.begin(), series.processes.end(),
                                    [](double v) { return v > 0 && std::isfinite(v); });
    return usable ? &series.processes : nullptr;
  }
  return nullptr;
}

bool Incomparable(const BenchmarkComparison& benchmark) {
  return benchmark.changes.empty() ||
         std::any_of(benchmark.changes.begin(), benchmark.changes.end(), [](const Change& change) {
           return change.reason == Reason::kEnvironment || change.reason == Reason::kTimeSemantics;
         });
}

// The number of processes that most benchmarks have; the smaller of two that as many have.
size_t UsualProcesses(const std::vector<Times>& times) {
  std::map<size_t, size_t> counts;
  for (const Times one : times) ++counts[one->size()];
  size_t usual = 0;
  size_t most = 0;
  for (const auto& [processes, count] : counts) {
    if (count <= most) continue;
    usual = processes;
    most = count;
  }
  return usual;
}

std::vector<double> MeanLogs(const std::vector<Times>& times, size_t processes) {
  std::vector<double> means(processes, 0);
  for (const Times one : times) {
    for (size_t i = 0; i < processes; ++i) means[i] += std::log((*one)[i]);
  }
  for (double& mean : means) mean /= static_cast<double>(times.size());
  return means;
}

// The change of the time that the benchmark is about; null where there is none.
const ChangeInterval* TimeChange(const BenchmarkComparison& benchmark,
                                 absl::Span<const std::string> metrics) {
  for (const Change& change : benchmark.changes) {
    if (change.change.has_value() &&
        metrics[change.metric] == policy::PrimaryTime(benchmark.name)) {
      return &*change.change;
    }
  }
  return nullptr;
}

}  // namespace

std::optional<GeometricMean> MeanOfChanges(absl::Span<const BenchmarkComparison> benchmarks,
                                           absl::Span<const std::string> metrics,
                                           double confidence) {
  const double z = stats::NormalQuantile((1 + confidence) / 2);
  double sum = 0;
  double variance = 0;
  GeometricMean result;
  for (const BenchmarkComparison& benchmark : benchmarks) {
    if (Incomparable(benchmark)) continue;
    const ChangeInterval* const change = TimeChange(benchmark, metrics);
    if (change == nullptr || !(change->estimate > -1) || !std::isfinite(change->estimate)) continue;
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

std::optional<GeometricMean> MeanChange(absl::Span<const BenchmarkComparison> benchmarks,
                                        const samples::Side& base, const samples::Side& candidate,
                                        double confidence) {
  const uint32_t base_numbers[] = {NumberOf(base, "cpu_time_ns"), NumberOf(base, "real_time_ns")};
  const uint32_t new_numbers[] = {NumberOf(candidate, "cpu_time_ns"),
                                  NumberOf(candidate, "real_time_ns")};
  std::vector<Times> of_base;
  std::vector<Times> of_new;
  for (const BenchmarkComparison& benchmark : benchmarks) {
    if (Incomparable(benchmark)) continue;
    const size_t which = policy::PrimaryTime(benchmark.name) == "real_time_ns" ? 1 : 0;
    const Times base_times = TimesOf(base, benchmark.name, base_numbers[which]);
    const Times new_times = TimesOf(candidate, benchmark.name, new_numbers[which]);
    if (base_times == nullptr || new_times == nullptr) continue;
    of_base.push_back(base_times);
    of_new.push_back(new_times);
  }
  const size_t base_processes = UsualProcesses(of_base);
  const size_t new_processes = UsualProcesses(of_new);
  std::vector<Times> base_kept;
  std::vector<Times> new_kept;
  for (size_t i = 0; i < of_base.size(); ++i) {
    if (of_base[i]->size() < base_processes || of_new[i]->size() < new_processes) continue;
    base_kept.push_back(of_base[i]);
    new_kept.push_back(of_new[i]);
  }
  if (base_kept.empty()) return std::nullopt;
  const std::vector<double> base_means = MeanLogs(base_kept, base_processes);
  const std::vector<double> new_means = MeanLogs(new_kept, new_processes);
  GeometricMean result;
  result.benchmarks = base_kept.size();
  result.change.estimate = std::expm1(stats::HodgesLehmannShift(base_means, new_means));
  const stats::Interval shift = stats::RankSumInterval(base_means, new_means, confidence);
  if (std::isfinite(shift.low) && std::isfinite(shift.high)) {
    result.change.low = std::expm1(shift.low);
    result.change.high = std::expm1(shift.high);
  }
  return result;
}

}  // namespace loadline::compare
