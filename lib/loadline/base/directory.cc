#include "loadline/base/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "loadline/base/replacement_file.h"
#include "loadline/base/status_macros.h"
#include "loadline/base/system_call.h"

namespace loadline {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr mode_t kDirectoryMode = 0700;

std::string Join(absl::string_view directory, absl::string_view name) {
  return absl::StrCat(directory, absl::EndsWith(directory, "/") ? "" : "/", name);
}

absl::Status CheckName(absl::string_view name) {
  if (name.empty() || name == "." || name == ".." || absl::StrContains(name, '/') ||
      absl::StrContains(name, '\0')) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", absl::CHexEscape(name), "\" is not a file name: want one path component"));
  }
  return absl::OkStatus();
}

// Closes a descriptor at the end of its scope, where what close() says no longer matters.
class OwnedFd {
 public:
  OwnedFd(FileSystem& fs, int fd) : fs_(fs), fd_(fd) {}
  ~OwnedFd() {
    if (fd_ >= 0) fs_.Close(fd_);
  }
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  FileSystem& fs_;
  int fd_;
};

// A descriptor, or minus the errno.
int OpenAt(FileSystem& fs, int dir_fd, const std::string& name, int flags, mode_t mode = 0) {
  return ResultOf([&] { return fs.OpenAt(dir_fd, name.c_str(), flags, mode); });
}

// 0, or minus the errno.
int StatAt(FileSystem& fs, int dir_fd, const std::string& name, struct stat* out) {
  return ResultOf([&] { return fs.StatAt(dir_fd, name.c_str(), out); });
}
int UnlinkAt(FileSystem& fs, int dir_fd, const std::string& name, int flags) {
  return ResultOf([&] { return fs.UnlinkAt(dir_fd, name.c_str(), flags); });
}
int RenameAt(FileSystem& fs, int from_fd, const std::string& from, int to_fd,
             const std::string& to) {
  return ResultOf([&] { return fs.RenameAt(from_fd, from.c_str(), to_fd, to.c_str()); });
}

// The descriptor of a directory named by one component, below `dir_fd`.
absl::StatusOr<int> OpenDirectoryAt(FileSystem& fs, int dir_fd, const std::string& name,
                                    absl::string_view full_path) {
  const int fd = OpenAt(fs, dir_fd, name, kDirectoryFlags);
  if (fd >= 0) return fd;
  int error = -fd;
  if (error == ENOTDIR) {
    // Linux says ENOTDIR, not ELOOP, for a link when O_DIRECTORY is given too.
    struct stat info {};
    if (StatAt(fs, dir_fd, name, &info) == 0 && S_ISLNK(info.st_mode)) error = ELOOP;
  }
  return CallFailed(error, "open directory", full_path);
}

absl::StatusOr<std::string> RealPath(const std::string& path) {
  char* resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return CallFailed(errno, "resolve", path);
  std::string result = resolved;
  ::free(resolved);
  return result;
}

struct SplitPath {
  std::string parent;  // "." where the path has no '/'
  std::string name;    // may be ".", "..", or empty for "/"
};

SplitPath Split(absl::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return {".", std::string(path)};
  return {std::string(path.substr(0, std::max<size_t>(slash, 1))),
          std::string(path.substr(slash + 1))};
}

// `path` without the components that mean nothing: "a//./b/." is "a/b".
std::string WithoutDots(absl::string_view path) {
  std::vector<absl::string_view> components = absl::StrSplit(path, '/', absl::SkipEmpty());
  components.erase(std::remove(components.begin(), components.end(), "."), components.end());
  const std::string joined =
      absl::StrCat(absl::StartsWith(path, "/") ? "/" : "", absl::StrJoin(components, "/"));
  return joined.empty() ? "." : joined;
}

struct MissingPath {
  std::string existing;            // absolute
  std::vector<std::string> names;  // below it, from the top; the first of them is missing
};

