#include "loadline/harness/operation_loop.h"

#include <algorithm>
#include <string>

#include "loadline/base/mutex.h"
#include "loadline/harness/counters.h"
#include "loadline/platform/cpu.h"

namespace loadline::harness {

// One run is one call of the benchmark function by each of its threads. Google Benchmark runs one
// at a time, so one object serves all; the first loop of a run clears what the last run left.
// All threads of a run hold their loops at its start barrier, so none can merge before another
// clears.
struct RunTotals {
  Mutex mutex;
  int live_loops ABSL_GUARDED_BY(mutex) = 0;
  std::atomic<bool> stop{false};
  int64_t threads ABSL_GUARDED_BY(mutex) = 0;
  int64_t failed_ops ABSL_GUARDED_BY(mutex) = 0;
  int64_t first_start_nanos ABSL_GUARDED_BY(mutex) = INT64_MAX;
  int64_t last_end_nanos ABSL_GUARDED_BY(mutex) = INT64_MIN;
  int64_t untimed_nanos ABSL_GUARDED_BY(mutex) = 0;
  stats::LatencyHistogram histogram ABSL_GUARDED_BY(mutex);

  void Clear() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    stop.store(false, std::memory_order_relaxed);
    threads = failed_ops = untimed_nanos = 0;
    first_start_nanos = INT64_MAX;
    last_end_nanos = INT64_MIN;
    histogram.Reset();
  }
  double LatencyNanos(double q) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    return static_cast<double>(histogram.QuantileNanos(q));
  }
};

namespace {

RunTotals& CurrentRun() {
  static RunTotals& run = *new RunTotals;  // never destroyed: threads may outlive static objects
  return run;
}

}  // namespace

OperationLoop::OperationLoop(benchmark::State& state, int64_t batch)
    : state_(state), run_(CurrentRun()), stop_(run_.stop), batch_(std::max<int64_t>(batch, 1)) {
  MutexLock lock(run_.mutex);
  if (run_.live_loops++ == 0) run_.Clear();
}

OperationLoop::~OperationLoop() {
  MutexLock lock(run_.mutex);
  --run_.live_loops;
}

void OperationLoop::Fail(absl::string_view message) {
  if (failed_) return;
  failed_ = true;
  // In this order: the first message that Google Benchmark sees is the one it reports.
  state_.SkipWithError(SanitizeText(message).c_str());
  run_.stop.store(true, std::memory_order_relaxed);
}

bool OperationLoop::StartOrFinish() {
  if (!started_) return Start();
  Finish();
  return false;
}

bool OperationLoop::Start() {
  started_ = true;
  if (!state_.KeepRunningBatch(batch_)) return false;  // skipped before it began
  left_ = state_.max_iterations - batch_;
  start_nanos_ = NowNanos();
  return true;
}

void OperationLoop::Finish() {
  MergeIntoRun(NowNanos());
  const bool stopped = stop_.load(std::memory_order_relaxed);
  // Only an error makes KeepRunningBatch() return false before all iterations are done.
  if (stopped && !failed_) state_.SkipWithError("stopped: another thread failed");
  while (state_.KeepRunningBatch(batch_)) {
  }
  if (!stopped && state_.thread_index() == 0) PublishRun();
}

void OperationLoop::MergeIntoRun(int64_t end_nanos) {
  MutexLock lock(run_.mutex);
  ++run_.threads;
  run_.failed_ops += failed_ops_;
  run_.untimed_nanos += untimed_nanos_;
  run_.first_start_nanos = std::min(run_.first_start_nanos, start_nanos_);
  run_.last_end_nanos = std::max(run_.last_end_nanos, end_nanos);
  run_.histogram.Merge(histogram_);
}

void OperationLoop::PublishRun() {
  MutexLock lock(run_.mutex);
  const auto total = static_cast<double>(run_.histogram.count());
  const double ok = total - static_cast<double>(run_.failed_ops);
  const double untimed =
      static_cast<double>(run_.untimed_nanos) / static_cast<double>(run_.threads);
  const double wall = static_cast<double>(run_.last_end_nanos - run_.first_start_nanos) - untimed;
  const double tick = static_cast<double>(platform::ClockTickNanos());
  const double sample = run_.LatencyNanos(0.5) * static_cast<double>(batch_);
  SetGauge(state_, "ops_total", total);
  SetGauge(state_, "ops_ok", ok);
  SetGauge(state_, "ops_failed", total - ok);
  SetGauge(state_, "success_pct", total > 0 ? 100.0 * ok / total : 0);
  SetGauge(state_, "ops_per_s", wall > 0 ? ok * 1e9 / wall : 0);
  SetGauge(state_, "lat_p50_ns", run_.LatencyNanos(0.5));
  SetGauge(state_, "lat_p90_ns", run_.LatencyNanos(0.9));
  SetGauge(state_, "lat_p99_ns", run_.LatencyNanos(0.99));
  SetGauge(state_, "lat_p999_ns", run_.LatencyNanos(0.999));
  SetGauge(state_, "lat_max_ns", static_cast<double>(run_.histogram.max_nanos()));
  SetGauge(state_, "ops_per_sample", static_cast<double>(batch_));
  SetGauge(state_, "quantized", sample < 20 * tick ? 1 : 0);
}

}  // namespace loadline::harness
