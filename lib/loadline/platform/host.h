#ifndef LOADLINE_PLATFORM_HOST_H_
#define LOADLINE_PLATFORM_HOST_H_

#include <string>

#include "loadline/platform/cpu.h"

namespace loadline::platform {

// Which machine a figure was measured on. Fields that the OS does not give are "unknown".
struct HostIdentity {
  std::string name;            // the node name
  std::string os;              // "Linux", "Darwin"
  std::string os_release;      // kernel release
  std::string architecture;    // "x86_64", "arm64"
  std::string hardware_model;  // macOS hw.model ("Mac16,10"); empty on Linux
};
HostIdentity ReadHostIdentity();

// One line about the machine, without its name: "Linux 6.1.0 x86_64, AMD EPYC, 2 CPUs".
std::string DescribeMachine(const HostIdentity& host, const CpuTopology& cpu);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_HOST_H_
