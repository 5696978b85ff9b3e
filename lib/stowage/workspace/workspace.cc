#include "stowage/workspace/workspace.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "loadline/base/deferred_calls.h"
#include "loadline/base/log.h"
#include "loadline/base/status_macros.h"
#include "stowage/storage/directory_lock.h"
#include "stowage/storage/quarantine.h"
#include "stowage/workspace/project_removal.h"

namespace stowage {
namespace {

constexpr absl::string_view kRegistryFile = "registry.db";

template <typename Options>
void GiveMonitor(loadline::PerformanceMonitor* monitor, Options& options) {
  if (options.monitor == nullptr) options.monitor = monitor;
}

}  // namespace

Workspace::Workspace(LifecycleObserver lifecycle, const loadline::Clock& clock)
    : lifecycle_(std::move(lifecycle)), clock_(clock) {}

template <typename T, typename OpenFn>
absl::Status Workspace::OpenComponent(absl::string_view name, std::unique_ptr<T>& component,
                                      OpenFn open) {
  const int64_t start = clock_.SteadyNanos();
  LOADLINE_ASSIGN_OR_RETURN(component, open());
  init_times_.push_back({.component = std::string(name), .nanos = clock_.SteadyNanos() - start});
  TellLifecycle(name, /*opened=*/true);
  return absl::OkStatus();
}

template <typename T>
void Workspace::CloseComponent(absl::string_view name, std::unique_ptr<T>& component) {
  if (component == nullptr) return;
  component.reset();
  TellLifecycle(name, /*opened=*/false);
}

void Workspace::TellLifecycle(absl::string_view component, bool opened) const {
  if (!lifecycle_) return;
  // Also from the destructor, where an exception would end the program.
  try {
    lifecycle_(component, opened);
  } catch (...) {
    loadline::Log({.level = loadline::LogLevel::kError,
                   .component = "workspace",
                   .message = "a lifecycle observer threw an exception",
                   .fields = {{"of", std::string(component)}}});
  }
}

absl::StatusOr<std::unique_ptr<Workspace>> Workspace::Open(absl::string_view path,
                                                           WorkspaceOptions options) {
  GiveMonitor(options.monitor, options.registry);
  GiveMonitor(options.monitor, options.contexts);
  GiveMonitor(options.monitor, options.vectors);

  std::unique_ptr<Workspace> workspace(
      new Workspace(std::move(options.lifecycle), *options.registry.clock));
  Workspace& w = *workspace;
  LOADLINE_ASSIGN_OR_RETURN(w.directory_, loadline::Directory::OpenOrCreate(path, *options.fs));
  LOADLINE_RETURN_IF_ERROR(
      w.OpenComponent("lock", w.lock_, [&] { return DirectoryLock::Acquire(*w.directory_); }));
  LOADLINE_RETURN_IF_ERROR(w.OpenRegistry(options.registry));
  w.Recover();
  w.ReportOrphans();
  LOADLINE_RETURN_IF_ERROR(w.OpenComponent("contexts", w.contexts_, [&] {
    return ProjectContextManager::Open(*w.directory_, *w.registry_, options.contexts);
  }));
  LOADLINE_RETURN_IF_ERROR(w.OpenComponent("vectors", w.vectors_, [&] {
    return VectorStoreManager::Open(*w.directory_, *w.registry_, options.vectors);
  }));
  w.RestoreActiveProject();
  return workspace;
}

Workspace::~Workspace() {
  if (lock_ != nullptr && !lock_->CheckHeldByThisProcess().ok()) {
    // A forked child: whatever the parent's other threads held or waited for at the fork stays so.
    // They need the directory as long as they are there.
    static_cast<void>(vectors_.release());
    static_cast<void>(contexts_.release());
    static_cast<void>(registry_.release());
    static_cast<void>(directory_.release());
    static_cast<void>(lock_.release());
    return;
  }
  CloseComponent("vectors", vectors_);
  CloseComponent("contexts", contexts_);
  CloseComponent("registry", registry_);
  CloseComponent("lock", lock_);
}

absl::Status Workspace::OpenRegistry(const RegistryOptions& options) {
  const absl::Status opened = OpenComponent(
      "registry", registry_, [&] { return ProjectRegistry::Open(*directory_, options); });
  if (!IsDamage(opened)) return opened;
  LOADLINE_ASSIGN_OR_RETURN(
      const QuarantinedFile moved,
      QuarantineFile(*directory_, *directory_, kRegistryFile, kRegistryFile, opened, clock_));
  return absl::DataLossError(absl::StrCat(
      "workspace ", path(), ": ", opened.message(), "; the file was moved to ", moved.moved_to,
      "; opening again starts an empty registry, and the folders of projects stay"));
}

// What cannot be mended does not keep the workspace shut: the projects concerned are hidden
// already, and the rest works.
void Workspace::Recover() {
  const int64_t start = clock_.SteadyNanos();
  for (const ProjectRecordPtr& record : registry_->ListRemoving()) {
    const absl::Status status = FinishRemoval(*directory_, *registry_, record->id);
    if (status.ok()) {
      recovery_.removals_finished.push_back(record->id);
      loadline::Log({.level = loadline::LogLevel::kInfo,
                     .component = "workspace",
                     .message = "finished the removal of a project",
                     .fields = {{"project", record->id.hex()}}});
    } else {
      NoteUnfinished(absl::StrCat("removal of project ", record->id.hex(), ": ", status.message()));
    }
  }
  const TrashSweep sweep = SweepTrash(*directory_);
  recovery_.trash_swept = sweep.deleted;
  if (!sweep.status.ok()) {
    NoteUnfinished(absl::StrCat("deleting what is in trash/: ", sweep.status.message()));
  }
  init_times_.push_back({.component = "recovery", .nanos = clock_.SteadyNanos() - start});
}

void Workspace::ReportOrphans() {
  const auto orphans = registry_->FindOrphans();
  if (!orphans.ok()) return NoteUnfinished(std::string(orphans.status().message()));
  for (const RegistryProblem& orphan : *orphans) {
    if (orphan.holds_data) recovery_.orphans.push_back(orphan.detail);
  }
  if (recovery_.orphans.empty()) return;
  loadline::Log({.level = loadline::LogLevel::kWarning,
                 .component = "workspace",
                 .message = "found folders that belong to no project",
                 .fields = {{"folders", absl::StrCat(recovery_.orphans.size())},
                            {"first", recovery_.orphans.front()}}});
}

void Workspace::RestoreActiveProject() {
  const std::optional<ProjectId> active = registry_->GetActive();
  if (active.has_value()) {
    const absl::Status status = contexts_->Switch(active);
    if (absl::IsDataLoss(status)) {
      recovery_.quarantined.push_back(std::string(status.message()));
    } else if (!status.ok()) {
      NoteUnfinished(
          absl::StrCat("making project ", active->hex(), " active again: ", status.message()));
    }
  }
  loadline::MutexLock lock(unfinished_mutex_);
  recovery_.unfinished = unfinished_;
}

absl::Status Workspace::SwitchProject(const ProjectId& id) {
  const loadline::DeferredCalls told_later;
  loadline::MutexLock lock(switch_mutex_);
  const std::optional<ProjectId> before = contexts_->active();
  // The context first: it may turn out damaged, and nothing durable has changed then.
  LOADLINE_RETURN_IF_ERROR(contexts_->Switch(id));
  if (registry_->GetActive() == id) return absl::OkStatus();
  const absl::Status status = registry_->SetActive(id);
  if (status.ok()) return status;
  // Back to what the registry says; when even that fails, e.g. because that project is gone, none.
  if (!contexts_->Switch(before).ok()) {
    LOADLINE_RETURN_IF_ERROR(contexts_->Switch(std::nullopt));
  }
  return status;
}

absl::Status Workspace::RemoveProject(const ProjectId& id) {
  const loadline::DeferredCalls told_later;
  loadline::MutexLock lock(removal_mutex_);
  if (!IsBeingRemoved(id)) {
    // The point of no return: durable, and from here on nobody finds the project.
    LOADLINE_RETURN_IF_ERROR(registry_->SetStatus(id, ProjectStatus::kRemoving));
  }
  LOADLINE_RETURN_IF_ERROR(contexts_->Release(id));
  LOADLINE_RETURN_IF_ERROR(vectors_->Release(id));
  LOADLINE_RETURN_IF_ERROR(FinishRemoval(*directory_, *registry_, id));
  DeleteTrash(id);
  return absl::OkStatus();
}

bool Workspace::IsBeingRemoved(const ProjectId& id) const {
  for (const ProjectRecordPtr& record : registry_->ListRemoving()) {
    if (record->id == id) return true;
  }
  return false;
}

// A failure leaves garbage, not a project: it is reported by CheckHealth() and swept by the next
// Open().
void Workspace::DeleteTrash(const ProjectId& id) {
  auto trash = directory_->OpenChild(kTrashFolder);
  if (absl::IsNotFound(trash.status())) return;
  const absl::Status status = trash.ok() ? (*trash)->RemoveTree(id.hex()) : trash.status();
  if (!status.ok()) {
    NoteUnfinished(absl::StrCat("deleting trash/", id.hex(), ": ", status.message()));
  }
}

void Workspace::NoteUnfinished(std::string what) {
  loadline::Log({.level = loadline::LogLevel::kWarning,
                 .component = "workspace",
                 .message = "left unfinished; the next open tries again",
                 .fields = {{"what", what}}});
  loadline::MutexLock lock(unfinished_mutex_);
  unfinished_.push_back(std::move(what));
}

}  // namespace stowage
