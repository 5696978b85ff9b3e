#include "loadline/base/file.h"

#include <sys/stat.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "loadline/base/system_call.h"

namespace loadline {

absl::StatusOr<uint64_t> File::Size() const {
  struct stat info {};
  if (::fstat(fd_, &info) != 0) return CallFailed(errno, "look up", path_);
  return static_cast<uint64_t>(info.st_size);
}

absl::Status File::ReadAt(uint64_t offset, void* buffer, size_t size) const {
  char* next = static_cast<char*>(buffer);
  while (size > 0) {
    const ssize_t got =
        ResultOf([&] { return fs_.ReadAt(fd_, next, size, static_cast<off_t>(offset)); });
    if (got < 0) return CallFailed(static_cast<int>(-got), "read", path_);
    if (got == 0) {
      return absl::OutOfRangeError(
          absl::StrCat("read ", path_, ": ends at byte ", offset, ", want ", size, " more"));
    }
    next += got;
    offset += static_cast<uint64_t>(got);
    size -= static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

absl::Status File::WriteAt(uint64_t offset, const void* data, size_t size) {
  const char* next = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t written =
        ResultOf([&] { return fs_.WriteAt(fd_, next, size, static_cast<off_t>(offset)); });
    if (written < 0) return CallFailed(static_cast<int>(-written), "write", path_);
    next += written;
    offset += static_cast<uint64_t>(written);
    size -= static_cast<size_t>(written);
  }
  return absl::OkStatus();
}

absl::Status File::Resize(uint64_t size) {
  const int resized = ResultOf([&] { return fs_.Truncate(fd_, static_cast<off_t>(size)); });
  return resized < 0 ? CallFailed(-resized, "resize", path_) : absl::OkStatus();
}

absl::Status File::Sync() {
  const int synced = ResultOf([&] { return fs_.Sync(fd_); });
  return synced < 0 ? CallFailed(-synced, "sync", path_) : absl::OkStatus();
}

}  // namespace loadline
