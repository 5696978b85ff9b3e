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
constexpr int kMostLinks = 40;

absl::Status OsError(absl::string_view call, absl::string_view path) {
  return absl::ErrnoToStatus(errno, absl::StrCat(call, " ", EscapeUnprintable(path)));
}

// Where the bytes belong: what a link leads to, so that renaming does not replace the link. A link
// that leads nowhere yet is followed too. kFailedPrecondition for links in a circle.
absl::StatusOr<std::string> ResolveLinks(std::string path) {
  for (int links = 0; links <= kMostLinks; ++links) {
    char target[PATH_MAX];
    if (::realpath(path.c_str(), target) != nullptr) return std::string(target);
    const ssize_t size = ::readlink(path.c_str(), target, sizeof(target));
    if (size < 0) return path;
    const absl::string_view to(target, static_cast<size_t>(size));
    const size_t folder = absl::StartsWith(to, "/") ? 0 : path.rfind('/') + 1;
    path = absl::StrCat(path.substr(0, folder), to);
  }
  errno = ELOOP;
  return OsError("create", path);
}

absl::Status CheckPath(absl::string_view path) {
  if (path.empty() || absl::EndsWith(path, "/") ||
      absl::StrContains(path, absl::string_view("\0", 1))) {
    return absl::InvalidArgumentError(
        absl::StrCat("create ", Quoted(path), ": is not the path of a file"));
  }
  return absl::OkStatus();
}

absl::Status CheckIsNoInput(absl::string_view path, const struct stat& info,
                            absl::Span<const std::string> inputs) {
  for (const std::string& input : inputs) {
    struct stat other = {};
    const int error = input == "-" ? ::fstat(STDIN_FILENO, &other) : ::stat(input.c_str(), &other);
    if (error != 0 || other.st_dev != info.st_dev || other.st_ino != info.st_ino) continue;
    return absl::InvalidArgumentError(absl::StrCat("--out ", EscapeUnprintable(path),
                                                   ": is an input of this command (", Quoted(input),
                                                   "); name another file"));
  }
  return absl::OkStatus();
}

// The rights of the file that is replaced, whatever this process's mask would make of them. Its
// owner too, where this process may give files away; without that others may not read more.
absl::Status KeepRights(int fd, const struct stat& old, const std::string& path) {
  const bool kept = ::fchown(fd, old.st_uid, old.st_gid) == 0;
  const mode_t rights = old.st_mode & (kept ? 0777 : 0707);
  return ::fchmod(fd, rights) == 0 ? absl::OkStatus() : OsError("set the rights of", path);
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(absl::string_view path,
                                                               absl::Span<const std::string> inputs,
                                                               FileSystem& fs) {
  LOADLINE_RETURN_IF_ERROR(CheckPath(path));
  std::string target(path);
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
  if (exists) LOADLINE_RETURN_IF_ERROR(CheckIsNoInput(path, info, inputs));
  LOADLINE_ASSIGN_OR_RETURN(target, ResolveLinks(target));
  constexpr int kFlags = O_WRONLY | O_CLOEXEC | O_CREAT | O_EXCL | O_NOFOLLOW;
  std::string temporary;
  int fd = -1;
  // A process that was killed may have left a file of the same name.
  for (int attempt = 0; attempt < kAttempts && fd < 0; ++attempt) {
    temporary = absl::StrCat(target, ".tmp.", ::getpid(), ".", attempt);
    fd = fs.OpenAt(AT_FDCWD, temporary.c_str(), kFlags, exists ? 0600 : 0666);
    if (fd < 0 && errno != EEXIST) break;
  }
  if (fd < 0) return OsError("create", temporary);
  std::unique_ptr<OutputFile> file(new OutputFile(target, std::move(temporary), fd, fs));
  if (exists) LOADLINE_RETURN_IF_ERROR(KeepRights(fd, info, target));
  return file;
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
