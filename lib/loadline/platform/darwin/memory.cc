#include "loadline/platform/memory.h"

#include <libproc.h>
#include <mach/mach.h>
#include <sys/resource.h>
#include <unistd.h>

namespace loadline::platform {
namespace {

// proc_pid_rusage(2); no value for processes of other users and for those that have ended.
std::optional<rusage_info_v4> ReadUsage(int pid) {
  rusage_info_v4 usage{};
  if (::proc_pid_rusage(pid, RUSAGE_INFO_V4, reinterpret_cast<rusage_info_t*>(&usage)) != 0) {
    return std::nullopt;
  }
  return usage;
}

}  // namespace

MemoryReading CurrentMemory() {
  task_vm_info_data_t info{};
  mach_msg_type_number_t count = TASK_VM_INFO_COUNT;
  if (::task_info(mach_task_self(), TASK_VM_INFO, reinterpret_cast<task_info_t>(&info), &count) !=
      KERN_SUCCESS) {
    return {};
  }
  return {info.phys_footprint, "phys_footprint"};
}

MemoryReading PeakMemory() { return PeakMemoryOf(::getpid()); }

MemoryReading AnonymousMemory() { return {}; }

MemoryReading CurrentMemoryOf(int pid) {
  const std::optional<rusage_info_v4> usage = ReadUsage(pid);
  if (!usage.has_value()) return {};
  return {usage->ri_phys_footprint, "phys_footprint"};
}

MemoryReading PeakMemoryOf(int pid) {
  const std::optional<rusage_info_v4> usage = ReadUsage(pid);
  if (!usage.has_value()) return {};
  return {usage->ri_lifetime_max_phys_footprint, "ri_lifetime_max_phys_footprint"};
}

absl::Status ResetPeakMemory() {
  return absl::UnimplementedError(
      "reset the memory peak: macOS keeps it for a process's whole life; measure each peak in a "
      "process of its own");
}

}  // namespace loadline::platform
