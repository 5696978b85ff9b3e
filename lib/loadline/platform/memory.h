#ifndef LOADLINE_PLATFORM_MEMORY_H_
#define LOADLINE_PLATFORM_MEMORY_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace loadline::platform {

// What the OS answers about this process's memory, and which of its figures that is. Figures of
// different sources are not comparable. No value: the OS did not answer; source says why not.
struct MemoryReading {
  std::optional<uint64_t> bytes;
  absl::string_view source;  // "VmRSS", "VmHWM", "RssAnon", "phys_footprint",
                             // "ri_lifetime_max_phys_footprint", "unavailable"
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
// kUnimplemented where the OS has no such call.
absl::Status ResetPeakMemory();

// Current and peak memory of another process of the same user (Linux only): what can be known of
// a program from outside while it runs.
MemoryReading PeakMemoryOf(int pid);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_MEMORY_H_
