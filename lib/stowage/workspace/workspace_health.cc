#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stowage/storage/directory_lock.h"
#include "stowage/workspace/workspace.h"

namespace stowage {
namespace {

void Worsen(ComponentHealth& health, HealthState state, std::string evidence) {
  health.state = std::max(health.state, state);
  health.evidence.push_back(std::move(evidence));
}

void NoteDegraded(ComponentHealth& health, const std::vector<ProjectId>& projects,
                  absl::string_view file) {
  for (const ProjectId& id : projects) {
    Worsen(health, HealthState::kDegraded,
           absl::StrCat(file, " of project ", id.hex(),
                        " refuses writes after one failed; look for a full or failing disk, then "
                        "reopen the workspace"));
  }
}

// `damaged` of `total` projects failed their check.
void NoteDamaged(ComponentHealth& health, const std::vector<std::string>& damaged, size_t total) {
  const HealthState state = !damaged.empty() && damaged.size() == total ? HealthState::kUnhealthy
                                                                        : HealthState::kDegraded;
  for (const std::string& evidence : damaged) Worsen(health, state, evidence);
  health.evidence.push_back(
      absl::StrCat("checked every row; projects: ", total, ", damaged: ", damaged.size()));
}

}  // namespace

HealthReport Workspace::CheckHealth(HealthDepth depth) {
  const int64_t start = clock_.SteadyNanos();
  HealthReport report;
  report.components.push_back(LockHealth());
  report.components.push_back(RegistryHealth(depth));
  report.components.push_back(ContextHealth(depth));
  report.components.push_back(VectorHealth(depth));
  for (const ComponentHealth& component : report.components) {
    report.state = std::max(report.state, component.state);
  }
  report.duration_nanos = clock_.SteadyNanos() - start;
  return report;
}

ComponentHealth Workspace::LockHealth() const {
  ComponentHealth health{.component = "lock", .state = HealthState::kHealthy, .evidence = {}};
  const absl::Status held = lock_->CheckHeldByThisProcess();
  if (held.ok()) {
    health.evidence.push_back(absl::StrCat(path(), " is held by process ", ::getpid()));
  } else {
    Worsen(health, HealthState::kUnhealthy, std::string(held.message()));
  }
  return health;
}

ComponentHealth Workspace::RegistryHealth(HealthDepth depth) const {
  ComponentHealth health{.component = "registry", .state = HealthState::kHealthy, .evidence = {}};
  const RegistryStats stats = registry_->Stats();
  health.evidence.push_back(absl::StrCat("projects: ", stats.projects));
  if (stats.degraded) {
    Worsen(health, HealthState::kDegraded,
           "registry.db refuses changes after a write failed; look for a full or failing disk, "
           "then reopen the workspace");
  }
  {
    loadline::MutexLock lock(unfinished_mutex_);
    for (const std::string& what : unfinished_) {
      Worsen(health, HealthState::kDegraded,
             absl::StrCat(what, "; remove the cause, then reopen the workspace"));
    }
  }
  if (depth == HealthDepth::kCheap) {
    for (const std::string& orphan : recovery_.orphans) {
      Worsen(health, HealthState::kDegraded, absl::StrCat("at opening: ", orphan));
    }
    return health;
  }

  const absl::Status file = registry_->CheckFile();
  if (file.ok()) {
    health.evidence.push_back("read registry.db again, every row is whole");
  } else {
    // The next open would find no project at all; until then memory has them.
    Worsen(health, absl::IsDataLoss(file) ? HealthState::kUnhealthy : HealthState::kDegraded,
           std::string(file.message()));
  }
  const auto problems = registry_->Validate();
  if (!problems.ok()) {
    Worsen(health, HealthState::kDegraded,
           absl::StrCat("the folders could not be looked at: ", problems.status().message()));
    return health;
  }
  for (const RegistryProblem& problem : *problems) {
    const bool ours = problem.kind == RegistryProblem::Kind::kOrphanFolder ||
                      problem.kind == RegistryProblem::Kind::kStaleRemoval;
    Worsen(health, ours ? HealthState::kDegraded : HealthState::kHealthy, problem.detail);
  }
  health.evidence.push_back(
      absl::StrCat("compared the records with the folders; problems: ", problems->size()));
  return health;
}

ComponentHealth Workspace::ContextHealth(HealthDepth depth) {
  ComponentHealth health{.component = "contexts", .state = HealthState::kHealthy, .evidence = {}};
  const ContextManagerStats stats = contexts_->Stats();
  health.evidence.push_back(absl::StrCat("contexts in memory: ", stats.resident, ", in use: ",
                                         stats.pinned, ", bytes: ", stats.resident_bytes));
  NoteDegraded(health, stats.degraded, "context.db");
  if (depth == HealthDepth::kCheap) return health;

  const size_t total = registry_->Count();
  std::vector<std::string> damaged;
  for (const ProjectContextManager::Damage& damage : contexts_->CheckAll()) {
    damaged.push_back(std::string(damage.status.message()));
  }
  NoteDamaged(health, damaged, total);
  return health;
}

ComponentHealth Workspace::VectorHealth(HealthDepth depth) {
  ComponentHealth health{.component = "vectors", .state = HealthState::kHealthy, .evidence = {}};
  const VectorManagerStats stats = vectors_->Stats();
  health.evidence.push_back(absl::StrCat("stores in memory: ", stats.open, ", in use: ",
                                         stats.pinned, ", bytes: ", stats.memory_bytes));
  NoteDegraded(health, stats.degraded, "vectors.db");
  if (depth == HealthDepth::kCheap) return health;

  const auto projects = vectors_->List();
  if (!projects.ok()) {
    Worsen(health, HealthState::kUnhealthy,
           absl::StrCat("the stores could not be listed: ", projects.status().message()));
    return health;
  }
  std::vector<std::string> damaged;
  for (const ProjectId& id : *projects) {
    const absl::Status status = vectors_->CheckStore(id, /*deep=*/true);
    // Removed while we walked: no damage.
    if (!status.ok() && !absl::IsNotFound(status)) damaged.push_back(std::string(status.message()));
  }
  NoteDamaged(health, damaged, projects->size());
  return health;
}

}  // namespace stowage
