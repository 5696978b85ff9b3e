#include "loadline/platform/zero_pages.h"

#include <sys/mman.h>

namespace loadline::platform {

void* MapZeroPages(size_t bytes) {
  void* const pages = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  return pages == MAP_FAILED ? nullptr : pages;
}

void UnmapZeroPages(void* pages, size_t bytes) { ::munmap(pages, bytes); }

}  // namespace loadline::platform
