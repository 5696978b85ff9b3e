#ifndef LOADLINE_MONITOR_PROCESS_SAMPLES_H_
#define LOADLINE_MONITOR_PROCESS_SAMPLES_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "loadline/base/clock.h"
#include "loadline/base/mutex.h"
#include "loadline/monitor/performance_monitor.h"

namespace loadline {

// The newest `max_samples` readings of this process's memory and CPU. Thread-safe.
class ProcessSamples {
 public:
  ProcessSamples(const Clock& clock, size_t max_samples)
      : clock_(clock), max_samples_(max_samples) {}

  ProcessSample Take();
  std::optional<ProcessSample> Newest() const;
  std::vector<ProcessSample> All() const;  // oldest first
  // Forgets the samples; the next one still has its CPU since the last that was taken.
  void Clear();

 private:
  struct CpuReading {
    int64_t steady_nanos = 0;
    int64_t cpu_nanos = 0;
  };
  // The CPU share since the previous reading, which `now` replaces.
  std::optional<double> CpuPercent(const CpuReading& now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Clock& clock_;
  const size_t max_samples_;
  mutable Mutex mutex_;
  std::deque<ProcessSample> samples_ ABSL_GUARDED_BY(mutex_);
  std::optional<CpuReading> previous_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace loadline

#endif  // LOADLINE_MONITOR_PROCESS_SAMPLES_H_
