#ifndef LOADLINE_PLATFORM_CPU_H_
#define LOADLINE_PLATFORM_CPU_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::platform {

// One kind of core: Apple's performance levels, or the whole machine where all cores are alike.
struct CoreKind {
  std::string name;        // "Performance", "Efficiency", "cpu"
  int physical_cores = 0;  // 0 where the OS does not say
  int logical_cpus = 0;
};

struct CpuTopology {
  std::string model;    // "AMD EPYC", "Apple M4"; "unknown" where the OS does not say
  int online_cpus = 0;  // logical CPUs that are online
  // Of those, the ones this process may run on by its affinity; a cgroup's quota is not counted.
  int usable_cpus = 0;
  std::vector<CoreKind> core_kinds;  // fastest first
  absl::string_view source;          // "procfs", "sysctl"
};
CpuTopology ReadCpuTopology();

// The numbers of the logical CPUs that this process may run on by its affinity, ascending; empty
// where the OS has no such thing.
std::vector<int> UsableCpuNumbers();

// CPU time this process has used on all threads, in nanoseconds; no value if the OS does not say.
std::optional<int64_t> ProcessCpuNanos();

// Run-queue averages over 1, 5 and 15 minutes.
struct LoadAverage {
  double one = 0, five = 0, fifteen = 0;
};
std::optional<LoadAverage> ReadLoadAverage();

// The step in which the steady clock advances, in nanoseconds: 1 where the CPU's counter is fine,
// 10 on some AMD servers, 41 on Apple silicon (125 / 3). Measured once a process, in half a
// millisecond. Shorter than what one reading costs, on most machines.
int64_t ClockTickNanos();

// Bytes of a memory page: 4,096 on most x86, 16,384 on Apple silicon.
int64_t PageSizeBytes();

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_CPU_H_
