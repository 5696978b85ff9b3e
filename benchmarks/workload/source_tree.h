#ifndef BENCHMARKS_WORKLOAD_SOURCE_TREE_H_
#define BENCHMARKS_WORKLOAD_SOURCE_TREE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "benchmarks/workload/watched_path.h"

namespace loadline::workload {

// The C and C++ files below one folder.
struct SourceTree {
  std::string root;                      // absolute, links in it resolved
  std::vector<std::string> files;        // relative to root, sorted byte by byte
  std::vector<WatchedPath> directories;  // every folder that was listed, the root among them
  size_t unreadable_directories = 0;
};

// Lists regular files that LanguageOfPath knows. Links below the root are not followed, and names
// that begin with a dot are left out. `root` itself may be reached through links.
// kNotFound: no such folder; kInvalidArgument: not a folder; kPermissionDenied.
absl::StatusOr<SourceTree> ListSourceTree(absl::string_view root);

// A file's bytes as they are, and its state before they were read. `path` is absolute and its last
// part not a link.
// kOutOfRange: longer than `max_bytes`; kFailedPrecondition: not a regular file; OS errors.
struct SourceText {
  std::string bytes;
  WatchedPath watched;
};
absl::StatusOr<SourceText> ReadSourceFile(const std::string& path, size_t max_bytes);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_SOURCE_TREE_H_
