#ifndef LOADLINE_PLATFORM_COMMON_PROC_SCHEDSTAT_H_
#define LOADLINE_PLATFORM_COMMON_PROC_SCHEDSTAT_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace loadline::platform {

// The second figure of the text of /proc/<pid>/schedstat: nanoseconds spent waiting on a run queue
// (Linux, Documentation/scheduler/sched-stats.rst). No value where the text is of another form, and
// where the third figure, how often the task got a processor, is zero: a kernel that does not count
// prints zeros.
std::optional<int64_t> SchedstatRunDelayNanos(absl::string_view text);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_COMMON_PROC_SCHEDSTAT_H_
