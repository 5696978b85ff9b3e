// How long does a workspace take from the start of its process until it answers?
//
// Timed, each start in a new process: until main(), until the workspace is open, until its first
// operation (a look-up of a project, or of the empty list) has returned, and its closing. Excluded:
// making the projects on disk. The page cache is warm: reading a cold disk is not in the figures.
// Expected: a few milliseconds empty, growing linearly with the projects.
// What would fool it: data that was never closed properly, so that opening has to mend it.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "loadline/harness/init_probe.h"
#include "stowage/workspace/workspace.h"

namespace loadline::bench {
namespace {

using stowage::Workspace;

absl::Status MakeProjects(const std::string& dir, int projects) {
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Workspace> workspace, Workspace::Open(dir));
  for (int i = 0; i < projects; ++i) {
    LOADLINE_ASSIGN_OR_RETURN(stowage::ProjectName name,
                              stowage::ProjectName::Parse(absl::StrCat("project-", i)));
    stowage::NewProject project{.name = std::move(name)};
    project.source_path = absl::StrCat("/src/project-", i);
    project.language = "cpp";
    LOADLINE_RETURN_IF_ERROR(workspace->registry().Register(std::move(project)).status());
  }
  return absl::OkStatus();
}

absl::Status Start(const std::string& dir, int projects, harness::InitMoments& moments) {
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<Workspace> workspace, Workspace::Open(dir));
  moments.Ready();
  const auto count = static_cast<int>(workspace->registry().Count());
  moments.FirstOperationDone();
  workspace.reset();
  if (count == projects) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("the workspace has ", count, " projects, want ", projects));
}

std::vector<harness::InitScenario> Scenarios() {
  std::vector<harness::InitScenario> scenarios;
  for (const int projects : {0, 20, 1000}) {
    scenarios.push_back({absl::StrCat("Init/Workspace_Cold/projects:", projects),
                         [projects](const std::string& dir) { return MakeProjects(dir, projects); },
                         [projects](const std::string& dir, harness::InitMoments& moments) {
                           return Start(dir, projects, moments);
                         }});
  }
  return scenarios;
}

}  // namespace
}  // namespace loadline::bench

int main(int argc, char** argv) {
  return loadline::harness::RunInitProbe(argc, argv, loadline::bench::Scenarios());
}
