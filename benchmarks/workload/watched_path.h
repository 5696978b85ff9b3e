#ifndef BENCHMARKS_WORKLOAD_WATCHED_PATH_H_
#define BENCHMARKS_WORKLOAD_WATCHED_PATH_H_

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "absl/types/span.h"

namespace loadline::workload {

// What can be known of a file or folder without reading it. A folder's time changes when an entry
// comes or goes, so a list of folders and of the files that were read stands for a whole choice.
struct WatchedPath {
  std::string path;  // absolute
  uint64_t size = 0;
  int64_t modified_nanos = 0;  // since 1970-01-01 UTC
};

// `stat` is of `path`.
WatchedPath MakeWatchedPath(std::string path, const struct stat& stat);

// Whether every path still is as it was. A path that cannot be looked at is changed.
bool AllUnchanged(absl::Span<const WatchedPath> paths);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_WATCHED_PATH_H_
