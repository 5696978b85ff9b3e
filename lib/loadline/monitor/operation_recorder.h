#ifndef LOADLINE_MONITOR_OPERATION_RECORDER_H_
#define LOADLINE_MONITOR_OPERATION_RECORDER_H_

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "loadline/base/clock.h"
#include "loadline/base/mutex.h"
#include "loadline/stats/latency_histogram.h"

namespace loadline {

// The counts of one operation at one moment.
struct OperationCounts {
  uint64_t count = 0;             // finished operations, failed ones included
  uint64_t errors = 0;            // of those, the failed ones; never more than `count`
  std::vector<uint64_t> buckets;  // by stats::LatencyBuckets
};

// The counters of one operation ("registry.get"). Obtained from a PerformanceMonitor and valid as
// long as it. Thread-safe: threads count in stripes of their own, which are mapped when a thread
// first records. A recorder that is never used is a few hundred bytes; each stripe in use touches
// only the pages that hold its latencies, one page for each power of two or two.
class OperationRecorder {
 public:
  OperationRecorder(std::string name, const Clock& clock, bool enabled);
  ~OperationRecorder();
  OperationRecorder(const OperationRecorder&) = delete;
  OperationRecorder& operator=(const OperationRecorder&) = delete;

  const std::string& name() const { return name_; }
  bool enabled() const { return enabled_.load(std::memory_order_relaxed); }
  void SetEnabled(bool enabled) { enabled_.store(enabled, std::memory_order_relaxed); }

  // The monitor's steady clock.
  int64_t NowNanos() const {
    if (clock_ != nullptr) return clock_->SteadyNanos();
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }

  // Counts one finished operation that took `nanos` (below 0 counts as 0), enabled or not: whoever
  // started timing decides. Waits for nothing; the first call of a thread maps its stripe.
  void Record(int64_t nanos, bool failed);

  OperationCounts Read() const;
  // Starts at zero again. Of an operation that finishes meanwhile the count may be lost and the
  // error kept: at most one for each thread that records. Read() shows it once others are counted.
  void Reset();

 private:
  struct Stripe;
  Stripe* StripeOfThisThread();

  const std::string name_;
  const Clock* const clock_;  // null: the machine's, read without a virtual call
  std::atomic<bool> enabled_;
  std::array<std::atomic<Stripe*>, StripedSharedMutex::kStripes> stripes_{};
  // Operations for which the OS gave no stripe: counted, without their latency.
  std::atomic<uint64_t> unplaced_{0};
  std::atomic<uint64_t> unplaced_errors_{0};
};

}  // namespace loadline

#endif  // LOADLINE_MONITOR_OPERATION_RECORDER_H_
