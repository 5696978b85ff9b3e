#ifndef STOWAGE_STORAGE_DIRECTORY_LOCK_H_
#define STOWAGE_STORAGE_DIRECTORY_LOCK_H_

#include <sys/types.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadline/base/directory.h"

namespace stowage {

// Holds a directory for this process: flock(2) on a file LOCK in it, with the holder's pid inside.
// The lock ends with the process, however it ends; a LOCK file that is left over is no obstacle.
class DirectoryLock {
 public:
  // kUnavailable: held, with the holder's pid in the message (also when it is this process).
  // kPermissionDenied: LOCK is a link, has a second hard link, or is not a regular file.
  // `directory` must outlive the lock.
  static absl::StatusOr<std::unique_ptr<DirectoryLock>> Acquire(
      const loadline::Directory& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

  // kFailedPrecondition in a process that was forked from the holder: the lock is the parent's.
  absl::Status CheckHeldByThisProcess() const;

 private:
  DirectoryLock(const loadline::Directory& directory, int fd);

  const loadline::Directory& directory_;
  const int fd_;
  const pid_t owner_pid_;
};

}  // namespace stowage

#endif  // STOWAGE_STORAGE_DIRECTORY_LOCK_H_
