#include "loadline/platform/cpu.h"

#include "loadline/platform/common/perf_levels.h"
#include "loadline/platform/darwin/sysctl.h"

namespace loadline::platform {

CpuTopology ReadCpuTopology() { return TopologyOfSysctls(ReadSysctlNumber, ReadSysctlText); }

std::vector<int> UsableCpuNumbers() { return {}; }

}  // namespace loadline::platform
