#ifndef LOADLINE_MONITOR_ALERT_BOOK_H_
#define LOADLINE_MONITOR_ALERT_BOOK_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "loadline/monitor/performance_monitor.h"

namespace loadline {

// Alert rules and which of them are raised. Thread-compatible.
class AlertBook {
 public:
  // As PerformanceMonitor::AddAlert.
  absl::Status Add(AlertRule rule);

  // Holds each rule against the figure that `read` gives for it (none: the rule stays as it is)
  // and returns the changes, in the order of the rules.
  using FigureReader = std::function<std::optional<double>(const AlertRule&)>;
  std::vector<Alert> Evaluate(const FigureReader& read, int64_t steady_nanos);

  std::vector<std::string> Raised() const;

 private:
  struct Entry {
    AlertRule rule;
    bool raised = false;
  };
  std::vector<Entry> entries_;
};

}  // namespace loadline

#endif  // LOADLINE_MONITOR_ALERT_BOOK_H_
