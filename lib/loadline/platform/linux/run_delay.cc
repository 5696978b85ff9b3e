#include "loadline/platform/run_delay.h"

#include <string>

#include "loadline/platform/common/proc_schedstat.h"
#include "loadline/platform/linux/proc_file.h"

namespace loadline::platform {

std::optional<int64_t> ThreadRunDelayNanos() {
  const std::optional<std::string> text = ReadProcFile("/proc/thread-self/schedstat");
  if (!text.has_value()) return std::nullopt;
  return SchedstatRunDelayNanos(*text);
}

}  // namespace loadline::platform
