#include "tools/loadline/run/program_identity.h"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loadline/base/crc32c.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::run {
namespace {

constexpr size_t kChunkBytes = size_t{1} << 18;

int64_t Nanos(const struct timespec& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

absl::StatusOr<ProgramIdentity::Stamp> StampOf(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) {
    return absl::ErrnoToStatus(errno,
                               absl::StrCat("cannot start ", results::EscapeUnprintable(path)));
  }
#if defined(__APPLE__)
  const struct timespec &modified = info.st_mtimespec, &changed = info.st_ctimespec;
#else
  const struct timespec &modified = info.st_mtim, &changed = info.st_ctim;
#endif
  return ProgramIdentity::Stamp{
      static_cast<int64_t>(info.st_dev), static_cast<int64_t>(info.st_ino),
      static_cast<int64_t>(info.st_size), Nanos(modified), Nanos(changed)};
}

std::optional<uint32_t> HashOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::vector<char> chunk(kChunkBytes);
  uint32_t crc = 0;
  do {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    crc = Crc32c(crc, chunk.data(), static_cast<size_t>(file.gcount()));
  } while (file);
  return file.eof() ? std::optional(crc) : std::nullopt;
}

}  // namespace

absl::StatusOr<ProgramIdentity> ProgramIdentity::Of(const std::string& path) {
  ProgramIdentity identity;
  LOADLINE_ASSIGN_OR_RETURN(identity.stamp_, StampOf(path));
  identity.path_ = path;
  identity.hash_ = HashOf(path);
  return identity;
}

absl::Status ProgramIdentity::CheckUnchanged() {
  const absl::StatusOr<Stamp> now = StampOf(path_);
  const auto same_bytes = [&] {
    return (*now)[2] == stamp_[2] && hash_.has_value() && HashOf(path_) == hash_;
  };
  if (now.ok() && (*now == stamp_ || same_bytes())) {
    stamp_ = *now;
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat(results::Quoted(path_), now.ok() ? " was replaced" : " was removed",
                   " while it was being measured: this process may be of another program than the "
                   "first"));
}

}  // namespace loadline::run
