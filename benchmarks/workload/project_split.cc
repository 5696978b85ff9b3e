#include "benchmarks/workload/project_split.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace loadline::workload {
namespace {

using Paths = absl::Span<const std::string>;

class Splitter {
 public:
  Splitter(size_t min_files, size_t max_files) : min_files_(min_files), max_files_(max_files) {}

  // `files` are all files below `prefix` ("" or with a slash at its end). Returns those that went
  // into no project; the folder above takes them.
  std::vector<std::string> Split(absl::string_view prefix, Paths files) {
    std::vector<std::string> rest;
    if (files.size() <= max_files_) {
      rest.assign(files.begin(), files.end());
    } else {
      rest = SplitSubfolders(prefix, files);
    }
    if (rest.size() < min_files_) return rest;
    const absl::string_view directory = prefix.substr(0, prefix.empty() ? 0 : prefix.size() - 1);
    projects_.push_back({.directory = std::string(directory), .files = std::move(rest)});
    return {};
  }

  std::vector<ProjectFolder> TakeProjects() { return std::move(projects_); }

 private:
  std::vector<std::string> SplitSubfolders(absl::string_view prefix, Paths files) {
    std::vector<std::string> rest;
    while (!files.empty()) {
      const absl::string_view first = files[0];
      const size_t slash = first.find('/', prefix.size());
      if (slash == first.npos) {
        rest.push_back(files[0]);
        files.remove_prefix(1);
        continue;
      }
      // Paths below one folder share its name and slash, so sorting has put them side by side.
      const absl::string_view folder = first.substr(0, slash + 1);
      const auto end = std::find_if_not(files.begin(), files.end(), [&](const std::string& file) {
        return absl::StartsWith(file, folder);
      });
      const auto count = static_cast<size_t>(end - files.begin());
      std::vector<std::string> left = Split(folder, files.first(count));
      std::move(left.begin(), left.end(), std::back_inserter(rest));
      files.remove_prefix(count);
    }
    std::sort(rest.begin(), rest.end());
    return rest;
  }

  size_t min_files_;
  size_t max_files_;
  std::vector<ProjectFolder> projects_;
};

}  // namespace

std::vector<ProjectFolder> SplitIntoProjects(Paths sorted_files, size_t min_files,
                                             size_t max_files) {
  Splitter splitter(std::max<size_t>(1, min_files), max_files);
  splitter.Split("", sorted_files);
  return splitter.TakeProjects();
}

}  // namespace loadline::workload
