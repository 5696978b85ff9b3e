#ifndef LOADLINE_PLATFORM_MEMORY_H_
#define LOADLINE_PLATFORM_MEMORY_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace loadline::platform {

// The source of a figure that the OS did not give.
inline constexpr absl::string_view kMemoryUnavailable = "unavailable";

// What the OS answers about a process's memory, and which of its figures that is: "VmRSS",
// "VmHWM", "RssAnon" on Linux, "phys_footprint", "ri_lifetime_max_phys_footprint" on macOS. Figures
// of different sources are not comparable. No value: the OS did not answer, the source is
// kMemoryUnavailable.
struct MemoryReading {
  std::optional<uint64_t> bytes;
  absl::string_view source = kMemoryUnavailable;
};

// Resident memory now. Linux: VmRSS of /proc/self/status; macOS: phys_footprint (what Activity
// Monitor shows). About 10 us a call on Linux.
MemoryReading CurrentMemory();

// The most it has been since the process started or since ResetPeakMemory(). Linux: VmHWM of the
// process itself, never ru_maxrss, into which Linux folds the parent's peak at exec.
MemoryReading PeakMemory();

// Resident memory that no file backs (Linux RssAnon; unavailable on macOS): steadier than
// CurrentMemory because shared library pages do not come and go in it.
MemoryReading AnonymousMemory();

// Starts the peak again at the current value. Linux: writes 5 to /proc/self/clear_refs.
// kUnimplemented where the OS has no such call (macOS), kPermissionDenied where it may not be made.
absl::Status ResetPeakMemory();

// Current and peak memory of another process of the same user, in the same figures: what can be
// known of a program from outside while it runs. Unavailable once it has ended, even if its parent
// has not yet waited for it.
MemoryReading CurrentMemoryOf(int pid);
MemoryReading PeakMemoryOf(int pid);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_MEMORY_H_
