#ifndef LOADLINE_HARNESS_OPERATION_LOOP_H_
#define LOADLINE_HARNESS_OPERATION_LOOP_H_

#include <benchmark/benchmark.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "absl/strings/string_view.h"
#include "loadline/stats/latency_histogram.h"

namespace loadline::harness {

struct RunTotals;  // what the threads of the current run have done; private to the .cc

// The measured loop of one thread of a benchmark:
//
//   void RegistryGet(benchmark::State& state) {
//     Fixture* fixture = ...;                        // before the loop; see shared_fixture.h
//     OperationLoop loop(state);
//     while (loop.KeepRunning()) {
//       loop.Time([&] { return fixture->registry().Get(fixture->NextId()); });
//     }
//   }
//   BENCHMARK(RegistryGet)->UseRealTime()->ThreadRange(1, 16);
//
// Google Benchmark's own figures mean different things in its versions once there are threads, and
// it sums counters over threads. So the loop keeps its own: every thread merges what it did before
// the end barrier, and thread 0 publishes for all of them, with the same meaning on any version
// and at any number of threads:
//   ops_total ops_ok ops_failed  operations of all threads; a failed one is one that returned
//                                false, an error Status, or a StatusOr or optional without value
//   success_pct                  100 * ops_ok / ops_total
//   ops_per_s                    ops_ok by the wall clock, from the first thread's start to the
//                                last thread's end, less the threads' mean Untimed() time
//   lat_p50_ns lat_p90_ns lat_p99_ns lat_p999_ns lat_max_ns  latency of an operation, failed ones
//                                included, from the merged histograms; nearest-rank quantiles
//   ops_per_sample               1, or the batch: latencies are then means of that many operations
//   quantized                    1 when half of the samples took less than 20 ticks of the clock:
//                                the latencies are then counts of ticks, not times; use a batch
//
// A failed operation is a figure. A wrong answer is none: Fail() makes the row an error row.
// Every thread of the benchmark makes one loop before it enters it and leaves it only when
// KeepRunning() returns false or after Fail(). Each thread's loop holds a 63.5 KiB histogram.
// Thread-compatible: a loop belongs to its thread.
class OperationLoop {
 public:
  // `batch`: operations between two readings of the clock (two readings and the bookkeeping cost
  // about 50 ns). Take 1 for operations above 1 us, and about 1 us' worth for shorter ones. The
  // last batch may overshoot the iterations asked for. REQUIRES: batch >= 1.
  explicit OperationLoop(benchmark::State& state, int64_t batch = 1);
  ~OperationLoop();
  OperationLoop(const OperationLoop&) = delete;
  OperationLoop& operator=(const OperationLoop&) = delete;

  // True while there is a batch to do: one Time() call. The first call is the start barrier of all
  // threads, the last one the end barrier; the one after it publishes the counters.
  bool KeepRunning() {
    if (left_ > 0 && !stop_.load(std::memory_order_relaxed)) [[likely]] {
      left_ -= batch_;
      return state_.KeepRunningBatch(batch_);
    }
    return StartOrFinish();
  }

  // Calls `op` as often as the batch says, between two readings of the clock. What it returns says
  // whether it succeeded (see above; void always does).
  template <typename Op>
  void Time(Op&& op) {
    if constexpr (std::is_void_v<std::invoke_result_t<Op&>>) {
      TimeVoid(op);
    } else {
      (void)TimeAndReturn(op);  // has been counted
    }
  }
  // The same, returning what the last call returned.
  template <typename Op>
  std::decay_t<std::invoke_result_t<Op&>> TimeAndReturn(Op&& op);

  // Calls `work` outside of all measured time: preparing the next operation, checking the last
  // one. Costs about 1 us; for work shorter than that prepare many operations before the loop.
  template <typename Work>
  void Untimed(Work&& work);

  // The answer was wrong, or the benchmark itself cannot go on: the row becomes an error row with
  // this message (the first one, if several threads fail), and every thread stops after the
  // operation that it is in. The caller may go on to KeepRunning() or return.
  void Fail(absl::string_view message);

 private:
  static int64_t NowNanos() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  template <typename Result>
  static bool Succeeded(const Result& result) {
    if constexpr (std::is_same_v<Result, bool>) {
      return result;
    } else if constexpr (requires { result.ok(); }) {
      return result.ok();
    } else if constexpr (requires { result.has_value(); }) {
      return result.has_value();
    } else {
      return true;
    }
  }
  template <typename Op>
  void TimeVoid(Op& op);
  // Keeps the compiler from dropping the work that made `result`. Not benchmark::DoNotOptimize:
  // with sanitizers GCC 12 brings other values back from its in-and-out operand (a true bool came
  // back false). Here the address goes in and nothing comes out.
  template <typename Result>
  static void Keep(const Result& result) {
    asm volatile("" : : "r"(&result) : "memory");
  }
  // Runs `op` once; 1 if it failed.
  template <typename Op>
  int64_t RunOnce(Op& op) {
    auto result = op();
    Keep(result);
    return Succeeded(result) ? 0 : 1;
  }
  void Record(int64_t nanos, int64_t failed) {
    if (nanos < 0) nanos = 0;
    const auto count = static_cast<uint64_t>(batch_);
    histogram_.RecordMany(static_cast<uint64_t>(nanos) / count, count);
    failed_ops_ += failed;
  }

  bool StartOrFinish();
  bool Start();
  void Finish();
  void MergeIntoRun(int64_t end_nanos);
  void PublishRun();

  benchmark::State& state_;
  RunTotals& run_;
  const std::atomic<bool>& stop_;  // of the run: some thread failed
  const int64_t batch_;
  int64_t left_ = 0;  // iterations not yet handed out; <= 0: done, or not started
  bool started_ = false;
  bool failed_ = false;  // Fail() was called by this thread
  int64_t start_nanos_ = 0;
  int64_t untimed_nanos_ = 0;
  int64_t failed_ops_ = 0;
  stats::LatencyHistogram histogram_;
};

template <typename Op>
void OperationLoop::TimeVoid(Op& op) {
  const int64_t start = NowNanos();
  for (int64_t i = 0; i < batch_; ++i) op();
  benchmark::ClobberMemory();
  Record(NowNanos() - start, 0);
}

template <typename Op>
std::decay_t<std::invoke_result_t<Op&>> OperationLoop::TimeAndReturn(Op&& op) {
  const int64_t start = NowNanos();
  int64_t failed = 0;
  for (int64_t i = 1; i < batch_; ++i) failed += RunOnce(op);
  std::decay_t<std::invoke_result_t<Op&>> result = op();
  Keep(result);
  Record(NowNanos() - start, failed + (Succeeded(result) ? 0 : 1));
  return result;
}

template <typename Work>
void OperationLoop::Untimed(Work&& work) {
  if (failed_) return;
  state_.PauseTiming();
  const int64_t start = NowNanos();
  work();
  untimed_nanos_ += NowNanos() - start;
  if (!failed_) state_.ResumeTiming();  // `work` may have called Fail()
}

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_OPERATION_LOOP_H_
