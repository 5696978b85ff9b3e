#ifndef LOADLINE_PLATFORM_RUN_DELAY_H_
#define LOADLINE_PLATFORM_RUN_DELAY_H_

#include <cstdint>
#include <optional>

namespace loadline::platform {

// How long the calling thread, since it began, could have run but waited for a processor, in
// nanoseconds. No value where the OS does not count it: macOS, a Linux kernel built without
// CONFIG_SCHED_INFO, no /proc. One reading costs a few microseconds. Thread-safe.
std::optional<int64_t> ThreadRunDelayNanos();

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_RUN_DELAY_H_
