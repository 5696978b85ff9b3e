#include "tools/loadline/branches/built_sides.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/branches/suite_finder.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/progress.h"

namespace loadline::branches {
namespace {

constexpr size_t kShortId = 10;

std::string Described(absl::string_view name, const Commit& commit) {
  return absl::StrCat(name, " (", results::EscapeUnprintable(commit.ref), ")");
}

}  // namespace

BuiltSides::BuiltSides(std::unique_ptr<run::WorkDir> work_dir, std::ostream* terminal)
    : work_dir_(std::move(work_dir)),
      terminal_(terminal),
      git_(absl::StrCat(work_dir_->path(), "/git.log")) {
  // Nobody is there to answer: a private submodule has to fail, not to wait.
  git_.Default("GIT_TERMINAL_PROMPT", "0");
  git_.Default("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
}

absl::StatusOr<std::unique_ptr<BuiltSides>> BuiltSides::Create(
    const BranchesOptions& options, const std::function<void(const std::string&)>& note,
    std::ostream* terminal) {
  LOADLINE_ASSIGN_OR_RETURN(auto work_dir, run::WorkDir::Create());
  std::unique_ptr<BuiltSides> sides(new BuiltSides(std::move(work_dir), terminal));
  LOADLINE_RETURN_IF_ERROR(sides->Resolve(options, note));
  LOADLINE_RETURN_IF_ERROR(sides->Prepare(sides->base_, "base", options));
  BranchesOptions same = options;
  same.target = sides->base_.suite.target;
  LOADLINE_RETURN_IF_ERROR(sides->Prepare(sides->candidate_, "new_", same));
  LOADLINE_RETURN_IF_ERROR(sides->Make(sides->base_));
  LOADLINE_RETURN_IF_ERROR(sides->Make(sides->candidate_));
  return sides;
}

absl::Status BuiltSides::Resolve(const BranchesOptions& options,
                                 const std::function<void(const std::string&)>& note) {
  LOADLINE_ASSIGN_OR_RETURN(repository_, Repository::Open(options.repo, git_));
  LOADLINE_ASSIGN_OR_RETURN(base_.commit, repository_->Resolve(options.base));
  LOADLINE_ASSIGN_OR_RETURN(candidate_.commit, repository_->Resolve(options.candidate));
  for (const auto& [name, side] : {std::pair("base", &base_), std::pair("new", &candidate_)}) {
    note(absl::StrCat(Described(name, side->commit), ": ", side->commit.id.substr(0, kShortId), " ",
                      side->commit.subject));
  }
  if (base_.commit.id == candidate_.commit.id) {
    note("A/A: both sides are the same commit, so that whatever differs is not the program");
  }
  LOADLINE_ASSIGN_OR_RETURN(const bool dirty, repository_->HasUncommittedChanges());
  if (dirty) note("uncommitted changes are part of no commit, and are not measured");
  return absl::OkStatus();
}

absl::Status BuiltSides::Prepare(Side& side, absl::string_view name,
                                 const BranchesOptions& options) {
  const std::string dir = absl::StrCat(work_dir_->path(), "/", name);
  const std::string described = Described(&side == &base_ ? "base" : "new", side.commit);
  std::error_code error;
  std::filesystem::create_directory(dir, error);
  if (error) return absl::ErrnoToStatus(error.value(), absl::StrCat("making ", dir));
  {
    const run::StepLine line(terminal_, absl::StrCat("checking out ", described));
    LOADLINE_ASSIGN_OR_RETURN(
        side.checkout, Checkout::Create(*repository_, side.commit, absl::StrCat(dir, "/src")));
  }
  const run::StepLine line(terminal_, absl::StrCat("configuring ", described));
  side.run.emplace(absl::StrCat(dir, "/build.log"));
  side.build.emplace(described, dir, *side.run);
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<Executable> executables,
                            side.build->Configure(options.build));
  auto suite = ChooseSuite(executables, options.target);
  if (!suite.ok()) {
    return absl::Status(suite.status().code(),
                        absl::StrCat(described, ": ", suite.status().message()));
  }
  side.suite = *std::move(suite);
  return absl::OkStatus();
}

absl::Status BuiltSides::Make(const Side& side) const {
  const run::StepLine line(terminal_, absl::StrCat("building ", side.build->name()));
  LOADLINE_RETURN_IF_ERROR(side.build->Make(side.suite.target));
  return CheckIsSuite(side.suite);
}

absl::Status BuiltSides::Remove() {
  absl::Status first;
  for (Side* side : {&base_, &candidate_}) {
    if (side->checkout != nullptr) first.Update(side->checkout->Remove());
  }
  return first;
}

}  // namespace loadline::branches
