#ifndef TESTS_TOOLS_LOADLINE_REPORT_SAMPLE_COMPARISON_H_
#define TESTS_TOOLS_LOADLINE_REPORT_SAMPLE_COMPARISON_H_

#include <string>
#include <utility>

#include "tools/loadline/compare/compare.h"

namespace loadline::report {

// Metrics of the sample, by their index.
enum SampleMetric : uint32_t { kAllocs, kCpuTime, kLatency };

inline compare::Change SampleChange(uint32_t metric, compare::Finding finding, double base,
                                    double candidate, double spread = 0.02) {
  compare::Change change;
  change.metric = metric;
  change.finding = finding;
  change.method = compare::Method::kShift;
  change.direction = policy::Direction::kLowerIsBetter;
  change.gated = true;
  change.margin = 0.05;
  change.base_processes = change.new_processes = 8;
  change.base = base;
  change.candidate = candidate;
  const double estimate = candidate / base - 1;
  change.guard = 0.25;
  change.change = compare::ChangeInterval{estimate, estimate - spread, estimate + spread};
  change.detectable = 0.05 + 2 * spread;
  change.beyond = finding == compare::Finding::kRegressed ? compare::Beyond::kYes
                  : finding == compare::Finding::kOpen    ? compare::Beyond::kOpen
                                                          : compare::Beyond::kNo;
  change.claims = {{.worse = {.p = 0.001, .adjusted = 0.002},
                    .better = {},
                    .at_all_worse = {.p = 0.0001, .adjusted = 0.0002},
                    .at_all_better = {}}};
  return change;
}

inline compare::BenchmarkComparison SampleBenchmark(std::string name, compare::Finding finding) {
  compare::BenchmarkComparison benchmark;
  benchmark.name = std::move(name);
  benchmark.finding = finding;
  benchmark.base_processes = benchmark.new_processes = 8;
  benchmark.base_repetitions = benchmark.new_repetitions = 8;
  benchmark.base_unit = benchmark.new_unit = "ns";
  return benchmark;
}

inline compare::BenchmarkComparison SampleTimed(std::string name, compare::Finding finding,
                                                double base, double candidate) {
  compare::BenchmarkComparison benchmark = SampleBenchmark(std::move(name), finding);
  benchmark.changes = {SampleChange(kCpuTime, finding, base, candidate)};
  return benchmark;
}

inline void AddSampleEnvironment(compare::CompareVerdict& verdict) {
  verdict.environment.push_back({.key = "num_cpus",
                                 .what = "number of CPUs",
                                 .weight = policy::EnvironmentWeight::kRefuse,
                                 .allowed = true,
                                 .base = "2",
                                 .candidate = "4"});
  verdict.environment.push_back({.key = "host",
                                 .what = "host",
                                 .weight = policy::EnvironmentWeight::kWarn,
                                 .base = "a",
                                 .candidate = "b"});
}

// A comparison with a benchmark of nearly every kind, sorted by name as Compare does.
inline compare::CompareVerdict SampleComparison() {
  using compare::Finding;
  using results::ExitCode;
  compare::CompareVerdict verdict;
  verdict.policy = "policy.toml";
  verdict.base = {.sources = {"base.json"},
                  .hosts = {"example (2 CPUs)"},
                  .benchmarks = 8,
                  .min_processes = 8,
                  .max_processes = 8};
  verdict.candidate = {.sources = {"new.1.json", "new.2.json", "new.3.json", "new.4.json"},
                       .hosts = {"example (2 CPUs)"},
                       .benchmarks = 8,
                       .min_processes = 6,
                       .max_processes = 8};
  verdict.alpha = 0.01;
  verdict.confidence = 0.98;
  verdict.times = {.size = 5, .alpha = 0.01};
  verdict.processes_needed = 5;
  verdict.metrics = {"allocs_per_op", "cpu_time_ns", "lat_p99_ns"};
  AddSampleEnvironment(verdict);

  compare::BenchmarkComparison better = SampleTimed("Fast/n:1", Finding::kImproved, 1000, 600);
  better.changes.push_back(SampleChange(kLatency, Finding::kRegressed, 2000, 3000));
  better.changes.back().gated = false;
  compare::BenchmarkComparison crashed = SampleBenchmark("Mix/Crash", Finding::kFailed);
  crashed.exit_code = ExitCode::kNotMeasured;
  crashed.message = "crashed: 11";
  compare::BenchmarkComparison gone = SampleBenchmark("Mix/Gone", Finding::kMissing);
  gone.exit_code = ExitCode::kNotMeasured;
  compare::BenchmarkComparison added = SampleBenchmark("Mix/New", Finding::kNew);
  compare::BenchmarkComparison noisy = SampleTimed("Mix/Noisy", Finding::kOpen, 50, 53);
  noisy.exit_code = ExitCode::kInconclusive;
  noisy.reason = noisy.changes[0].reason = compare::Reason::kTooNoisy;
  noisy.changes[0].change->low = -0.1;
  noisy.changes[0].change->high = 0.3;
  compare::BenchmarkComparison same = SampleTimed("Same", Finding::kSame, 100, 100.2);
  compare::BenchmarkComparison slower = SampleTimed("Sort/n:1000", Finding::kRegressed, 1000, 1280);
  slower.exit_code = ExitCode::kBroken;
  slower.labels[static_cast<size_t>(compare::Label::kUnitChanged)] = true;
  slower.new_unit = "us";
  slower.changes.insert(slower.changes.begin(), SampleChange(kAllocs, Finding::kSame, 2, 2, 0));
  verdict.benchmarks = {better, crashed, gone, added, noisy, same, slower};
  verdict.geometric_mean = compare::GeometricMean{4, {-0.03, -0.05, -0.01}};
  verdict.problems = {"new.4.json: the run was cut short"};
  verdict.notes = {"no file says its allocator"};
  verdict.exit_code = ExitCode::kBroken;
  return verdict;
}

}  // namespace loadline::report

#endif  // TESTS_TOOLS_LOADLINE_REPORT_SAMPLE_COMPARISON_H_