// What there is of a directory that is not there, and what is to be made. A link that leads
// nowhere counts as missing: making it will fail, and its target stays unmade.
absl::StatusOr<MissingPath> FindMissing(absl::string_view path) {
  std::vector<std::string> upwards;
  absl::StatusOr<std::string> existing = RealPath(".");
  SplitPath split = {WithoutDots(path), ""};
  do {
    const std::string missing = split.parent;
    split = Split(missing);
    if (split.parent == missing) return existing.status();  // no current directory
    if (split.name == ".." && split.parent != ".") {
      return absl::InvalidArgumentError(absl::StrCat("make directory ", path,
                                                     ": \"..\" leads out of ", split.parent,
                                                     ", which is missing; want a path without it"));
    }
    upwards.push_back(std::move(split.name));
    existing = RealPath(split.parent);
  } while (absl::IsNotFound(existing.status()));
  LOADLINE_RETURN_IF_ERROR(existing.status());
  return MissingPath{*std::move(existing), {upwards.rbegin(), upwards.rend()}};
}

absl::Status CheckPlainFile(const struct stat& info, absl::string_view full_path) {
  if (!S_ISREG(info.st_mode)) {
    return absl::PermissionDeniedError(absl::StrCat("read ", full_path, ": not a regular file"));
  }
  // No link at all is a file that was replaced after it was opened: its content is still whole.
  if (info.st_nlink > 1) {
    return absl::PermissionDeniedError(
        absl::StrCat("read ", full_path, ": has ", info.st_nlink, " hard links, want exactly one"));
  }
  return absl::OkStatus();
}

absl::Status TooLarge(absl::string_view full_path, size_t max_bytes) {
  return absl::ResourceExhaustedError(
      absl::StrCat("read ", full_path, ": larger than the limit of ", max_bytes, " bytes"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Directory>> Directory::Open(absl::string_view path, FileSystem& fs) {
  if (path.empty() || absl::StrContains(path, '\0')) {
    return absl::InvalidArgumentError("open directory: the path is empty or has a NUL in it");
  }
  const SplitPath split = Split(path);
  std::string absolute;
  if (split.name.empty() || split.name == "." || split.name == "..") {
    LOADLINE_ASSIGN_OR_RETURN(absolute, RealPath(std::string(path)));
  } else {
    LOADLINE_ASSIGN_OR_RETURN(const std::string parent, RealPath(split.parent));
    absolute = Join(parent, split.name);
  }
  LOADLINE_ASSIGN_OR_RETURN(const int fd, OpenDirectoryAt(fs, AT_FDCWD, absolute, absolute));
  return std::unique_ptr<Directory>(new Directory(std::move(absolute), fd, fs));
}

absl::StatusOr<std::unique_ptr<Directory>> Directory::OpenOrCreate(absl::string_view path,
                                                                   FileSystem& fs) {
  auto opened = Open(path, fs);
  if (opened.ok() || !absl::IsNotFound(opened.status())) return opened;
  LOADLINE_ASSIGN_OR_RETURN(const MissingPath missing, FindMissing(path));
  LOADLINE_ASSIGN_OR_RETURN(auto directory, Open(missing.existing, fs));
  for (const std::string& name : missing.names) {
    LOADLINE_ASSIGN_OR_RETURN(directory, directory->OpenOrCreateChild(name));
  }
  return directory;
}

Directory::~Directory() { fs_.Close(fd_); }

absl::StatusOr<std::unique_ptr<Directory>> Directory::OpenChild(absl::string_view name) const {
  LOADLINE_RETURN_IF_ERROR(CheckName(name));
  std::string path = Join(path_, name);
  LOADLINE_ASSIGN_OR_RETURN(const int fd, OpenDirectoryAt(fs_, fd_, std::string(name), path));
  return std::unique_ptr<Directory>(new Directory(std::move(path), fd, fs_));
}

absl::StatusOr<std::unique_ptr<Directory>> Directory::OpenOrCreateChild(
    absl::string_view name) const {
  LOADLINE_RETURN_IF_ERROR(CheckName(name));
  const std::string child(name);
  const int made = ResultOf([&] { return fs_.MkDirAt(fd_, child.c_str(), kDirectoryMode); });
  if (made == 0) {
    LOADLINE_RETURN_IF_ERROR(Sync());
  } else if (made != -EEXIST) {
    return CallFailed(-made, "make directory", Join(path_, name));
  }
  return OpenChild(name);
}

absl::StatusOr<bool> Directory::Exists(absl::string_view name) const {
  LOADLINE_RETURN_IF_ERROR(CheckName(name));
  struct stat info {};
  const int found = StatAt(fs_, fd_, std::string(name), &info);
  if (found == 0) return true;
  if (found == -ENOENT) return false;
  return CallFailed(-found, "look up", Join(path_, name));
}

absl::StatusOr<std::vector<Directory::Entry>> Directory::List() const {
  // A descriptor of its own: the reading position must not be shared between threads.
  OwnedFd fd(fs_, OpenAt(fs_, fd_, ".", kDirectoryFlags));
  if (fd.get() < 0) return CallFailed(-fd.get(), "open directory", path_);
  DIR* stream = ::fdopendir(fd.get());
  if (stream == nullptr) return CallFailed(errno, "list", path_);
  fd.Release();
  std::vector<Entry> entries;
  absl::Status status;
  errno = 0;
  while (const dirent* entry = ::readdir(stream)) {
    const absl::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      struct stat info {};
      const int found = StatAt(fs_, fd_, entry->d_name, &info);
      if (found == 0) {
        entries.push_back({std::string(name), S_ISDIR(info.st_mode)});
      } else if (found != -ENOENT) {  // removed since readdir: not there
        status = CallFailed(-found, "look up", Join(path_, name));
        break;
      }
    }
    errno = 0;
  }
  if (status.ok() && errno != 0) status = CallFailed(errno, "list", path_);
  ::closedir(stream);
  if (!status.ok()) return status;
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.name < b.name; });
  return entries;
}

