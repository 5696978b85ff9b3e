#include "loadline/platform/page_cache.h"

#include <fcntl.h>
#include <unistd.h>

namespace loadline::platform {

bool DropCachedPages(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return false;
  // Only what is on the disk is dropped.
  const bool dropped =
      ::fdatasync(file) == 0 && ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) == 0;
  ::close(file);
  return dropped;
}

}  // namespace loadline::platform
