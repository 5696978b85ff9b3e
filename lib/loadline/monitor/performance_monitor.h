#ifndef LOADLINE_MONITOR_PERFORMANCE_MONITOR_H_
#define LOADLINE_MONITOR_PERFORMANCE_MONITOR_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "loadline/base/clock.h"
#include "loadline/monitor/operation_recorder.h"
#include "loadline/monitor/scoped_operation.h"
#include "loadline/stats/latency_histogram.h"

namespace loadline {

// One finished operation in a snapshot.
struct OperationSnapshot {
  std::string name;
  uint64_t count = 0;   // finished operations, failed ones included
  uint64_t errors = 0;  // of those, the failed ones
  stats::LatencyHistogram latency;
};

// Process figures at one moment. No value where the OS does not answer.
struct ProcessSample {
  int64_t steady_nanos = 0;
  std::optional<uint64_t> memory_bytes;
  std::optional<uint64_t> peak_memory_bytes;
  std::optional<double> cpu_percent;  // since the previous sample; 100 = one core busy
};

struct MonitorSnapshot {
  int64_t since_steady_nanos = 0;  // start or last Reset
  int64_t taken_steady_nanos = 0;
  std::vector<OperationSnapshot> operations;  // by name
  std::vector<ProcessSample> samples;         // oldest first; a ring of MonitorOptions::max_samples
};

// A figure that is watched. Raised when it is above `raise_above` at EvaluateAlerts(), cleared when
// it is below `clear_below` (<= raise_above): between the two, or without a figure, it stays as it
// is. Memory and CPU are those of the newest sample. Errors and latency are those of the operations
// finished since the rule was last judged, so that an old trouble does not keep an alert up.
struct AlertRule {
  enum class Figure { kMemoryBytes, kCpuPercent, kErrorPercent, kLatencyP99Nanos };
  std::string name;
  Figure figure = Figure::kMemoryBytes;
  std::string operation;  // kErrorPercent and kLatencyP99Nanos: which operation
  double raise_above = 0;
  double clear_below = 0;
  uint64_t min_operations = 1;  // the rule is not judged on fewer finished operations than these
};

struct Alert {
  std::string rule;
  bool raised = false;  // false: cleared
  double value = 0;
  int64_t steady_nanos = 0;
};

struct MonitorOptions {
  bool enabled = true;       // off: recorders do nothing and read no clock
  size_t max_samples = 600;  // process samples kept
  const Clock* clock = &Clock::Real();
};

// What an application sees of its own operations while it runs: counts, errors and latency
// histograms by operation, samples of memory and CPU, alerts. Thread-safe throughout. Must not be
// destroyed by a log sink.
//
// Recording costs two clock reads and a relaxed increment on a counter of the calling thread's
// stripe (benchmark row Monitor/Record_*); with enabled = false a single branch.
class PerformanceMonitor {
 public:
  explicit PerformanceMonitor(MonitorOptions options = {});
  ~PerformanceMonitor();
  PerformanceMonitor(const PerformanceMonitor&) = delete;
  PerformanceMonitor& operator=(const PerformanceMonitor&) = delete;

  // The recorder of `name`, by custom [a-z0-9_.] ("registry.get"), made at the first call. Keep it:
  // a look-up takes a lock. Valid as long as the monitor.
  OperationRecorder* Operation(absl::string_view name);

  bool enabled() const;
  void SetEnabled(bool enabled);

  // Reads memory and CPU once, enabled or not, and keeps the sample. For a host application's own
  // timer.
  ProcessSample SampleProcess();
  // Calls SampleProcess() and EvaluateAlerts() every `period_ms` on one thread until stopped or
  // destroyed. kFailedPrecondition if already running, kInvalidArgument if period_ms < 10,
  // kResourceExhausted if the OS gives no thread.
  absl::Status StartSampling(int period_ms);
  // No sample is begun once this has returned, and none is in progress. Called by a log sink, or on
  // the sampling thread itself, it cannot wait for that thread: the sample in progress is finished,
  // and until the sink has returned StartSampling() is kFailedPrecondition there.
  void StopSampling();

  // kInvalidArgument: no name, clear_below > raise_above, a threshold that is not finite, an
  // operation missing where the figure needs one; kAlreadyExists: the name is taken. The operation
  // need not have been recorded yet.
  absl::Status AddAlert(AlertRule rule);
  // Holds each rule against the newest figures and returns the changes since the last call; each
  // change is also logged as a warning (raised) or info (cleared). Takes a process sample itself if
  // there is none yet and a rule needs one.
  std::vector<Alert> EvaluateAlerts();
  std::vector<std::string> RaisedAlerts() const;

  // Counters may be a few operations apart from one another while threads record.
  MonitorSnapshot Snapshot() const;
  // Starts all counters at zero again and forgets the samples; alerts stay as they are.
  void Reset();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Strict JSON (docs/formats.md, "Monitor snapshot").
std::string ToJson(const MonitorSnapshot& snapshot);
// OpenMetrics 1.0 text, ending in "# EOF\n". Operations whose names differ only in what is no UTF-8
// are added up: a series is never there twice.
std::string ToOpenMetrics(const MonitorSnapshot& snapshot);

}  // namespace loadline

#endif  // LOADLINE_MONITOR_PERFORMANCE_MONITOR_H_
