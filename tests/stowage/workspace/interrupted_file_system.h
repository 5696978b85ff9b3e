#ifndef TESTS_STOWAGE_WORKSPACE_INTERRUPTED_FILE_SYSTEM_H_
#define TESTS_STOWAGE_WORKSPACE_INTERRUPTED_FILE_SYSTEM_H_

#include <errno.h>
#include <unistd.h>

#include <atomic>

#include "loadline/base/file_system.h"

namespace stowage {

// A file system whose nth call after Arm() does not happen: it fails, or the process ends there,
// as by a kill.
class InterruptedFileSystem final : public loadline::FileSystem {
 public:
  static constexpr int kKilled = 77;
  // Instead of an errno: end the process.
  static constexpr int kKill = -1;

  // The nth call from now (1 is the next) fails with `error`.
  void Arm(int nth, int error) {
    error_ = error;
    left_ = nth;
  }
  // No call fails any more.
  void Disarm() { left_ = 0; }
  // Whether the call came.
  bool Fired() const { return left_ <= 0; }

  int OpenAt(int dir_fd, const char* name, int flags, mode_t mode) override {
    return Interrupted() ? -1 : FileSystem::OpenAt(dir_fd, name, flags, mode);
  }
  ssize_t Read(int fd, void* buffer, size_t size) override {
    return Interrupted() ? -1 : FileSystem::Read(fd, buffer, size);
  }
  ssize_t Write(int fd, const void* buffer, size_t size) override {
    return Interrupted() ? -1 : FileSystem::Write(fd, buffer, size);
  }
  int Sync(int fd) override { return Interrupted() ? -1 : FileSystem::Sync(fd); }
  int MkDirAt(int dir_fd, const char* name, mode_t mode) override {
    return Interrupted() ? -1 : FileSystem::MkDirAt(dir_fd, name, mode);
  }
  int RenameAt(int from_fd, const char* from, int to_fd, const char* to) override {
    return Interrupted() ? -1 : FileSystem::RenameAt(from_fd, from, to_fd, to);
  }
  int UnlinkAt(int dir_fd, const char* name, int flags) override {
    return Interrupted() ? -1 : FileSystem::UnlinkAt(dir_fd, name, flags);
  }
  int StatAt(int dir_fd, const char* name, struct stat* out) override {
    return Interrupted() ? -1 : FileSystem::StatAt(dir_fd, name, out);
  }

 private:
  bool Interrupted() {
    if (left_ <= 0 || --left_ > 0) return false;
    if (error_ == kKill) ::_exit(kKilled);
    errno = error_;
    return true;
  }

  std::atomic<int> left_{1 << 30};
  std::atomic<int> error_{0};
};

}  // namespace stowage

#endif  // TESTS_STOWAGE_WORKSPACE_INTERRUPTED_FILE_SYSTEM_H_
