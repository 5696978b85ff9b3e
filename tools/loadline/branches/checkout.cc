#include "tools/loadline/branches/checkout.h"

#include <unistd.h>

#include <filesystem>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/branches/borrowed_submodules.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::branches {

using results::Quoted;

namespace {

absl::StatusOr<std::string> GitDir(const std::string& dir, const LoggedRun& run) {
  return run.Ask(absl::StrCat("looking for a git repository at ", Quoted(dir)),
                 Repository::Git(dir, {"rev-parse", "--absolute-git-dir"}));
}

}  // namespace

std::vector<std::string> Repository::Git(const std::string& dir, std::vector<std::string> words) {
  std::vector<std::string> git = {
      "git", "-C", dir, "--no-optional-locks", "-c", "core.hooksPath=/dev/null"};
  git.insert(git.end(), words.begin(), words.end());
  return git;
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
  const auto inside =
      run_->Ask("looking for a working tree", Git(dir_, {"rev-parse", "--is-inside-work-tree"}));
  LOADLINE_RETURN_IF_ERROR(inside.status());
  if (*inside != "true") return false;
  LOADLINE_ASSIGN_OR_RETURN(
      const std::string changes,
      run_->Ask("looking for uncommitted changes",
                Git(dir_, {"status", "--porcelain", "--untracked-files=no"})));
  return !changes.empty();
}

absl::StatusOr<std::unique_ptr<Checkout>> Checkout::Create(const Repository& repository,
                                                           const Commit& commit, std::string path) {
  // In two steps: the first, which must not be cut short, is short.
  LOADLINE_RETURN_IF_ERROR(repository.run().Run(
      absl::StrCat("making a worktree of ", Quoted(commit.ref)),
      Repository::Git(repository.dir(),
                      {"worktree", "add", "--quiet", "--no-checkout", "--detach", path, commit.id}),
      /*finishes=*/true));
  std::unique_ptr<Checkout> checkout(new Checkout(repository, std::move(path)));
  LOADLINE_RETURN_IF_ERROR(checkout->Fill(commit));
  return checkout;
}

absl::Status Checkout::Fill(const Commit& commit) const {
  const LoggedRun& run = repository_.run();
  LOADLINE_RETURN_IF_ERROR(run.Run(absl::StrCat("checking out ", Quoted(commit.ref)),
                                   Repository::Git(path_, {"reset", "--hard", "--quiet"})));
  if (::access(absl::StrCat(path_, "/.gitmodules").c_str(), F_OK) != 0) return absl::OkStatus();
  return FillSubmodules(commit);
}

absl::Status Checkout::FillSubmodules(const Commit& commit) const {
  LOADLINE_ASSIGN_OR_RETURN(const std::string git_dir, GitDir(path_, repository_.run()));
  // In a worktree's own folder or, from its main one, in the one that all share.
  const std::string shared = std::filesystem::path(git_dir).parent_path().parent_path().string();
  bool borrowed = false;
  for (const std::string& from : {repository_.git_dir(), shared}) {
    LOADLINE_ASSIGN_OR_RETURN(const bool any, BorrowSubmodules(from, git_dir));
    borrowed = borrowed || any;
  }
  const auto update = [&](std::vector<std::string> how) {
    // Not "submodule init", which writes into the configuration that all worktrees share.
    std::vector<std::string> words = {"-c",     "submodule.active=.", "submodule", "--quiet",
                                      "update", "--recursive"};
    words.insert(words.end(), how.begin(), how.end());
    return repository_.run().Run(absl::StrCat("fetching the submodules of ", Quoted(commit.ref)),
                                 Repository::Git(path_, std::move(words)));
  };
  // Git fetches for a commit that is there and on no branch, as in a shallow submodule.
  if (borrowed && update({"--no-fetch"}).ok()) return absl::OkStatus();
  return update({});
}

Checkout::~Checkout() { static_cast<void>(Remove()); }

absl::Status Checkout::Remove() {
  if (removed_) return absl::OkStatus();
  removed_ = true;
  return repository_.run().Run(
      absl::StrCat("removing the worktree ", Quoted(path_)),
      Repository::Git(repository_.dir(), {"worktree", "remove", "--force", path_}),
      /*finishes=*/true);
}

}  // namespace loadline::branches
