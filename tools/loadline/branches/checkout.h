#ifndef TOOLS_LOADLINE_BRANCHES_CHECKOUT_H_
#define TOOLS_LOADLINE_BRANCHES_CHECKOUT_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
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

  // The words of a git command about `dir`; hooks do not run.
  static std::vector<std::string> Git(const std::string& dir, std::vector<std::string> words);

  const std::string& dir() const { return dir_; }
  const std::string& git_dir() const { return git_dir_; }  // git's own folder of that working tree
  const LoggedRun& run() const { return *run_; }

 private:
  Repository(std::string dir, std::string git_dir, const LoggedRun& run)
      : dir_(std::move(dir)), git_dir_(std::move(git_dir)), run_(&run) {}

  std::string dir_;
  std::string git_dir_;
  const LoggedRun* run_;
};

// A worktree of a repository with the files of one commit and of its submodules, detached. Only
// what the repository does not have of a submodule is fetched. Nothing else of the repository
// changes: not its checkout, index, branches or configuration.
class Checkout {
 public:
  // `path` must not exist; a folder that is not the repository's. Errors as of LoggedRun.
  static absl::StatusOr<std::unique_ptr<Checkout>> Create(const Repository& repository,
                                                          const Commit& commit, std::string path);
  ~Checkout();  // removes it
  Checkout(const Checkout&) = delete;
  Checkout& operator=(const Checkout&) = delete;

  // Removes the folder and the repository's note of it, whether or not it was interrupted. The
  // first call counts.
  absl::Status Remove();

  const std::string& path() const { return path_; }

 private:
  Checkout(const Repository& repository, std::string path)
      : repository_(repository), path_(std::move(path)) {}

  absl::Status Fill(const Commit& commit) const;
  absl::Status FillSubmodules(const Commit& commit) const;

  const Repository repository_;
  const std::string path_;
  bool removed_ = false;
};

}  // namespace loadline::branches

#endif  // TOOLS_LOADLINE_BRANCHES_CHECKOUT_H_
