#ifndef LOADLINE_PLATFORM_LINUX_PROC_FILE_H_
#define LOADLINE_PLATFORM_LINUX_PROC_FILE_H_

#include <optional>
#include <string>

namespace loadline::platform {

// The whole of a procfs or sysfs file, whose size is only known once it has been read. No value if
// it cannot be opened or read.
std::optional<std::string> ReadProcFile(const char* path);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_LINUX_PROC_FILE_H_
