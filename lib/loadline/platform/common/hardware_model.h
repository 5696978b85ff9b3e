#ifndef LOADLINE_PLATFORM_COMMON_HARDWARE_MODEL_H_
#define LOADLINE_PLATFORM_COMMON_HARDWARE_MODEL_H_

#include <string>

#include "loadline/platform/host.h"

namespace loadline::platform {

// macOS hw.model; empty on Linux. One definition an OS.
std::string ReadHardwareModel();

// Whether `host` is the machine that the marks are about: "Mac16,10", the Mac mini of 2024 with an
// M4 (Apple, "Identify your Mac mini model"; Mac16,11 is the one with an M4 Pro).
bool IsReferenceModel(const HostIdentity& host);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_COMMON_HARDWARE_MODEL_H_
