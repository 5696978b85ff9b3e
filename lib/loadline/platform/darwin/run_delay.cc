#include "loadline/platform/run_delay.h"

namespace loadline::platform {

std::optional<int64_t> ThreadRunDelayNanos() { return std::nullopt; }

}  // namespace loadline::platform
