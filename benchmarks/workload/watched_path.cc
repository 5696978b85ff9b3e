#include "benchmarks/workload/watched_path.h"

#include <algorithm>
#include <utility>

namespace loadline::workload {
namespace {

int64_t ModifiedNanos(const struct stat& stat) {
#ifdef __APPLE__
  const struct timespec& time = stat.st_mtimespec;
#else
  const struct timespec& time = stat.st_mtim;
#endif
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

bool IsUnchanged(const WatchedPath& watched) {
  struct stat now;
  return ::stat(watched.path.c_str(), &now) == 0 &&
         static_cast<uint64_t>(now.st_size) == watched.size &&
         ModifiedNanos(now) == watched.modified_nanos;
}

}  // namespace

WatchedPath MakeWatchedPath(std::string path, const struct stat& stat) {
  return {.path = std::move(path),
          .size = static_cast<uint64_t>(stat.st_size),
          .modified_nanos = ModifiedNanos(stat)};
}

bool AllUnchanged(absl::Span<const WatchedPath> paths) {
  return std::all_of(paths.begin(), paths.end(), IsUnchanged);
}

}  // namespace loadline::workload
