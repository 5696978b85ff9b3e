#ifndef TESTS_SUPPORT_FAILING_FILE_SYSTEM_H_
#define TESTS_SUPPORT_FAILING_FILE_SYSTEM_H_

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "loadline/base/file_system.h"

namespace loadline::testing {

// The machine's file system, whose calls are counted and, when asked, fail, are interrupted or do
// less than they were asked to. Thread-compatible.
class FailingFileSystem final : public FileSystem {
 public:
  // The nth call from now on fails with `error` and does nothing; n from 1. A close that fails
  // closes all the same, as Linux does. Closing is not counted unless `closes_too`.
  void FailNth(int n, int error, bool closes_too = false) {
    left_ = n;
    error_ = error;
    closes_too_ = closes_too;
  }
  // Whether the nth call came since FailNth().
  bool failed() const { return error_ != 0 && left_ <= 0; }

  // Every other call that may be interrupted fails with EINTR, and reads and writes move one byte.
  void Interrupt() { interrupt_ = true; }
  int interruptions() const { return interruptions_; }

  // Descriptors opened and not closed through here.
  int open_descriptors() const { return open_; }
  int syncs() const { return syncs_; }

  int OpenAt(int dir_fd, const char* name, int flags, mode_t mode) override {
    if (Fails() || Interrupted()) return -1;
    const int fd = FileSystem::OpenAt(dir_fd, name, flags, mode);
    if (fd >= 0) ++open_;
    return fd;
  }
  ssize_t Read(int fd, void* buffer, size_t size) override {
    if (Fails() || Interrupted()) return -1;
    return FileSystem::Read(fd, buffer, Allowed(size));
  }
  ssize_t Write(int fd, const void* buffer, size_t size) override {
    if (Fails() || Interrupted()) return -1;
    return FileSystem::Write(fd, buffer, Allowed(size));
  }
  ssize_t ReadAt(int fd, void* buffer, size_t size, off_t offset) override {
    if (Fails() || Interrupted()) return -1;
    return FileSystem::ReadAt(fd, buffer, Allowed(size), offset);
  }
  ssize_t WriteAt(int fd, const void* buffer, size_t size, off_t offset) override {
    if (Fails() || Interrupted()) return -1;
    return FileSystem::WriteAt(fd, buffer, Allowed(size), offset);
  }
  int Truncate(int fd, off_t size) override {
    return Fails() || Interrupted() ? -1 : FileSystem::Truncate(fd, size);
  }
  int Sync(int fd) override {
    if (Fails() || Interrupted()) return -1;
    ++syncs_;
    return FileSystem::Sync(fd);
  }
  int Close(int fd) override {
    --open_;
    const bool fails = closes_too_ && Fails();
    const int result = FileSystem::Close(fd);
    if (fails) errno = error_;
    return fails ? -1 : result;
  }
  int MkDirAt(int dir_fd, const char* name, mode_t mode) override {
    return Fails() ? -1 : FileSystem::MkDirAt(dir_fd, name, mode);
  }
  int RenameAt(int from_fd, const char* from, int to_fd, const char* to) override {
    return Fails() ? -1 : FileSystem::RenameAt(from_fd, from, to_fd, to);
  }
  int UnlinkAt(int dir_fd, const char* name, int flags) override {
    return Fails() ? -1 : FileSystem::UnlinkAt(dir_fd, name, flags);
  }
  int StatAt(int dir_fd, const char* name, struct stat* out) override {
    return Fails() ? -1 : FileSystem::StatAt(dir_fd, name, out);
  }

 private:
  bool Fails() {
    if (left_ <= 0 || --left_ > 0) return false;
    errno = error_;
    return true;
  }
  bool Interrupted() {
    if (!interrupt_) return false;
    interrupt_next_ = !interrupt_next_;
    if (!interrupt_next_) return false;
    ++interruptions_;
    errno = EINTR;
    return true;
  }
  size_t Allowed(size_t size) const { return interrupt_ ? std::min<size_t>(size, 1) : size; }

  int left_ = 0;
  int error_ = 0;
  bool closes_too_ = false;
  bool interrupt_ = false;
  bool interrupt_next_ = false;
  int interruptions_ = 0;
  int open_ = 0;
  int syncs_ = 0;
};

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_FAILING_FILE_SYSTEM_H_