absl::StatusOr<std::string> Directory::PathOf(absl::string_view name) const {
  LOADLINE_RETURN_IF_ERROR(CheckName(name));
  return Join(path_, name);
}

absl::StatusOr<std::unique_ptr<File>> Directory::OpenFile(absl::string_view name) const {
  LOADLINE_ASSIGN_OR_RETURN(std::string path, PathOf(name));
  const int fd = OpenAt(fs_, fd_, std::string(name), O_RDWR | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return CallFailed(-fd, "open", path);
  auto file = std::make_unique<File>(std::move(path), fd, fs_);
  struct stat info {};
  if (::fstat(fd, &info) != 0) return CallFailed(errno, "look up", file->path());
  LOADLINE_RETURN_IF_ERROR(CheckPlainFile(info, file->path()));
  return file;
}

absl::StatusOr<std::unique_ptr<File>> Directory::CreateFile(absl::string_view name) const {
  LOADLINE_ASSIGN_OR_RETURN(std::string path, PathOf(name));
  const int fd = OpenAt(fs_, fd_, std::string(name),
                        O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
  if (fd < 0) return CallFailed(-fd, "create", path);
  return std::make_unique<File>(std::move(path), fd, fs_);
}

absl::StatusOr<std::string> Directory::ReadFile(absl::string_view name, size_t max_bytes) const {
  LOADLINE_RETURN_IF_ERROR(CheckName(name));
  const std::string path = Join(path_, name);
  // O_NONBLOCK: opening a FIFO would wait for a writer.
  OwnedFd fd(fs_,
             OpenAt(fs_, fd_, std::string(name), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) return CallFailed(-fd.get(), "open", path);
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return CallFailed(errno, "look up", path);
  LOADLINE_RETURN_IF_ERROR(CheckPlainFile(info, path));
  if (static_cast<uint64_t>(info.st_size) > max_bytes) return TooLarge(path, max_bytes);
  // The size is a hint, and 0 for files that the kernel makes up: read to the end, one byte past
  // the limit at most. That one byte more is also what sees the end without growing.
  constexpr size_t kWithoutHint = 4'096;
  const size_t hint = info.st_size > 0 ? static_cast<size_t>(info.st_size) : kWithoutHint;
  std::string content(std::min(max_bytes, hint) + 1, '\0');
  size_t size = 0;
  for (;;) {
    if (size == content.size()) content.resize(std::min(max_bytes, size * 2) + 1);
    const ssize_t got =
        ResultOf([&] { return fs_.Read(fd.get(), content.data() + size, content.size() - size); });
    if (got < 0) return CallFailed(static_cast<int>(-got), "read", path);
    size += static_cast<size_t>(got);
    if (size > max_bytes) return TooLarge(path, max_bytes);
    if (got == 0) break;
  }
  content.resize(size);
  return content;
}

absl::Status Directory::WriteFileAtomically(absl::string_view name,
                                            absl::string_view content) const {
  LOADLINE_ASSIGN_OR_RETURN(const auto file, ReplacementFile::Create(*this, name));
  LOADLINE_RETURN_IF_ERROR(file->Append(content));
  return file->Commit();
}

absl::Status Directory::RemoveLeftovers(absl::string_view name) const {
  LOADLINE_RETURN_IF_ERROR(CheckName(name));
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<Entry> entries, List());
  for (const Entry& entry : entries) {
    if (entry.is_directory || !ReplacementFile::IsTemporaryOf(name, entry.name)) continue;
    LOADLINE_RETURN_IF_ERROR(RemoveFile(entry.name));
  }
  return absl::OkStatus();
}

absl::Status Directory::Move(absl::string_view name, const Directory& to,
                             absl::string_view to_name) const {
  LOADLINE_RETURN_IF_ERROR(CheckName(name));
  LOADLINE_ASSIGN_OR_RETURN(const bool taken, to.Exists(to_name));
  if (taken) {
    return absl::AlreadyExistsError(
        absl::StrCat("move ", Join(path_, name), ": ", Join(to.path_, to_name), " is taken"));
  }
  const int moved = RenameAt(fs_, fd_, std::string(name), to.fd_, std::string(to_name));
  if (moved < 0) {
    return CallFailed(-moved, "move",
                      absl::StrCat(Join(path_, name), " to ", Join(to.path_, to_name)));
  }
  LOADLINE_RETURN_IF_ERROR(to.Sync());
  return Sync();
}

absl::Status Directory::RemoveFile(absl::string_view name) const {
  LOADLINE_RETURN_IF_ERROR(CheckName(name));
  const int removed = UnlinkAt(fs_, fd_, std::string(name), 0);
  if (removed == 0 || removed == -ENOENT) return absl::OkStatus();
  return CallFailed(-removed, "remove", Join(path_, name));
}

absl::Status Directory::RemoveTree(absl::string_view name) const {
  LOADLINE_RETURN_IF_ERROR(CheckName(name));
  struct stat info {};
  const int found = StatAt(fs_, fd_, std::string(name), &info);
  if (found == -ENOENT) return absl::OkStatus();
  if (found < 0) return CallFailed(-found, "look up", Join(path_, name));
  if (!S_ISDIR(info.st_mode)) return RemoveFile(name);
  {
    LOADLINE_ASSIGN_OR_RETURN(const auto child, OpenChild(name));
    LOADLINE_ASSIGN_OR_RETURN(const std::vector<Entry> entries, child->List());
    for (const Entry& entry : entries) {
      LOADLINE_RETURN_IF_ERROR(entry.is_directory ? child->RemoveTree(entry.name)
                                                  : child->RemoveFile(entry.name));
    }
  }
  const int removed = UnlinkAt(fs_, fd_, std::string(name), AT_REMOVEDIR);
  if (removed < 0 && removed != -ENOENT) {
    return CallFailed(-removed, "remove directory", Join(path_, name));
  }
  return absl::OkStatus();
}

absl::Status Directory::Sync() const {
  const int synced = ResultOf([&] { return fs_.Sync(fd_); });
  if (synced < 0) return CallFailed(-synced, "sync directory", path_);
  return absl::OkStatus();
}

}  // namespace loadline
