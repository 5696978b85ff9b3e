#ifndef LOADLINE_PLATFORM_PAGE_CACHE_H_
#define LOADLINE_PLATFORM_PAGE_CACHE_H_

#include <string>

namespace loadline::platform {

// Takes a file out of memory, so that whoever reads it next finds it in other physical pages: what
// of it is not on the disk yet is written, then every page that no process has mapped is dropped.
// False where that cannot be asked for: macOS, a file that cannot be opened or written back. A file
// system in memory says yes and keeps what it has. Thread-safe.
bool DropCachedPages(const std::string& path);

// Reads a file into memory, front to back, in O(1) memory of this process. What cannot be read is
// left out. Thread-safe.
void CachePages(const std::string& path);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_PAGE_CACHE_H_
