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

}  // namespace

absl::StatusOr<ProgramIdentity> ProgramIdentity::Of(const std::string& path) {
  ProgramIdentity identity(path);
  LOADLINE_ASSIGN_OR_RETURN(identity.stamp_, identity.Look());
  identity.hash_ = identity.Hash();
  return identity;
}

absl::StatusOr<ProgramIdentity::Stamp> ProgramIdentity::Look() const {
  struct stat info = {};
  if (::stat(path_.c_str(), &info) != 0) {
    return absl::ErrnoToStatus(errno,
                               absl::StrCat("cannot start ", results::EscapeUnprintable(path_)));
  }
#if defined(__APPLE__)
  const struct timespec &modified = info.st_mtimespec, &changed = info.st_ctimespec;
#else
  const struct timespec &modified = info.st_mtim, &changed = info.st_ctim;
#endif
  return Stamp{static_cast<int64_t>(info.st_dev), static_cast<int64_t>(info.st_ino),
               static_cast<int64_t>(info.st_size), Nanos(modified), Nanos(changed)};
}

std::optional<uint32_t> ProgramIdentity::Hash() const {
  std::ifstream file(path_, std::ios::binary);
  std::vector<char> chunk(kChunkBytes);
  uint32_t crc = 0;
  do {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    crc = Crc32c(crc, chunk.data(), static_cast<size_t>(file.gcount()));
  } while (file);
  return file.eof() ? std::optional(crc) : std::nullopt;
}

absl::Status ProgramIdentity::CheckUnchanged() {
  const absl::StatusOr<Stamp> now = Look();
  if (now.ok() && *now == stamp_) return absl::OkStatus();
  if (now.ok() && (*now)[2] == stamp_[2] && hash_.has_value() && Hash() == hash_) {
    stamp_ = *now;
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat(results::Quoted(path_), now.ok() ? " was replaced" : " was removed",
                   " while it was being measured: this process may be of another program than the "
                   "first"));
}

}  // namespace loadline::run
