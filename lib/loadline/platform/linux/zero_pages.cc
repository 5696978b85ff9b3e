#include "loadline/platform/zero_pages.h"

#include <sys/mman.h>

namespace loadline::platform {

void* MapZeroPages(size_t bytes) {
  void* const pages =
      ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return nullptr;
  // Only advice: a kernel without huge pages refuses it and needs none.
  (void)::madvise(pages, bytes, MADV_NOHUGEPAGE);
  return pages;
}

void UnmapZeroPages(void* pages, size_t bytes) { ::munmap(pages, bytes); }

}  // namespace loadline::platform
