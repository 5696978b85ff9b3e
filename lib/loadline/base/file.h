#ifndef LOADLINE_BASE_FILE_H_
#define LOADLINE_BASE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadline/base/file_system.h"

namespace loadline {

// A regular file held open, read and written by position; a Directory opens it, and errors are as
// there. Thread-safe; of writes that overlap, or of a write that a read overlaps, either may be
// seen, byte by byte.
class File {
 public:
  // Takes the descriptor.
  File(std::string path, int fd, FileSystem& fs) : path_(std::move(path)), fd_(fd), fs_(fs) {}
  ~File() { fs_.Close(fd_); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;

  const std::string& path() const { return path_; }
  absl::StatusOr<uint64_t> Size() const;

  // `size` bytes from `offset` on. kOutOfRange: the file ends before.
  absl::Status ReadAt(uint64_t offset, void* buffer, size_t size) const;
  // Makes the file longer where it has to; bytes between are zeros. When it fails, part of it may
  // be written.
  absl::Status WriteAt(uint64_t offset, const void* data, size_t size);
  absl::Status Resize(uint64_t size);
  // Of the content; a new file's name is durable once its directory is synced too.
  absl::Status Sync();

 private:
  const std::string path_;
  const int fd_;
  FileSystem& fs_;
};

}  // namespace loadline

#endif  // LOADLINE_BASE_FILE_H_
