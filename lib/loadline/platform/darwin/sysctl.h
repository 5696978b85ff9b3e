#ifndef LOADLINE_PLATFORM_DARWIN_SYSCTL_H_
#define LOADLINE_PLATFORM_DARWIN_SYSCTL_H_

#include <cstdint>
#include <optional>
#include <string>

namespace loadline::platform {

// The named kernel value; no value where there is none of that name and kind.
std::optional<int64_t> ReadSysctlNumber(const char* name);
std::optional<std::string> ReadSysctlText(const char* name);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_DARWIN_SYSCTL_H_
