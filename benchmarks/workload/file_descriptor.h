#ifndef BENCHMARKS_WORKLOAD_FILE_DESCRIPTOR_H_
#define BENCHMARKS_WORKLOAD_FILE_DESCRIPTOR_H_

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadline::workload {

// Owns an open file descriptor, or -1.
class FileDescriptor {
 public:
  explicit FileDescriptor(int fd = -1) : fd_(fd) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }
  // Gives the descriptor away.
  int Release() { return std::exchange(fd_, -1); }

  // Fills `out` from byte `offset` on; `name` is for the message.
  // kDataLoss: the file ends before; OS errors as absl::ErrnoToStatus gives them.
  absl::Status ReadAt(uint64_t offset, absl::Span<char> out, absl::string_view name) const;

 private:
  int fd_;
};

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_FILE_DESCRIPTOR_H_
