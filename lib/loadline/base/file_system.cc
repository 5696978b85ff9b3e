#include "loadline/base/file_system.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

namespace loadline {

int FileSystem::OpenAt(int dir_fd, const char* name, int flags, mode_t mode) {
  return ::openat(dir_fd, name, flags, mode);
}
ssize_t FileSystem::Read(int fd, void* buffer, size_t size) { return ::read(fd, buffer, size); }
ssize_t FileSystem::Write(int fd, const void* buffer, size_t size) {
  return ::write(fd, buffer, size);
}
ssize_t FileSystem::ReadAt(int fd, void* buffer, size_t size, off_t offset) {
  return ::pread(fd, buffer, size, offset);
}
ssize_t FileSystem::WriteAt(int fd, const void* buffer, size_t size, off_t offset) {
  return ::pwrite(fd, buffer, size, offset);
}
int FileSystem::Truncate(int fd, off_t size) { return ::ftruncate(fd, size); }
int FileSystem::Sync(int fd) {
#ifdef F_FULLFSYNC
  // fsync(2) on macOS hands the data to the drive and does not wait until it is stored.
  return ::fcntl(fd, F_FULLFSYNC);
#else
  return ::fsync(fd);
#endif
}
int FileSystem::Close(int fd) { return ::close(fd); }
int FileSystem::MkDirAt(int dir_fd, const char* name, mode_t mode) {
  return ::mkdirat(dir_fd, name, mode);
}
int FileSystem::RenameAt(int from_fd, const char* from, int to_fd, const char* to) {
  return ::renameat(from_fd, from, to_fd, to);
}
int FileSystem::UnlinkAt(int dir_fd, const char* name, int flags) {
  return ::unlinkat(dir_fd, name, flags);
}
int FileSystem::StatAt(int dir_fd, const char* name, struct stat* out) {
  return ::fstatat(dir_fd, name, out, AT_SYMLINK_NOFOLLOW);
}

FileSystem& FileSystem::Real() {
  static FileSystem file_system;
  return file_system;
}

}  // namespace loadline
