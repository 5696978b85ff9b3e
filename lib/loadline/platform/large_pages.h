#ifndef LOADLINE_PLATFORM_LARGE_PAGES_H_
#define LOADLINE_PLATFORM_LARGE_PAGES_H_

#include <cstddef>

namespace loadline::platform {

// Asks for large pages below `bytes` at `data`, which the caller owns and is about to fill as a
// whole: one page fault for 2 MiB, not 512 of them. Only advice, of which nothing comes where the
// OS has none to give (macOS, Linux with transparent_hugepage=never) and where `bytes` are under 4
// MiB. It stays with the addresses after they are freed, so it is for big buffers that the
// allocator returns to the OS. Thread-safe.
void PreferLargePages(void* data, size_t bytes);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_LARGE_PAGES_H_
