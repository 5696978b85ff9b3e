// Question: what does an assistant's user wait for when several of them, or several agents, work in
// one workspace at once: registry, contexts and vector stores together?
// Timed: each operation of a schedule drawn beforehand, by kinds and shares as in the mixes of
// workload/operation_schedule.h (YCSB's core workloads, carried over to projects).
// Bound by: the shares of durable writes, a sync each commit, shared by the threads that wait.
// Would lie if: projects were chosen uniformly, when people stay with a few; the choice is Zipf's.

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "benchmarks/fixture/profile.h"
#include "benchmarks/fixture/suite_dataset.h"
#include "benchmarks/fixture/sweep.h"
#include "benchmarks/fixture/workspace_bed.h"
#include "benchmarks/workload/operation_schedule.h"
#include "loadline/base/status_macros.h"
#include "loadline/harness/operation_loop.h"
#include "loadline/harness/shared_fixture.h"

namespace loadline::bench {
namespace {

using stowage::ProjectId;
using workload::Operation;
using workload::ScheduledOperation;

constexpr int kProjects = 10;
constexpr int kMessages = 50;
constexpr int kVectors = 200;
constexpr size_t kAddedVectors = 10;
constexpr size_t kNewNumbers = 5'000'000;  // names of projects that a mix registers
constexpr int64_t kOperationsPerDurable = 5;

absl::StatusOr<std::unique_ptr<WorkspaceBed>> MakeBed() {
  return WorkspaceBed::Make({.projects = kProjects, .messages = kMessages, .vectors = kVectors});
}

// One thread's walk through its schedule.
class Worker {
 public:
  Worker(WorkspaceBed& bed, const workload::Dataset& dataset,
         std::vector<ScheduledOperation> schedule)
      : bed_(bed), dataset_(dataset), schedule_(std::move(schedule)) {}

  absl::Status Next() {
    const ScheduledOperation& next = schedule_[turn_++ % schedule_.size()];
    const size_t argument = static_cast<size_t>(next.argument);
    switch (next.operation) {
      case Operation::kGetProject:
        return bed_.registry().Get(ProjectOf(next)).status();
      case Operation::kListProjects:
        return bed_.registry().ListPage({}, 0, 1 + argument % 50).status();
      case Operation::kUpdateProject:
        return Update(ProjectOf(next), argument);
      case Operation::kRegisterProject:
        return RegisterNew();
      case Operation::kAppendMessage:
        return bed_.contexts().Append(ProjectOf(next), NumberedMessage(argument)).status();
      case Operation::kRecentMessages:
        return bed_.contexts().Recent(ProjectOf(next), 20).status();
      case Operation::kSwitchProject:
        return bed_.workspace().SwitchProject(ProjectOf(next));
      case Operation::kSearch:
        return Search(ProjectOf(next), argument, 10);
      case Operation::kSearchDeep:
        return Search(ProjectOf(next), argument, 100);
      case Operation::kAddVectors:
        return AddVectors(ProjectOf(next), argument);
    }
    return absl::InternalError("a schedule with an unknown operation");
  }

  // Leaves the workspace as it was found.
  absl::Status RemoveRegistered() {
    for (const ProjectId& id : registered_) {
      LOADLINE_RETURN_IF_ERROR(bed_.workspace().RemoveProject(id));
    }
    registered_.clear();
    return absl::OkStatus();
  }

 private:
  const ProjectId& ProjectOf(const ScheduledOperation& next) const {
    if (next.project < kProjects) return bed_.ids()[next.project];
    const size_t own = next.project - kProjects;
    return own < registered_.size() ? registered_[own] : bed_.ids()[next.project % kProjects];
  }

  absl::Status Update(const ProjectId& id, size_t argument) {
    LOADLINE_ASSIGN_OR_RETURN(const stowage::ProjectRecordPtr record, bed_.registry().Get(id));
    stowage::ProjectMetadata metadata = record->metadata;
    metadata["indexed"] = absl::StrCat(argument);
    return bed_.registry().UpdateMetadata(id, std::move(metadata));
  }

