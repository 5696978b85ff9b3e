// Question: what does measuring cost the thing that is measured?
// Timed: one recorded operation with nothing in it, beside the same with the monitor off and
// beside a counter behind a mutex; snapshots and exports of a monitor with 40 operations.
// Would lie if: each thread recorded another operation; here all record the same one.

#include <memory>
#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "benchmarks/fixture/profile.h"
#include "benchmarks/fixture/sweep.h"
#include "loadline/harness/operation_loop.h"
#include "loadline/harness/shared_fixture.h"
#include "loadline/monitor/performance_monitor.h"
#include "loadline/stats/latency_histogram.h"

namespace loadline::bench {
namespace {

constexpr int64_t kFastBatch = 64;
constexpr int kOperations = 40;

PerformanceMonitor* MonitorOf(benchmark::State& state, bool enabled) {
  return harness::SharedFixture<PerformanceMonitor>(
      state, absl::StrCat("monitor/", enabled),
      [&]() -> absl::StatusOr<std::unique_ptr<PerformanceMonitor>> {
        auto monitor = std::make_unique<PerformanceMonitor>(MonitorOptions{.enabled = enabled});
        for (int i = 0; i < kOperations; ++i) {
          ScopedOperation operation(monitor->Operation(absl::StrCat("operation.", i)));
        }
        return monitor;
      });
}

void TimeRecord(benchmark::State& state, bool enabled) {
  PerformanceMonitor* monitor = MonitorOf(state, enabled);
  if (monitor == nullptr) return;
  OperationRecorder* recorder = monitor->Operation("operation.0");
  harness::OperationLoop loop(state, kFastBatch);
  while (loop.KeepRunning()) {
    loop.Time([&] {
      ScopedOperation operation(recorder);
      benchmark::DoNotOptimize(&operation);
    });
  }
}

template <typename Op>
void TimeOnMonitor(benchmark::State& state, Op op) {
  PerformanceMonitor* monitor = MonitorOf(state, true);
  if (monitor == nullptr) return;
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([&] { return op(*monitor); });
}

// What a user would write first: a count and a sum behind a mutex, with the same two clock reads.
void TimePeerMutex(benchmark::State& state) {
  static std::mutex mutex;
  static int64_t count = 0, sum = 0;
  harness::OperationLoop loop(state, kFastBatch);
  while (loop.KeepRunning()) {
    loop.Time([&] {
      const int64_t start = Clock::Real().SteadyNanos();
      const int64_t nanos = Clock::Real().SteadyNanos() - start;
      const std::lock_guard<std::mutex> lock(mutex);
      ++count;
      sum += nanos;
    });
  }
  // Somebody could read them: what nobody reads need not be written.
  benchmark::DoNotOptimize(&count);
  benchmark::DoNotOptimize(&sum);
}

void TimeHistogram(benchmark::State& state) {
  stats::LatencyHistogram histogram;
  uint64_t nanos = 1;
  harness::OperationLoop loop(state, kFastBatch);
  while (loop.KeepRunning()) {
    loop.Time([&] {
      nanos = nanos * 6364136223846793005u + 1442695040888963407u;  // Knuth's MMIX generator
      histogram.Record(nanos >> 40);
    });
  }
}

const bool registered = [] {
  Register({.name = "Monitor/Record_On"}, [](benchmark::State& s) { TimeRecord(s, true); });
  Register({.name = "Monitor/Record_Off"}, [](benchmark::State& s) { TimeRecord(s, false); });
  Register({.name = "Monitor/Record_PeerMutex"}, TimePeerMutex);
  Register({.name = "Monitor/HistogramRecord"}, TimeHistogram);
  Register({.name = "Monitor/Snapshot"}, [](benchmark::State& state) {
    TimeOnMonitor(
        state, [](PerformanceMonitor& m) { return m.Snapshot().operations.size() == kOperations; });
  });
  Register({.name = "Monitor/ExportJson"}, [](benchmark::State& state) {
    TimeOnMonitor(state, [](PerformanceMonitor& m) { return !ToJson(m.Snapshot()).empty(); });
  });
  Register({.name = "Monitor/ExportOpenMetrics"}, [](benchmark::State& state) {
    TimeOnMonitor(state,
                  [](PerformanceMonitor& m) { return !ToOpenMetrics(m.Snapshot()).empty(); });
  });
  Register({.name = "Monitor/SampleProcess"}, [](benchmark::State& state) {
    TimeOnMonitor(state, [](PerformanceMonitor& m) { return m.SampleProcess().memory_bytes > 0u; });
  });
  return true;
}();

}  // namespace
}  // namespace loadline::bench
