#ifndef LOADLINE_PLATFORM_COMMON_CLOCK_TICK_H_
#define LOADLINE_PLATFORM_COMMON_CLOCK_TICK_H_

#include <cstdint>
#include <optional>

#include "absl/functional/function_ref.h"

namespace loadline::platform {

// The step in which a clock advances, in its own whole unit, judged from `readings` successive
// readings: the smallest difference between two intervals that it can tell apart, also where one
// reading takes several steps. A step that is no whole number (41.67) is rounded down or up. No
// value if the clock stood still.
std::optional<int64_t> ClockStep(absl::FunctionRef<int64_t()> read, int readings);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_COMMON_CLOCK_TICK_H_
