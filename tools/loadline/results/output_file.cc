#include "tools/loadline/results/output_file.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {
namespace {

constexpr int kAttempts = 100;

absl::Status OsError(absl::string_view call, absl::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(call, " ", EscapeUnprintable(path)));
}

// Where the bytes belong: what a link points to, so that renaming does not replace the link.
std::string ResolveLinks(const std::string& path) {
  char resolved[PATH_MAX];
  return ::realpath(path.c_str(), resolved) == nullptr ? path : std::string(resolved);
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(absl::string_view path,
                                                               FileSystem& fs) {
  if (path.empty() || absl::EndsWith(path, "/") ||
      absl::StrContains(path, absl::string_view("\0", 1))) {
    return absl::InvalidArgumentError(
        absl::StrCat("create ", Quoted(path), ": is not the path of a file"));
  }
  const std::string target = ResolveLinks(std::string(path));
  struct stat info = {};
  const bool exists = ::stat(target.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat("create ", EscapeUnprintable(path), ": is a directory; name a file in it"));
  }
  if (exists && !S_ISREG(info.st_mode)) {
    const int fd = fs.OpenAt(AT_FDCWD, target.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY, 0);
    if (fd < 0) return OsError("open", target);
    return std::unique_ptr<OutputFile>(new OutputFile(target, std::string(), fd, fs));
  }
  constexpr int kFlags = O_WRONLY | O_CLOEXEC | O_CREAT | O_EXCL | O_NOFOLLOW;
  std::string temporary;
  int fd = -1;
  // A process that was killed may have left a file of the same name.
  for (int attempt = 0; attempt < kAttempts && fd < 0; ++attempt) {
    temporary = absl::StrCat(target, ".tmp.", ::getpid(), ".", attempt);
    fd = fs.OpenAt(AT_FDCWD, temporary.c_str(), kFlags, 0666);
    if (fd < 0 && errno != EEXIST) break;
  }
  if (fd < 0) return OsError("create", temporary);
  return std::unique_ptr<OutputFile>(new OutputFile(target, std::move(temporary), fd, fs));
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) fs_.Close(fd_);
  if (!temporary_.empty()) fs_.UnlinkAt(AT_FDCWD, temporary_.c_str(), 0);
}

absl::Status OutputFile::WriteAll(absl::string_view content) {
  while (!content.empty()) {
    const ssize_t count = fs_.Write(fd_, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return OsError("write", path_);
    content.remove_prefix(static_cast<size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status OutputFile::Commit(absl::string_view content) {
  if (fd_ < 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("write ", EscapeUnprintable(path_), ": was committed already"));
  }
  LOADLINE_RETURN_IF_ERROR(WriteAll(content));
  if (!temporary_.empty() && fs_.Sync(fd_) != 0) return OsError("sync", path_);
  const int closed = fs_.Close(fd_);
  fd_ = -1;
  if (closed != 0) return OsError("close", path_);
  if (temporary_.empty()) return absl::OkStatus();
  if (fs_.RenameAt(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str()) != 0) {
    return OsError("rename", path_);
  }
  temporary_.clear();
  return absl::OkStatus();
}

}  // namespace loadline::results
