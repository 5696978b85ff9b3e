#include "benchmarks/workload/source_tree.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "benchmarks/workload/file_descriptor.h"
#include "benchmarks/workload/source_language.h"
#include "loadline/base/status_macros.h"

namespace loadline::workload {
namespace {

enum class EntryKind { kFile, kFolder, kOther };

EntryKind KindOf(int directory_fd, const dirent& entry) {
  if (entry.d_type == DT_REG) return EntryKind::kFile;
  if (entry.d_type == DT_DIR) return EntryKind::kFolder;
  if (entry.d_type != DT_UNKNOWN) return EntryKind::kOther;
  // Some file systems do not say in the listing.
  struct stat stat;
  if (::fstatat(directory_fd, entry.d_name, &stat, AT_SYMLINK_NOFOLLOW) != 0) {
    return EntryKind::kOther;
  }
  if (S_ISREG(stat.st_mode)) return EntryKind::kFile;
  return S_ISDIR(stat.st_mode) ? EntryKind::kFolder : EntryKind::kOther;
}

struct DirCloser {
  void operator()(DIR* dir) const { ::closedir(dir); }
};

// Lists one folder (`relative` is "" or ends with '/') into `tree`, and its folders into `pending`.
absl::Status ListFolder(const std::string& relative, SourceTree& tree,
                        std::vector<std::string>& pending) {
  const std::string path = absl::StrCat(tree.root, "/", relative);
  FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("list folder ", path));
  struct stat stat;
  if (::fstat(fd.get(), &stat) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("look at folder ", path));
  }
  std::unique_ptr<DIR, DirCloser> dir(::fdopendir(fd.get()));
  if (dir == nullptr) return absl::ErrnoToStatus(errno, absl::StrCat("list folder ", path));
  fd.Release();
  errno = 0;
  while (const dirent* entry = ::readdir(dir.get())) {
    if (entry->d_name[0] == '.') continue;
    std::string name = absl::StrCat(relative, entry->d_name);
    switch (KindOf(::dirfd(dir.get()), *entry)) {
      case EntryKind::kFile:
        if (!LanguageOfPath(name).empty()) tree.files.push_back(std::move(name));
        break;
      case EntryKind::kFolder:
        pending.push_back(absl::StrCat(name, "/"));
        break;
      case EntryKind::kOther:
        break;
    }
    errno = 0;
  }
  if (errno != 0) return absl::ErrnoToStatus(errno, absl::StrCat("list folder ", path));
  tree.directories.push_back(MakeWatchedPath(path, stat));
  return absl::OkStatus();
}

absl::StatusOr<std::string> ResolveLinks(absl::string_view path) {
  struct Free {
    void operator()(char* text) const { ::free(text); }
  };
  const std::unique_ptr<char, Free> resolved(::realpath(std::string(path).c_str(), nullptr));
  if (resolved == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrCat("find source folder ", path));
  }
  return std::string(resolved.get());
}

}  // namespace

absl::StatusOr<SourceTree> ListSourceTree(absl::string_view root) {
  SourceTree tree;
  LOADLINE_ASSIGN_OR_RETURN(tree.root, ResolveLinks(root));
  struct stat stat;
  if (::stat(tree.root.c_str(), &stat) == 0 && !S_ISDIR(stat.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(root, " is not a folder"));
  }
  std::vector<std::string> pending;
  LOADLINE_RETURN_IF_ERROR(ListFolder("", tree, pending));
  while (!pending.empty()) {
    const std::string relative = std::move(pending.back());
    pending.pop_back();
    // One folder that may not be read does not spoil the others; the count is reported.
    if (!ListFolder(relative, tree, pending).ok()) ++tree.unreadable_directories;
  }
  std::sort(tree.files.begin(), tree.files.end());
  return tree;
}

absl::StatusOr<SourceText> ReadSourceFile(const std::string& path, size_t max_bytes) {
  // O_NONBLOCK: a pipe that took the place of the file must not hold us up.
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!fd.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path));
  struct stat stat;
  if (::fstat(fd.get(), &stat) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("look at ", path));
  }
  if (!S_ISREG(stat.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a regular file"));
  }
  const auto size = static_cast<size_t>(stat.st_size);
  if (size > max_bytes) {
    return absl::OutOfRangeError(
        absl::StrCat(path, " has ", size, " bytes, want at most ", max_bytes));
  }
  SourceText text{.bytes = std::string(size, '\0'), .watched = MakeWatchedPath(path, stat)};
  LOADLINE_RETURN_IF_ERROR(fd.ReadAt(0, absl::MakeSpan(text.bytes.data(), size), path));
  return text;
}

}  // namespace loadline::workload
