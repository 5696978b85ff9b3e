#include "tools/loadline/branches/built_sides.h"

#include <filesystem>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/progress.h"

namespace loadline::branches {

BuiltSides::BuiltSides(std::unique_ptr<run::WorkDir> work_dir, std::ostream* terminal)
    : work_dir_(std::move(work_dir)),
      terminal_(terminal),
      git_(absl::StrCat(work_dir_->path(), "/git.log")),
      base_(absl::StrCat(work_dir_->path(), "/base")),
      // As long as the other: the length of a program's path moves its stack.
      candidate_(absl::StrCat(work_dir_->path(), "/new_")) {
  // Nobody is there to answer: a private submodule has to fail, not to wait.
  git_.Default("GIT_TERMINAL_PROMPT", "0");
  git_.Default("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
}

absl::StatusOr<std::unique_ptr<BuiltSides>> BuiltSides::Create(
    const BranchesOptions& options, const std::function<void(const std::string&)>& note,
    std::ostream* terminal) {
  LOADLINE_ASSIGN_OR_RETURN(auto work_dir, run::WorkDir::Create());
  std::unique_ptr<BuiltSides> sides(new BuiltSides(std::move(work_dir), terminal));
  Side& base = sides->base_;
  Side& candidate = sides->candidate_;
  LOADLINE_RETURN_IF_ERROR(sides->Resolve(options, note));
  LOADLINE_RETURN_IF_ERROR(sides->Prepare(options.build, options.target, base));
  LOADLINE_RETURN_IF_ERROR(sides->Prepare(options.build, base.suite.target, candidate));
  for (const Side* side : {&base, &candidate}) {
    const run::StepLine line(terminal, absl::StrCat("building ", side->name));
    LOADLINE_RETURN_IF_ERROR(Make(side->name, side->dir, side->suite, side->run));
  }
  return sides;
}

absl::Status BuiltSides::Resolve(const BranchesOptions& options,
                                 const std::function<void(const std::string&)>& note) {
  LOADLINE_ASSIGN_OR_RETURN(repository_, Repository::Open(options.repo, git_));
  LOADLINE_ASSIGN_OR_RETURN(base_.commit, repository_->Resolve(options.base));
  LOADLINE_ASSIGN_OR_RETURN(candidate_.commit, repository_->Resolve(options.candidate));
  constexpr size_t kShortId = 10;
  for (Side* side : {&base_, &candidate_}) {
    const Commit& commit = side->commit;
    side->name = absl::StrCat(side == &base_ ? "base" : "new", " (",
                              results::EscapeUnprintable(commit.ref), ")");
    note(absl::StrCat(side->name, ": ", commit.id.substr(0, kShortId), " ", commit.subject));
  }
  if (base_.commit.id == candidate_.commit.id) {
    note("A/A: both sides are the same commit, so that whatever differs is not the program");
  }
  LOADLINE_ASSIGN_OR_RETURN(const bool dirty, repository_->HasUncommittedChanges());
  if (dirty) note("uncommitted changes are part of no commit, and are not measured");
  return absl::OkStatus();
}

absl::Status BuiltSides::Prepare(const BuildOptions& options, const std::string& target,
                                 Side& side) {
  std::error_code error;
  std::filesystem::create_directory(side.dir, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("making ", side.dir));
  {
    const run::StepLine line(terminal_, absl::StrCat("checking out ", side.name));
    LOADLINE_ASSIGN_OR_RETURN(
        side.checkout, Checkout::Create(*repository_, side.commit, absl::StrCat(side.dir, "/src")));
  }
  const run::StepLine line(terminal_, absl::StrCat("configuring ", side.name));
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<Executable> executables,
                            Configure(side.name, side.dir, options, side.run));
  auto suite = ChooseSuite(executables, target);
  if (!suite.ok()) {
    return absl::Status(suite.status().code(),
                        absl::StrCat(side.name, ": ", suite.status().message()));
  }
  side.suite = *std::move(suite);
  return absl::OkStatus();
}

absl::Status BuiltSides::Remove() {
  absl::Status first;
  for (Side* side : {&base_, &candidate_}) {
    if (side->checkout != nullptr) first.Update(side->checkout->Remove());
  }
  return first;
}

}  // namespace loadline::branches
