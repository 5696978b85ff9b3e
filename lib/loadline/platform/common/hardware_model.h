#ifndef LOADLINE_PLATFORM_COMMON_HARDWARE_MODEL_H_
#define LOADLINE_PLATFORM_COMMON_HARDWARE_MODEL_H_

#include <string>

namespace loadline::platform {

// macOS hw.model; empty on Linux. One definition an OS.
std::string ReadHardwareModel();

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_COMMON_HARDWARE_MODEL_H_
