#include "loadline/platform/common/perf_levels.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"

namespace loadline::platform {
namespace {

constexpr int64_t kMostLevels = 8;

// The value as a count, 0 where the kernel does not say or says nonsense.
int CountOf(SysctlNumber number, const std::string& name) {
  const int64_t count = number(name.c_str()).value_or(0);
  return static_cast<int>(std::clamp<int64_t>(count, 0, std::numeric_limits<int>::max()));
}

CoreKind LevelKind(SysctlNumber number, SysctlText text, int64_t level) {
  const std::string prefix = absl::StrCat("hw.perflevel", level, ".");
  return {.name = text((prefix + "name").c_str()).value_or(absl::StrCat("level ", level)),
          .physical_cores = CountOf(number, prefix + "physicalcpu"),
          .logical_cpus = CountOf(number, prefix + "logicalcpu")};
}

}  // namespace

CpuTopology TopologyOfSysctls(SysctlNumber number, SysctlText text) {
  CpuTopology topology;
  topology.model = text("machdep.cpu.brand_string").value_or("unknown");
  topology.online_cpus = CountOf(number, "hw.activecpu");
  if (topology.online_cpus == 0) topology.online_cpus = CountOf(number, "hw.ncpu");
  topology.usable_cpus = topology.online_cpus;
  topology.source = "sysctl";
  const int64_t levels = std::min(number("hw.nperflevels").value_or(0), kMostLevels);
  for (int64_t level = 0; level < levels; ++level) {
    topology.core_kinds.push_back(LevelKind(number, text, level));
  }
  if (topology.core_kinds.empty()) {
    topology.core_kinds.push_back({"cpu", CountOf(number, "hw.physicalcpu"), topology.online_cpus});
  }
  return topology;
}

}  // namespace loadline::platform
