#include "stowage/storage/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

using loadline::Directory;

constexpr char kLockName[] = "LOCK";
constexpr size_t kMaxPidText = 32;

std::string LockPath(const Directory& directory) {
  return absl::StrCat(directory.path(), "/", kLockName);
}

absl::Status Failed(const Directory& directory, absl::string_view call, int error) {
  return absl::ErrnoToStatus(error, absl::StrCat(call, " ", LockPath(directory)));
}

absl::StatusOr<int> OpenLockFile(const Directory& directory) {
  int fd;
  do {
    fd = directory.fs().OpenAt(directory.fd(), kLockName,
                               O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0600);
  } while (fd < 0 && errno == EINTR);
  if (fd >= 0) return fd;
  if (errno == ELOOP || errno == EMLINK || errno == EISDIR) {
    return absl::PermissionDeniedError(
        absl::StrCat("lock ", LockPath(directory), ": want a regular file, not a link or folder"));
  }
  return Failed(directory, "open", errno);
}

// Whether the descriptor is still the file that the name stands for: the file could have been
// replaced between opening and locking, and then another process may lock the new one.
absl::Status CheckLockFile(const Directory& directory, int fd) {
  struct stat held {};
  struct stat named {};
  if (::fstat(fd, &held) != 0) return Failed(directory, "look up", errno);
  if (!S_ISREG(held.st_mode) || held.st_nlink > 1) {
    return absl::PermissionDeniedError(
        absl::StrCat("lock ", LockPath(directory), ": want a regular file with one hard link"));
  }
  if (directory.fs().StatAt(directory.fd(), kLockName, &named) != 0) {
    return Failed(directory, "look up", errno);
  }
  if (named.st_ino == held.st_ino && named.st_dev == held.st_dev) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("lock ", LockPath(directory), ": replaced by another process; try again"));
}

absl::Status HeldByOther(const Directory& directory) {
  const auto content = directory.ReadFile(kLockName, kMaxPidText);
  int pid = 0;
  const bool known =
      content.ok() && absl::SimpleAtoi(absl::StripAsciiWhitespace(*content), &pid) && pid > 0;
  return absl::UnavailableError(
      absl::StrCat("lock ", directory.path(), ": in use by ",
                   known ? absl::StrCat("process ", pid, pid == ::getpid() ? " (this one)" : "")
                         : "another process",
                   "; close it there first"));
}

absl::Status WritePid(const Directory& directory, int fd) {
  if (::ftruncate(fd, 0) != 0) return Failed(directory, "truncate", errno);
  // Not synced: the pid means nothing after a restart of the machine.
  const std::string pid = absl::StrCat(::getpid(), "\n");
  const ssize_t written = directory.fs().Write(fd, pid.data(), pid.size());
  if (written == static_cast<ssize_t>(pid.size())) return absl::OkStatus();
  return Failed(directory, "write", written < 0 ? errno : ENOSPC);
}

absl::Status LockAndSign(const Directory& directory, int fd) {
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return HeldByOther(directory);
    return Failed(directory, "lock", errno);
  }
  LOADLINE_RETURN_IF_ERROR(CheckLockFile(directory, fd));
  return WritePid(directory, fd);
}

}  // namespace

absl::StatusOr<std::unique_ptr<DirectoryLock>> DirectoryLock::Acquire(const Directory& directory) {
  LOADLINE_ASSIGN_OR_RETURN(const int fd, OpenLockFile(directory));
  // From here on the destructor closes the descriptor, which gives the lock up.
  auto lock = std::unique_ptr<DirectoryLock>(new DirectoryLock(directory, fd));
  LOADLINE_RETURN_IF_ERROR(LockAndSign(directory, fd));
  return lock;
}

DirectoryLock::DirectoryLock(const Directory& directory, int fd)
    : directory_(directory), fd_(fd), owner_pid_(::getpid()) {}

// Only close(): LOCK_UN in a forked child would take the lock from its parent.
DirectoryLock::~DirectoryLock() { directory_.fs().Close(fd_); }

absl::Status DirectoryLock::CheckHeldByThisProcess() const {
  if (::getpid() == owner_pid_) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      directory_.path(), ": locked by process ", owner_pid_, ", of which this process is a fork"));
}

}  // namespace stowage
