#include "tools/loadline/cli/input_paths.h"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::cli {
namespace {

// A folder that is not there has no file that matches; one that cannot be read may have.
int StopUnlessMissing(const char* /*folder*/, int error) {
  return error == ENOENT || error == ENOTDIR ? 0 : 1;
}

// Which file a path leads to, whatever its name; none where that cannot be known.
using FileId = std::optional<std::pair<dev_t, ino_t>>;
FileId IdOf(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) != 0) return std::nullopt;
  return std::pair(info.st_dev, info.st_ino);
}

bool IsPattern(const std::string& path) {
  struct stat info = {};
  return path.find_first_of("*?[") != std::string::npos && ::lstat(path.c_str(), &info) != 0;
}

absl::StatusOr<std::vector<std::string>> Expand(const std::string& pattern) {
  glob_t found = {};
  const int error = ::glob(pattern.c_str(), 0, &StopUnlessMissing, &found);
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  if (error == GLOB_NOMATCH) {
    return absl::NotFoundError("no file matches; quote it if the shell is not to expand it");
  }
  if (error != 0) return absl::PermissionDeniedError("a folder of the pattern cannot be read");
  // glob() sorts by the locale.
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ExpandInputPaths(absl::string_view flag,
                                                          absl::Span<const std::string> paths) {
  std::set<FileId> known;
  for (const std::string& path : paths) {
    if (!IsPattern(path)) known.insert(IdOf(path));
  }
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    if (!IsPattern(path)) {
      files.push_back(path);
    } else {
      absl::StatusOr<std::vector<std::string>> found = Expand(path);
      if (!found.ok()) {
        return absl::Status(found.status().code(), absl::StrCat(flag, " ", results::Quoted(path),
                                                                ": ", found.status().message()));
      }
      for (std::string& match : *found) {
        const FileId id = IdOf(match);
        if (!id.has_value() || known.insert(id).second) files.push_back(std::move(match));
      }
    }
    if (files.size() > kMostFiles) {
      return absl::InvalidArgumentError(
          absl::StrCat(flag, ": names more than ", kMostFiles, " files; give fewer"));
    }
  }
  return files;
}

absl::Status CheckReadOnce(absl::Span<const std::string> inputs) {
  std::set<std::pair<dev_t, ino_t>> pipes;
  bool standard_input = false;
  for (const std::string& path : inputs) {
    const bool dash = path == "-";
    struct stat info = {};
    const bool known = (dash ? ::fstat(STDIN_FILENO, &info) : ::stat(path.c_str(), &info)) == 0;
    const bool pipe = known && S_ISFIFO(info.st_mode);
    const bool again =
        (dash && standard_input) || (pipe && !pipes.emplace(info.st_dev, info.st_ino).second);
    standard_input = standard_input || dash;
    if (!again) continue;
    return absl::InvalidArgumentError(
        dash ? "standard input (-) can be read once only"
             : absl::StrCat(results::Quoted(path), ": is a pipe, which can be read once only"));
  }
  return absl::OkStatus();
}

}  // namespace loadline::cli
