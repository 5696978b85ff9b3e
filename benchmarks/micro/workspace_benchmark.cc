// Question: what does it cost to open and close a workspace, to switch and remove projects, and to
// ask how it is?
// Timed: the operation. Not timed: filling the workspace.
// Bound by: opening by reading the registry; removing by its commits and syncs.
// Would lie if: Open were taken for a cold start. It is a second start in one process; the cold
// ones are the Init/* rows, each in a new process.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/fixture/profile.h"
#include "benchmarks/fixture/sweep.h"
#include "benchmarks/fixture/workspace_bed.h"
#include "loadline/base/status_macros.h"
#include "loadline/harness/operation_loop.h"
#include "loadline/harness/shared_fixture.h"

namespace loadline::bench {
namespace {

using stowage::HealthDepth;
using stowage::HealthState;
using stowage::ProjectId;

constexpr int kMessages = 10;
constexpr int kVectors = 20;
constexpr size_t kRemovedNumbers = 3'000'000;  // names of projects made to be removed

absl::StatusOr<std::unique_ptr<WorkspaceBed>> MakeBed(int projects, bool filled) {
  BedSpec spec{.projects = projects};
  if (filled) {
    spec.messages = kMessages;
    spec.vectors = kVectors;
  }
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<WorkspaceBed> bed, WorkspaceBed::Make(spec));
  const stowage::HealthReport health = bed->workspace().CheckHealth(HealthDepth::kDeep);
  if (health.state != HealthState::kHealthy) {
    return absl::InternalError("a workspace just made is not healthy");
  }
  return bed;
}

WorkspaceBed* FilledBed(benchmark::State& state) {
  const int projects = static_cast<int>(state.range(0));
  return harness::SharedFixture<WorkspaceBed>(state, absl::StrCat("filled/", projects),
                                              [&] { return MakeBed(projects, true); });
}

void TimeReopen(benchmark::State& state) {
  const int projects = static_cast<int>(state.range(0));
  auto* bed = harness::SharedFixture<WorkspaceBed>(state, absl::StrCat("empty/", projects),
                                                   [&] { return MakeBed(projects, false); });
  if (bed == nullptr) return;
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([&] { return bed->Reopen(); });
}

template <typename Op>
void TimeOnWorkspace(benchmark::State& state, Op op) {
  WorkspaceBed* bed = FilledBed(state);
  if (bed == nullptr) return;
  size_t turn = static_cast<size_t>(state.thread_index());
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([&] { return op(*bed, ++turn); });
}

// A project with a context and a store, made outside the measured time.
absl::StatusOr<ProjectId> MakeRemovable(WorkspaceBed& bed, size_t number) {
  LOADLINE_ASSIGN_OR_RETURN(const ProjectId id,
                            RegisterNumbered(bed.registry(), kRemovedNumbers + number));
  LOADLINE_RETURN_IF_ERROR(bed.contexts().Append(id, NumberedMessage(number)).status());
  const stowage::VectorEntry entry = NumberedVector(1, number);
  LOADLINE_RETURN_IF_ERROR(bed.vectors().Create(id, {.dimension = entry.values.size()}));
  LOADLINE_RETURN_IF_ERROR(bed.vectors().Add(id, {entry}));
  return id;
}

void TimeRemoveProject(benchmark::State& state) {
  WorkspaceBed* bed = FilledBed(state);
  if (bed == nullptr) return;
  static std::atomic<size_t> next{0};
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) {
    absl::StatusOr<ProjectId> id = absl::UnknownError("not made");
    loop.Untimed([&] { id = MakeRemovable(*bed, next.fetch_add(1)); });
    if (!id.ok()) return loop.Fail(id.status().ToString());
    loop.Time([&] { return bed->workspace().RemoveProject(*id); });
  }
}

const bool registered = [] {
  const Profile& profile = ActiveProfile();
  Register({.name = "Workspace/Open_SecondTime",
            .arg_names = {"projects"},
            .args = EachOf(profile.project_counts),
            .threads = {1},
            .iterations = profile.durable_iterations},
           TimeReopen);
  const Sweep filled{.arg_names = {"projects"},
                     .args = {{profile.project_counts.front()}},
                     .iterations = profile.durable_iterations};
  Sweep sweep = filled;
  sweep.name = "Workspace/SwitchProject";
  Register(sweep, [](benchmark::State& state) {
    TimeOnWorkspace(state, [](WorkspaceBed& bed, size_t turn) {
      return bed.workspace().SwitchProject(bed.ids()[turn % bed.ids().size()]);
    });
  });
  sweep.name = "Workspace/RemoveProject";
  Register(sweep, TimeRemoveProject);
  sweep.name = "Health/Deep";
  sweep.iterations = profile.slow_iterations;
  Register(sweep, [](benchmark::State& state) {
    TimeOnWorkspace(state, [](WorkspaceBed& bed, size_t) {
      return bed.workspace().CheckHealth(HealthDepth::kDeep).state == HealthState::kHealthy;
    });
  });
  sweep.name = "Health/Cheap";
  sweep.iterations = 0;
  Register(sweep, [](benchmark::State& state) {
    TimeOnWorkspace(state, [](WorkspaceBed& bed, size_t) {
      return bed.workspace().CheckHealth(HealthDepth::kCheap).state == HealthState::kHealthy;
    });
  });
  return true;
}();

}  // namespace
}  // namespace loadline::bench
