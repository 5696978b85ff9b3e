#ifndef TOOLS_LOADLINE_BRANCHES_CHECKOUT_H_
#define TOOLS_LOADLINE_BRANCHES_CHECKOUT_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/loadline/branches/logged_run.h"

namespace loadline::branches {

struct Commit {
  std::string ref;      // as the user wrote it
  std::string id;       // its object name in full
  std::string subject;  // the first line of its message, printable
};

// The user's git repository, looked at without a lock on its index. A plain value.
class Repository {
 public:
  // `dir` is inside it. kFailedPrecondition: there is no git or no repository. `run` must outlive
  // it and its checkouts.
  static absl::StatusOr<Repository> Open(std::string dir, const LoggedRun& run);

  // kInvalidArgument when nothing has that name.
  absl::StatusOr<Commit> Resolve(const std::string& ref) const;

  // Whether tracked files differ from the last commit.
  absl::StatusOr<bool> HasUncommittedChanges() const;

 private:
  friend class Checkout;
  Repository(std::string dir, std::string git_dir, const LoggedRun& run)
      : dir_(std::move(dir)), git_dir_(std::move(git_dir)), run_(&run) {}

  std::string dir_;
  std::string git_dir_;  // git's own folder of that working tree
  const LoggedRun* run_;
};

// A detached worktree of a repository with the files of one commit and of its submodules, of which
// only what the repository does not have is fetched. Nothing else of the repository changes: not
// its checkout, index, branches or configuration.
class Checkout {
 public:
  // `path` must not exist; a folder that is not the repository's. Errors as of LoggedRun.
  static absl::StatusOr<std::unique_ptr<Checkout>> Create(const Repository& repository,
                                                          const Commit& commit, std::string path);
  ~Checkout();  // removes it
  Checkout(const Checkout&) = delete;
  Checkout& operator=(const Checkout&) = delete;

  // Removes the folder and the repository's note of it, interrupted or not. The first call counts.
  absl::Status Remove();

 private:
  Checkout(const Repository& repository, std::string path)
      : repository_(repository), path_(std::move(path)) {}

  absl::Status FillSubmodules(const Commit& commit) const;

  const Repository repository_;
  const std::string path_;
  bool removed_ = false;
};

// Gives the git folder `to` of a new worktree all submodules, and those inside them, that the git
// folder `from` of the same repository has and `to` has not, so that `git submodule update` fetches
// only commits that they lack. Their objects stay where they are, and nothing of `from` changes.
// Whether there were any. kUnavailable when they cannot be read or written.
absl::StatusOr<bool> BorrowSubmodules(const std::string& from, const std::string& to);

}  // namespace loadline::branches

#endif  // TOOLS_LOADLINE_BRANCHES_CHECKOUT_H_
