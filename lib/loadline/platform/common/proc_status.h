#ifndef LOADLINE_PLATFORM_COMMON_PROC_STATUS_H_
#define LOADLINE_PLATFORM_COMMON_PROC_STATUS_H_

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace loadline::platform {

// The figure of the line "<key>:   1234 kB" in the text of /proc/<pid>/status, in bytes (the
// kernel's kB are 1,024 bytes; proc(5)). No value where the line is missing, is not of this form
// or does not fit in 64 bits.
std::optional<uint64_t> ProcStatusBytes(absl::string_view text, absl::string_view key);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_COMMON_PROC_STATUS_H_
