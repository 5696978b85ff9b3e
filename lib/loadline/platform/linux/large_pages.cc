#include "loadline/platform/large_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace loadline::platform {

namespace {
// Less holds hardly a whole large page, and advice on a piece of a mapping splits it in the kernel.
constexpr size_t kWorthwhileBytes = size_t{4} << 20;
}  // namespace

void PreferLargePages(void* data, size_t bytes) {
  if (bytes < kWorthwhileBytes) return;
  const auto page = static_cast<uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<uintptr_t>(data);
  const uintptr_t first = (begin + page - 1) / page * page;
  const uintptr_t last = (begin + bytes) / page * page;
  (void)::madvise(reinterpret_cast<void*>(first), last - first, MADV_HUGEPAGE);
}

}  // namespace loadline::platform
