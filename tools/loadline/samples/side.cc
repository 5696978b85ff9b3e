#include "tools/loadline/samples/side.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "loadline/stats/sample.h"
#include "tools/loadline/results/run_name.h"
#include "tools/loadline/samples/benchmark_rows.h"
#include "tools/loadline/samples/machine.h"
#include "tools/loadline/samples/time_semantics.h"

namespace loadline::samples {
namespace {

using results::ResultFile;
using results::Row;
using results::RunType;

// False where the row contradicts what the end of its name seems to say about how long it is run.
bool RanAsNamed(const Row& row) {
  for (absl::string_view part : absl::StrSplit(results::TakeApart(row.run_name).length, '/')) {
    const bool iterations = absl::ConsumePrefix(&part, "iterations:");
    if (!iterations && !absl::ConsumePrefix(&part, "repeats:")) continue;
    int64_t said = 0;
    if (!absl::SimpleAtoi(part, &said) || said < 1) return false;
    // The row counts those of all threads, and `loadline run` the repetitions of all processes.
    if (iterations && row.iterations != said && row.iterations / row.threads != said) return false;
    if (!iterations && row.repetitions > 0 && row.repetitions % said != 0) return false;
  }
  return true;
}

// Series are sorted by metric.
std::vector<double>& SeriesOf(SideBenchmark& benchmark, uint32_t metric) {
  auto at = std::lower_bound(benchmark.series.begin(), benchmark.series.end(), metric,
                             [](const Series& series, uint32_t m) { return series.metric < m; });
  if (at == benchmark.series.end() || at->metric != metric) {
    at = benchmark.series.insert(at, {.metric = metric, .processes = {}});
  }
  return at->processes;
}

}  // namespace

void Side::AddRow(const Row& row) {
  if (row.run_type == RunType::kAggregate) {
    if (results::IsFit(row)) return;
    aggregates_ = true;
    BenchmarkIndex(row);
    return;
  }
  const uint32_t index = BenchmarkIndex(row);
  SideBenchmark& benchmark = benchmarks_[index];
  benchmark.only_aggregates = false;
  open_[index].seen = true;
  benchmark.threads = std::max(benchmark.threads, row.threads);
  if (row.error_occurred) {
    if (benchmark.failed++ == 0) benchmark.message = row.error_message;
  } else if (row.skipped) {
    if (benchmark.skipped++ == 0 && benchmark.failed == 0) benchmark.message = row.skip_message;
  } else {
    AddMeasurement(row, index);
  }
}

// The row's benchmark, made when the row is its first.
uint32_t Side::BenchmarkIndex(const Row& row) {
  const auto next = static_cast<uint32_t>(benchmarks_.size());
  const auto [at, inserted] = index_.emplace(row.run_name, next);
  if (inserted) {
    SideBenchmark& made = benchmarks_.emplace_back();
    made.name = row.run_name;
    made.only_aggregates = true;
    const auto [same, alone] =
        by_canonical_name_.emplace(results::CanonicalName(row.run_name), next);
    if (!alone) same->second = kSeveral;
  }
  if (open_.size() < benchmarks_.size()) open_.resize(benchmarks_.size());
  return at->second;
}

void Side::AddMeasurement(const Row& row, uint32_t index) {
  SideBenchmark& benchmark = benchmarks_[index];
  Open& open = open_[index];
  ++benchmark.repetitions;
  if (benchmark.time_unit.empty()) benchmark.time_unit = row.time_unit;
  benchmark.units_mixed = benchmark.units_mixed || benchmark.time_unit != row.time_unit;
  benchmark.ran_as_named = benchmark.ran_as_named && RanAsNamed(row);
  const auto number = static_cast<uint32_t>(open.rows.size());
  open.rows.push_back({row.family_index, row.per_family_instance_index, row.repetition_index,
                       row.repetitions, row.counters.contains("init_main_ns")});
  const auto iterations = static_cast<double>(std::max<int64_t>(1, row.iterations));
  // The reader promises both times of a row that was measured; a duet measures one of them.
  if (row.real_time_ns.has_value()) {
    open.readings.push_back({MetricIndex("real_time_ns"), number, *row.real_time_ns, iterations});
  }
  if (row.cpu_time_ns.has_value()) {
    open.readings.push_back({MetricIndex("cpu_time_ns"), number, *row.cpu_time_ns, iterations});
  }
  for (const auto& [name, value] : row.counters) {
    open.readings.push_back({MetricIndex(name), number, value, 0});
    if (name == "quantized" && value != 0) benchmark.quantized = true;
    if (name == "oversubscribed" && value != 0) benchmark.oversubscribed = true;
    if (name == "rss_isolated" && value == 0) benchmark.memory_shared = true;
  }
  fingerprint_ = FingerprintOf(fingerprint_, row);
}

void Side::Finish(const ResultFile& file) {
  const bool isolated = !file.ContextText("loadline.isolation").empty();
  int64_t run_processes = 0;
  if (!absl::SimpleAtoi(file.ContextText("loadline.repetitions"), &run_processes)) {
    run_processes = 0;
  }
  size_t seen = 0;
  for (size_t i = 0; i < open_.size(); ++i) {
    if (open_[i].seen) ++seen;
    if (open_[i].rows.empty()) continue;
    if (MayBeSeveral(open_[i], isolated)) benchmarks_[i].several = true;
    Reduce(ProcessesOf(open_[i], isolated, run_processes), open_[i], benchmarks_[i]);
  }
  const std::string date = file.ContextText("date");
  files_.push_back({.environment = EnvironmentOf(file),
                    .source = file.source,
                    .host = HostOf(file).Text(),
                    .date = date,
                    .time_semantics = TimeSemanticsOf(file),
                    .incomplete = file.incomplete(),
                    .isolated = isolated,
                    .benchmarks = seen,
                    .aggregates = std::exchange(aggregates_, false),
                    .fingerprint = FingerprintOf(std::exchange(fingerprint_, 0), date)});
  open_.clear();
}

// Whether a file's rows of one name may belong to several benchmarks. A repetition that is there
// again is another run's where the rows say that they are of one benchmark; else who knows.
bool Side::MayBeSeveral(const Open& open, bool isolated) {
  const RowOrigin& first = open.rows.front();
  absl::flat_hash_set<int64_t> repetitions;
  return std::any_of(open.rows.begin(), open.rows.end(), [&](const RowOrigin& row) {
    const bool again = !repetitions.insert(row.repetition_index).second;
    return row.family_index != first.family_index ||
           row.per_family_instance_index != first.per_family_instance_index ||
           (again && !isolated && (row.family_index < 0 || row.repetition_index < 0));
  });
}

// The process of each measured row of a benchmark.
std::vector<uint32_t> Side::ProcessesOf(const Open& open, bool isolated, int64_t run_processes) {
  std::vector<uint32_t> processes;
  processes.reserve(open.rows.size());
  absl::flat_hash_map<std::tuple<int64_t, int64_t, int64_t>, uint32_t> appearances;
  for (size_t i = 0; i < open.rows.size(); ++i) {
    const RowOrigin& row = open.rows[i];
    if (isolated) {
      // A start of an initialisation probe is a process, however many repetitions the suite has.
      const bool shared = !row.start && row.repetition_index >= 0 && run_processes > 0 &&
                          row.repetitions > run_processes && row.repetitions % run_processes == 0;
      const int64_t in_process = shared ? row.repetitions / run_processes : 1;
      processes.push_back(static_cast<uint32_t>(shared ? row.repetition_index / in_process
                                                       : static_cast<int64_t>(i)));
    } else if (row.repetition_index < 0 || open.rows.size() == 1) {
      processes.push_back(0);
    } else {
      processes.push_back(
          appearances[{row.family_index, row.per_family_instance_index, row.repetition_index}]++);
    }
  }
  return processes;
}

// The file's readings of one benchmark become one value a metric and process.
void Side::Reduce(const std::vector<uint32_t>& processes, Open& open, SideBenchmark& benchmark) {
  std::vector<Reading>& readings = open.readings;
  for (Reading& reading : readings) reading.row = processes[reading.row];
  std::stable_sort(readings.begin(), readings.end(), [](const Reading& a, const Reading& b) {
    return std::tie(a.metric, a.row) < std::tie(b.metric, b.row);
  });
  const uint32_t first_metric = readings.front().metric;  // a time, which every row has
  for (size_t begin = 0; begin < readings.size();) {
    size_t end = begin;
    while (end < readings.size() && readings[end].metric == readings[begin].metric &&
           readings[end].row == readings[begin].row) {
      ++end;
    }
    if (readings[begin].metric == first_metric) ++benchmark.processes;
    SeriesOf(benchmark, readings[begin].metric)
        .push_back(ValueOfProcess(absl::MakeConstSpan(readings).subspan(begin, end - begin)));
    begin = end;
  }
}

// Of the repetitions in a process: of a time all that was spent over all iterations, of a counter
// the median.
double Side::ValueOfProcess(absl::Span<const Reading> readings) {
  if (readings.size() == 1) return readings.front().value;
  double total = 0;
  double iterations = 0;
  std::vector<double> values;
  for (const Reading& reading : readings) {
    if (!std::isfinite(reading.value)) return reading.value;  // it makes the process so
    values.push_back(reading.value);
    total += reading.iterations * reading.value;
    iterations += reading.iterations;
  }
  return iterations > 0 ? total / iterations : stats::Median(values);
}

void Side::Add(const ResultFile& file) {
  for (const Row& row : file.rows) AddRow(row);
  Finish(file);
}

const SideBenchmark* Side::Find(absl::string_view name) const {
  const auto found = index_.find(name);
  return found == index_.end() ? nullptr : &benchmarks_[found->second];
}

const SideBenchmark* Side::FindByCanonicalName(absl::string_view canonical_name) const {
  const auto found = by_canonical_name_.find(canonical_name);
  if (found == by_canonical_name_.end() || found->second == kSeveral) return nullptr;
  const SideBenchmark& benchmark = benchmarks_[found->second];
  return benchmark.ran_as_named ? &benchmark : nullptr;
}

std::vector<double> Side::InOrder(const Series& series) const {
  if (files_.size() == 1) return series.processes;
  if (series.processes.size() != files_.size()) return {};
  std::map<absl::string_view, double> by_date;
  for (size_t i = 0; i < files_.size(); ++i) {
    const File& file = files_[i];
    if (file.isolated || file.date.empty()) return {};
    if (!by_date.emplace(file.date, series.processes[i]).second) return {};
  }
  std::vector<double> ordered;
  for (const auto& [date, value] : by_date) ordered.push_back(value);
  return ordered;
}

uint32_t Side::MetricIndex(absl::string_view name) {
  const auto [at, inserted] =
      metric_index_.try_emplace(name, static_cast<uint32_t>(metrics_.size()));
  if (inserted) metrics_.push_back(at->first);
  return at->second;
}

}  // namespace loadline::samples
