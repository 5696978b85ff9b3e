#include "loadline/platform/cpu.h"

#include <sched.h>
#include <unistd.h>

#include <cstddef>
#include <string>
#include <vector>

#include "loadline/platform/common/proc_cpus.h"
#include "loadline/platform/linux/proc_file.h"

namespace loadline::platform {
namespace {

int OnlineCpus() { return static_cast<int>(::sysconf(_SC_NPROCESSORS_ONLN)); }

// 8,192 is the most CPUs a kernel can be built for (NR_CPUS).
int UsableCpus() {
  cpu_set_t sets[8'192 / CPU_SETSIZE];
  if (::sched_getaffinity(0, sizeof(sets), sets) != 0) return OnlineCpus();
  return CPU_COUNT_S(sizeof(sets), sets);
}

}  // namespace

std::vector<int> UsableCpuNumbers() {
  std::vector<int> numbers;
  cpu_set_t sets[8'192 / CPU_SETSIZE];
  if (::sched_getaffinity(0, sizeof(sets), sets) != 0) return numbers;
  for (size_t cpu = 0; cpu < 8'192; ++cpu) {
    if (CPU_ISSET_S(cpu, sizeof(sets), sets)) numbers.push_back(static_cast<int>(cpu));
  }
  return numbers;
}

CpuTopology ReadCpuTopology() {
  const ProcCpuTexts texts{
      .cpuinfo = ReadProcFile("/proc/cpuinfo").value_or(""),
      .performance_cpus = ReadProcFile("/sys/devices/cpu_core/cpus").value_or(""),
      .efficiency_cpus = ReadProcFile("/sys/devices/cpu_atom/cpus").value_or("")};
  return TopologyOfProcTexts(texts, OnlineCpus(), UsableCpus());
}

}  // namespace loadline::platform
