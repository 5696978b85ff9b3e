#ifndef LOADLINE_PLATFORM_ZERO_PAGES_H_
#define LOADLINE_PLATFORM_ZERO_PAGES_H_

#include <cstddef>

namespace loadline::platform {

// `bytes` of zeroed, page-aligned memory straight from the OS, of which only the pages that are
// touched take memory: never one huge page for a sparse table. Null if the OS refuses. Thread-safe.
void* MapZeroPages(size_t bytes);
// Gives `pages`, which MapZeroPages(bytes) returned, back.
void UnmapZeroPages(void* pages, size_t bytes);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_ZERO_PAGES_H_
