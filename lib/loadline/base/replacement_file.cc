#include "loadline/base/replacement_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "loadline/base/status_macros.h"
#include "loadline/base/system_call.h"

namespace loadline {
namespace {

constexpr absl::string_view kSuffix = ".tmp";

bool IsNumber(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

}  // namespace

ReplacementFile::ReplacementFile(const Directory& directory, std::string name,
                                 std::string temporary, int fd)
    : directory_(directory), name_(std::move(name)), temporary_(std::move(temporary)), fd_(fd) {}

// No two calls of this process choose the same name for the temporary file. Another process may, in
// a container of its own that counts processes from 1 or long ago: then the next one is tried.
absl::StatusOr<std::unique_ptr<ReplacementFile>> ReplacementFile::Create(const Directory& directory,
                                                                         absl::string_view name) {
  LOADLINE_ASSIGN_OR_RETURN(const std::string path, directory.PathOf(name));
  static std::atomic<uint64_t> calls{0};
  constexpr int kAttempts = 1'000;
  std::string temporary;
  int fd = -EEXIST;
  for (int i = 0; i < kAttempts && fd == -EEXIST; ++i) {
    temporary = absl::StrCat(name, ".", ::getpid(), ".",
                             calls.fetch_add(1, std::memory_order_relaxed), kSuffix);
    fd = ResultOf([&] {
      return directory.fs().OpenAt(directory.fd(), temporary.c_str(),
                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                                   Directory::kFileMode);
    });
  }
  if (fd < 0) return CallFailed(-fd, "create", absl::StrCat(directory.path(), "/", temporary));
  return std::unique_ptr<ReplacementFile>(
      new ReplacementFile(directory, std::string(name), std::move(temporary), fd));
}

ReplacementFile::~ReplacementFile() {
  static_cast<void>(Close());
  if (!renamed_) directory_.fs().UnlinkAt(directory_.fd(), temporary_.c_str(), 0);
}

absl::Status ReplacementFile::Append(absl::string_view content) {
  while (!content.empty()) {
    const ssize_t written =
        ResultOf([&] { return directory_.fs().Write(fd_, content.data(), content.size()); });
    if (written < 0) {
      return CallFailed(static_cast<int>(-written), "write",
                        absl::StrCat(directory_.path(), "/", temporary_));
    }
    content.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

// Network file systems report a failed write at close. EINTR closes all the same on Linux.
absl::Status ReplacementFile::Close() {
  const int fd = std::exchange(fd_, -1);
  if (fd < 0 || directory_.fs().Close(fd) == 0 || errno == EINTR) return absl::OkStatus();
  return CallFailed(errno, "close", absl::StrCat(directory_.path(), "/", temporary_));
}

absl::Status ReplacementFile::Commit() {
  const int synced = ResultOf([&] { return directory_.fs().Sync(fd_); });
  if (synced < 0) {
    return CallFailed(-synced, "sync", absl::StrCat(directory_.path(), "/", temporary_));
  }
  LOADLINE_RETURN_IF_ERROR(Close());
  const int renamed = ResultOf([&] {
    return directory_.fs().RenameAt(directory_.fd(), temporary_.c_str(), directory_.fd(),
                                    name_.c_str());
  });
  if (renamed < 0) {
    return CallFailed(-renamed, "rename to", absl::StrCat(directory_.path(), "/", name_));
  }
  renamed_ = true;
  return directory_.Sync();
}

bool ReplacementFile::IsTemporaryOf(absl::string_view name, absl::string_view file) {
  if (!absl::ConsumePrefix(&file, name) || !absl::ConsumePrefix(&file, ".") ||
      !absl::ConsumeSuffix(&file, kSuffix)) {
    return false;
  }
  const size_t dot = file.find('.');
  return dot != absl::string_view::npos && IsNumber(file.substr(0, dot)) &&
         IsNumber(file.substr(dot + 1));
}

}  // namespace loadline
