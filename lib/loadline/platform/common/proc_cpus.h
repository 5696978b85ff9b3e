#ifndef LOADLINE_PLATFORM_COMMON_PROC_CPUS_H_
#define LOADLINE_PLATFORM_COMMON_PROC_CPUS_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "loadline/platform/cpu.h"

namespace loadline::platform {

// What Linux says about its CPUs, as text; empty where there is no such file.
struct ProcCpuTexts {
  std::string cpuinfo;           // /proc/cpuinfo
  std::string performance_cpus;  // /sys/devices/cpu_core/cpus: hybrid x86 only
  std::string efficiency_cpus;   // /sys/devices/cpu_atom/cpus
};

// The CPU numbers of a kernel list such as "0-3,8\n"; empty if it is not of that form, or names
// a number above 65,535.
std::vector<int> ParseCpuList(absl::string_view text);

// The topology of `texts`: one kind of core named "cpu", or "Performance" and "Efficiency" where
// the kernel tells them apart.
CpuTopology TopologyOfProcTexts(const ProcCpuTexts& texts, int online_cpus, int usable_cpus);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_COMMON_PROC_CPUS_H_
