#include "tools/loadline/branches/project_folder.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/loadline/branches/name_list.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::branches {
namespace {

namespace fs = std::filesystem;

bool HasProject(const fs::path& folder) {
  std::error_code error;
  return fs::is_regular_file(folder / "CMakeLists.txt", error);
}

bool IsWithin(const fs::path& path, const fs::path& folder) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  const fs::path real_folder = fs::weakly_canonical(folder, error);
  return std::mismatch(real_folder.begin(), real_folder.end(), real.begin(), real.end()).first ==
         real_folder.end();
}

// What lies below a project is mostly part of it.
std::vector<std::string> UppermostProjects(const fs::path& checkout) {
  std::vector<std::string> folders;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(checkout, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->is_directory(error)) continue;
    const bool project = HasProject(entry->path());
    if (project) folders.push_back(entry->path().lexically_relative(checkout).string());
    if (project || entry->path().filename() == ".git") entry.disable_recursion_pending();
  }
  std::sort(folders.begin(), folders.end());
  if (HasProject(checkout)) folders.insert(folders.begin(), ".");
  return folders;
}

}  // namespace

absl::StatusOr<std::string> ProjectFolder(const std::string& checkout, const std::string& within) {
  const fs::path folder = within.empty() ? fs::path(checkout) : fs::path(checkout) / within;
  if (!IsWithin(folder, checkout)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the folder ", results::Quoted(within),
                     " is outside the repository: want one that is relative to its top"));
  }
  if (HasProject(folder)) return folder.string();
  return absl::InvalidArgumentError(absl::StrCat(
      "there is no CMakeLists.txt ", within.empty() ? "at its top" : "in its folder ",
      within.empty() ? "" : results::Quoted(within),
      "; say with --source-dir which folder is the project; those with a CMakeLists.txt: ",
      NameList(UppermostProjects(checkout))));
}

}  // namespace loadline::branches
