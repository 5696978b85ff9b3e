#include "tools/loadline/run/work_dir.h"

#include <stdlib.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace loadline::run {

absl::StatusOr<std::unique_ptr<WorkDir>> WorkDir::Create() {
  const auto cannot_write = [](int error, const std::string& folder) {
    return absl::ErrnoToStatus(
        error,
        absl::StrCat(folder, ": no directory for temporary files; TMPDIR says where there is"));
  };
  std::error_code error;
  const std::filesystem::path base = std::filesystem::temp_directory_path(error);
  if (error) {
    const char* const wanted = ::getenv("TMPDIR");
    return cannot_write(error.value(), wanted == nullptr ? "/tmp" : wanted);
  }
  std::string path = (base / "loadline-run-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) return cannot_write(errno, base.string());
  return std::unique_ptr<WorkDir>(new WorkDir(std::move(path)));
}

WorkDir::~WorkDir() {
  std::error_code ignored;  // what is left is below the directory for temporary files
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace loadline::run
