#ifndef BENCHMARKS_WORKLOAD_PROJECT_SPLIT_H_
#define BENCHMARKS_WORKLOAD_PROJECT_SPLIT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace loadline::workload {

// A folder that stands for one project.
struct ProjectFolder {
  std::string directory;           // relative to the root, without a slash at the end; "" = root
  std::vector<std::string> files;  // relative to the root, sorted
};

// Splits a tree into projects: a folder with at most `max_files` files in and below it is one; a
// larger one is split into its sub-folders, and what is left (its own files and those of folders
// with fewer than `min_files`) is one more. One folder that itself holds more than `max_files`
// stays whole. What is left at the root is a project if it has `min_files`, else it is left out.
// `sorted_files` are relative paths in byte order. Pure.
std::vector<ProjectFolder> SplitIntoProjects(absl::Span<const std::string> sorted_files,
                                             size_t min_files, size_t max_files);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_PROJECT_SPLIT_H_
