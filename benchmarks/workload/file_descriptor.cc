#include "benchmarks/workload/file_descriptor.h"

#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace loadline::workload {

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

absl::Status FileDescriptor::ReadAt(uint64_t offset, absl::Span<char> out,
                                    absl::string_view name) const {
  while (!out.empty()) {
    const ssize_t count = ::pread(fd_, out.data(), out.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return absl::ErrnoToStatus(errno, absl::StrCat("read ", name));
    if (count == 0) {
      return absl::DataLossError(absl::StrCat(name, " ends at byte ", offset, "; ", out.size(),
                                              " bytes more were expected"));
    }
    offset += static_cast<uint64_t>(count);
    out.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

}  // namespace loadline::workload