  absl::Status RegisterNew() {
    static std::atomic<size_t> next{0};
    LOADLINE_ASSIGN_OR_RETURN(const ProjectId id,
                              RegisterNumbered(bed_.registry(), kNewNumbers + next.fetch_add(1)));
    registered_.push_back(id);
    return bed_.vectors().Create(id, {.dimension = dataset_.dimension()});
  }

  absl::Status Search(const ProjectId& id, size_t argument, size_t k) {
    return bed_.vectors().Search(id, dataset_.query(argument % dataset_.query_count()), k).status();
  }

  absl::Status AddVectors(const ProjectId& id, size_t argument) {
    std::vector<stowage::VectorEntry> entries;
    for (size_t i = 0; i < kAddedVectors; ++i) {
      entries.push_back(NumberedVector(kVectors + argument * kAddedVectors + i, argument + i));
    }
    return bed_.vectors().Upsert(id, std::move(entries));
  }

  WorkspaceBed& bed_;
  const workload::Dataset& dataset_;
  const std::vector<ScheduledOperation> schedule_;
  size_t turn_ = 0;
  std::vector<ProjectId> registered_;
};

void TimeMix(benchmark::State& state, const workload::OperationMix& mix) {
  auto* bed = harness::SharedFixture<WorkspaceBed>(state, "mix", MakeBed);
  if (bed == nullptr) return;
  Worker worker(
      *bed, **SuiteDataset(),
      workload::DrawSchedule(mix, {.operations = 10'000,
                                   .projects = kProjects,
                                   .thread = static_cast<uint64_t>(state.thread_index())}));
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([&] { return worker.Next(); });
  const absl::Status removed = worker.RemoveRegistered();
  if (!removed.ok()) state.SkipWithError(removed.ToString().c_str());
}

// Create, read, update, delete on the registry alone, each thread on projects of its own and
// reading everybody's.
absl::Status CreateReadUpdateDelete(WorkspaceBed& bed, size_t number, size_t step,
                                    std::vector<ProjectId>& own) {
  stowage::ProjectRegistry& registry = bed.registry();
  switch (step % 10) {
    case 0: {
      LOADLINE_ASSIGN_OR_RETURN(const ProjectId id, RegisterNumbered(registry, number));
      own.push_back(id);
      return absl::OkStatus();
    }
    case 3:
    case 6:
      return registry.UpdateMetadata(own.back(), {{"step", absl::StrCat(step)}});
    case 9: {
      const ProjectId id = own.back();
      own.pop_back();
      return registry.Remove(id);
    }
    default:
      return registry.Get(bed.ids()[(number + step) % bed.ids().size()]).status();
  }
}

void TimeRegistryCrud(benchmark::State& state) {
  const int projects = static_cast<int>(state.range(0));
  auto* bed = harness::SharedFixture<WorkspaceBed>(state, absl::StrCat("crud/", projects), [&] {
    return WorkspaceBed::Make({.projects = projects});
  });
  if (bed == nullptr) return;
  static std::atomic<size_t> next{kNewNumbers * 2};
  std::vector<ProjectId> own;
  size_t step = 0;
  harness::OperationLoop loop(state);
  while (loop.KeepRunning()) {
    loop.Time([&] { return CreateReadUpdateDelete(*bed, next.fetch_add(1), step++, own); });
  }
  for (const ProjectId& id : own) bed->registry().Remove(id).IgnoreError();  // the loop is over
}

const bool registered = [] {
  const int64_t iterations = ActiveProfile().durable_iterations * kOperationsPerDurable;
  Register({.name = "Mix/RegistryCrud",
            .arg_names = {"projects"},
            .args = EachOf(ActiveProfile().project_counts),
            .iterations = iterations},
           TimeRegistryCrud);
  for (const workload::OperationMix& mix : workload::OperationMixes()) {
    Register({.name = absl::StrCat("Mix/", std::string(mix.name)), .iterations = iterations},
             [&mix](benchmark::State& state) { TimeMix(state, mix); });
  }
  return true;
}();

}  // namespace
}  // namespace loadline::bench
