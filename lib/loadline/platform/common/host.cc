#include "loadline/platform/host.h"

#include <sys/utsname.h>

#include "absl/strings/str_cat.h"
#include "loadline/platform/common/hardware_model.h"

namespace loadline::platform {

HostIdentity ReadHostIdentity() {
  HostIdentity host{.name = "unknown",
                    .os = "unknown",
                    .os_release = "unknown",
                    .architecture = "unknown",
                    .hardware_model = ReadHardwareModel()};
  utsname names{};
  if (::uname(&names) == 0) {
    host.name = names.nodename;
    host.os = names.sysname;
    host.os_release = names.release;
    host.architecture = names.machine;
  }
  return host;
}

std::string DescribeMachine(const HostIdentity& host, const CpuTopology& cpu) {
  std::string text = absl::StrCat(host.os, " ", host.os_release, " ", host.architecture, ", ");
  if (!host.hardware_model.empty()) absl::StrAppend(&text, host.hardware_model, ", ");
  return absl::StrCat(text, cpu.model, ", ", cpu.online_cpus,
                      cpu.online_cpus == 1 ? " CPU" : " CPUs");
}

}  // namespace loadline::platform
