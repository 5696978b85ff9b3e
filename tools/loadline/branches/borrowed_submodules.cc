#include "tools/loadline/branches/borrowed_submodules.h"

#include <filesystem>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::branches {
namespace {

namespace fs = std::filesystem;

bool BorrowAll(const fs::path& from, const fs::path& to);

// Not the index, which git makes anew, nor what the user hides of the working tree; hooks do not
// run.
void BorrowOne(const fs::path& from, const fs::path& to) {
  fs::create_directories(to / "objects/info");
  std::ofstream alternates(to / "objects/info/alternates");
  alternates.exceptions(std::ios::failbit | std::ios::badbit);
  alternates << fs::absolute(from / "objects").string() << std::endl;
  for (const char* const part : {"HEAD", "config", "packed-refs", "refs", "reftable", "shallow"}) {
    if (fs::exists(from / part)) fs::copy(from / part, to / part, fs::copy_options::recursive);
  }
  BorrowAll(from / "modules", to / "modules");
}

// A submodule's name may have slashes, which are folders here.
bool BorrowAll(const fs::path& from, const fs::path& to) {
  if (!fs::is_directory(from)) return false;
  bool any = false;
  for (const fs::directory_entry& entry : fs::directory_iterator(from)) {
    const fs::path target = to / entry.path().filename();
    if (!fs::exists(entry.path() / "HEAD")) {
      any = BorrowAll(entry.path(), target) || any;
    } else if (fs::is_directory(entry.path() / "objects") && !fs::exists(target)) {
      BorrowOne(entry.path(), target);
      any = true;
    }
  }
  return any;
}

}  // namespace

absl::StatusOr<bool> BorrowSubmodules(const std::string& from, const std::string& to) {
  try {
    return BorrowAll(fs::path(from) / "modules", fs::path(to) / "modules");
  } catch (const std::exception& error) {
    return absl::UnavailableError(absl::StrCat("copying what git has of the submodules in ",
                                               results::Quoted(from), ": ",
                                               results::EscapeUnprintable(error.what())));
  }
}

}  // namespace loadline::branches
