#ifndef LOADLINE_PLATFORM_COMMON_PERF_LEVELS_H_
#define LOADLINE_PLATFORM_COMMON_PERF_LEVELS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "loadline/platform/cpu.h"

namespace loadline::platform {

// macOS's named values (sysctlbyname(3)); no value where the kernel has none of that name.
using SysctlNumber = absl::FunctionRef<std::optional<int64_t>(const char* name)>;
using SysctlText = absl::FunctionRef<std::optional<std::string>(const char* name)>;

// The topology of hw.ncpu, machdep.cpu.brand_string and hw.perflevelN.*, level 0 being the fastest
// (<sys/sysctl.h>); Macs without performance levels have one kind, "cpu". There is no affinity on
// macOS: every CPU is usable.
CpuTopology TopologyOfSysctls(SysctlNumber number, SysctlText text);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_COMMON_PERF_LEVELS_H_
