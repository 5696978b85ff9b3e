#include "tools/loadline/branches/checkout.h"

#include <filesystem>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::branches {
namespace {

namespace fs = std::filesystem;
using results::Quoted;

// The words of a git command about `dir`; hooks do not run.
std::vector<std::string> Git(const std::string& dir, std::vector<std::string> words) {
  const char* const git[] = {
      "git", "-C", dir.c_str(), "--no-optional-locks", "-c", "core.hooksPath=/dev/null"};
  words.insert(words.begin(), std::begin(git), std::end(git));
  return words;
}

absl::StatusOr<std::string> GitDir(const std::string& dir, const LoggedRun& run) {
  return run.Ask(absl::StrCat("looking for a git repository at ", Quoted(dir)),
                 Git(dir, {"rev-parse", "--absolute-git-dir"}));
}

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
                                               Quoted(from), ": ",
                                               results::EscapeUnprintable(error.what())));
  }
}

absl::StatusOr<Repository> Repository::Open(std::string dir, const LoggedRun& run) {
  LOADLINE_ASSIGN_OR_RETURN(std::string git_dir, GitDir(dir, run));
  return Repository(std::move(dir), std::move(git_dir), run);
}

absl::StatusOr<Commit> Repository::Resolve(const std::string& ref) const {
  const std::string what = absl::StrCat("looking for the commit ", Quoted(ref));
  const auto id = run_->Ask(what, Git(dir_, {"rev-parse", "--verify", "--quiet", "--end-of-options",
                                             absl::StrCat(ref, "^{commit}")}));
  if (absl::IsCancelled(id.status())) return id.status();
  if (!id.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("no commit is called ", Quoted(ref), " in ", Quoted(dir_),
                     ": want a branch, a tag or a commit that is there (`git fetch` gets others)"));
  }
  LOADLINE_ASSIGN_OR_RETURN(const std::string subject,
                            run_->Ask(what, Git(dir_, {"log", "-1", "--format=%s", *id})));
  return Commit{ref, *id, results::EscapeUnprintable(subject)};
}

absl::StatusOr<bool> Repository::HasUncommittedChanges() const {
  LOADLINE_ASSIGN_OR_RETURN(
      const std::string inside,
      run_->Ask("looking for a working tree", Git(dir_, {"rev-parse", "--is-inside-work-tree"})));
  if (inside != "true") return false;
  LOADLINE_ASSIGN_OR_RETURN(
      const std::string changes,
      run_->Ask("looking for uncommitted changes",
                Git(dir_, {"status", "--porcelain", "--untracked-files=no"})));
  return !changes.empty();
}

absl::StatusOr<std::unique_ptr<Checkout>> Checkout::Create(const Repository& repository,
                                                           const Commit& commit, std::string path) {
  // In two steps: the first, which must not be cut short, is short.
  LOADLINE_RETURN_IF_ERROR(repository.run_->Run(
      absl::StrCat("making a worktree of ", Quoted(commit.ref)),
      Git(repository.dir_,
          {"worktree", "add", "--quiet", "--no-checkout", "--detach", path, commit.id}),
      /*finishes=*/true));
  std::unique_ptr<Checkout> checkout(new Checkout(repository, std::move(path)));
  LOADLINE_RETURN_IF_ERROR(
      repository.run_->Run(absl::StrCat("checking out ", Quoted(commit.ref)),
                           Git(checkout->path_, {"reset", "--hard", "--quiet"})));
  std::error_code error;
  if (fs::exists(fs::path(checkout->path_) / ".gitmodules", error)) {
    LOADLINE_RETURN_IF_ERROR(checkout->FillSubmodules(commit));
  }
  return checkout;
}

absl::Status Checkout::FillSubmodules(const Commit& commit) const {
  const LoggedRun& run = *repository_.run_;
  LOADLINE_ASSIGN_OR_RETURN(const std::string git_dir, GitDir(path_, run));
  // In a worktree's own folder or, from its main one, in the one that all share.
  const std::string shared = fs::path(git_dir).parent_path().parent_path().string();
  bool borrowed = false;
  for (const std::string& from : {repository_.git_dir_, shared}) {
    LOADLINE_ASSIGN_OR_RETURN(const bool any, BorrowSubmodules(from, git_dir));
    borrowed = borrowed || any;
  }
  const auto update = [&](const std::vector<std::string>& how) {
    // Not "submodule init", which writes into the configuration that all worktrees share.
    std::vector<std::string> words = {"-c",     "submodule.active=.", "submodule", "--quiet",
                                      "update", "--recursive"};
    words.insert(words.end(), how.begin(), how.end());
    return run.Run(absl::StrCat("fetching the submodules of ", Quoted(commit.ref)),
                   Git(path_, std::move(words)));
  };
  // Git fetches for a commit that is there and on no branch, as in a shallow submodule.
  if (borrowed && update({"--no-fetch"}).ok()) return absl::OkStatus();
  return update({});
}

Checkout::~Checkout() { static_cast<void>(Remove()); }

absl::Status Checkout::Remove() {
  if (std::exchange(removed_, true)) return absl::OkStatus();
  return repository_.run_->Run(absl::StrCat("removing the worktree ", Quoted(path_)),
                               Git(repository_.dir_, {"worktree", "remove", "--force", path_}),
                               /*finishes=*/true);
}

}  // namespace loadline::branches
