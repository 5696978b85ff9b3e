#ifndef LOADLINE_MONITOR_ALERT_BOOK_H_
#define LOADLINE_MONITOR_ALERT_BOOK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "loadline/base/mutex.h"
#include "loadline/monitor/operation_recorder.h"
#include "loadline/monitor/performance_monitor.h"

namespace loadline {

// The alert rules of a monitor and which of them are raised. Thread-safe; the functions that it is
// given are called with its lock held and must not call back.
class AlertBook {
 public:
  // As PerformanceMonitor::AddAlert.
  absl::Status Add(AlertRule rule);

  // The counts of an operation; no value if it was never asked for.
  using CountsOf = absl::FunctionRef<std::optional<OperationCounts>(absl::string_view operation)>;
  // The rules that changed, judged on `sample` and on what the operations did since last time.
  std::vector<Alert> Evaluate(const std::optional<ProcessSample>& sample, CountsOf counts_of,
                              int64_t steady_nanos);

  bool NeedsProcessSample() const;
  std::vector<std::string> Raised() const;

  // Runs `reset`, which starts the counts at zero, and lets every rule begin anew with them.
  void RestartCounts(absl::FunctionRef<void()> reset);

 private:
  struct Entry {
    AlertRule rule;
    bool raised = false;
    OperationCounts judged;  // what the last verdict had counted in
  };
  static std::optional<double> FigureOf(Entry& entry, const std::optional<ProcessSample>& sample,
                                        CountsOf counts_of);

  mutable Mutex mutex_;
  std::vector<Entry> entries_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace loadline

#endif  // LOADLINE_MONITOR_ALERT_BOOK_H_
