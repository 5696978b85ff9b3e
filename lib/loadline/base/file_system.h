#ifndef LOADLINE_BASE_FILE_SYSTEM_H_
#define LOADLINE_BASE_FILE_SYSTEM_H_

#include <sys/stat.h>
#include <sys/types.h>

#include <cstddef>

namespace loadline {

// The file calls that this project makes itself, one virtual function a system call, so that a
// test can make the nth one fail. Each returns what the call returns and sets errno; EINTR and
// short counts are the caller's to handle (Directory does). Thread-safe.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  virtual int OpenAt(int dir_fd, const char* name, int flags, mode_t mode);
  virtual ssize_t Read(int fd, void* buffer, size_t size);
  virtual ssize_t Write(int fd, const void* buffer, size_t size);
  virtual ssize_t ReadAt(int fd, void* buffer, size_t size, off_t offset);
  virtual ssize_t WriteAt(int fd, const void* buffer, size_t size, off_t offset);
  virtual int Truncate(int fd, off_t size);
  virtual int Sync(int fd);  // fsync; on macOS fcntl(F_FULLFSYNC)
  virtual int Close(int fd);
  virtual int MkDirAt(int dir_fd, const char* name, mode_t mode);
  virtual int RenameAt(int from_fd, const char* from, int to_fd, const char* to);
  virtual int UnlinkAt(int dir_fd, const char* name, int flags);
  virtual int StatAt(int dir_fd, const char* name, struct stat* out);  // does not follow links

  // The machine's file system; lives for ever.
  static FileSystem& Real();
};

}  // namespace loadline

#endif  // LOADLINE_BASE_FILE_SYSTEM_H_
