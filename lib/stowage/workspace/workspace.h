#ifndef STOWAGE_WORKSPACE_WORKSPACE_H_
#define STOWAGE_WORKSPACE_WORKSPACE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loadline/base/clock.h"
#include "loadline/base/directory.h"
#include "loadline/base/mutex.h"
#include "stowage/context/project_context_manager.h"
#include "stowage/registry/project_registry.h"
#include "stowage/vector/vector_store_manager.h"
#include "stowage/workspace/health.h"

namespace stowage {

class DirectoryLock;

// Told of each component as it has opened and as it has closed ("lock", "registry", "contexts",
// "vectors"). What it throws is logged.
using LifecycleObserver = std::function<void(absl::string_view component, bool opened)>;

struct WorkspaceOptions {
  RegistryOptions registry;
  ContextOptions contexts;
  VectorOptions vectors;
  loadline::PerformanceMonitor* monitor =
      nullptr;  // given to every component that has none of its own
  LifecycleObserver lifecycle;
  loadline::FileSystem* fs = &loadline::FileSystem::Real();
};

struct ComponentInit {
  std::string component;  // a component, or "recovery" for what RecoveryReport says was mended
  int64_t nanos = 0;      // time to open it, by RegistryOptions::clock
};

// What opening had to mend, or found and left as it is; each is also logged.
struct RecoveryReport {
  std::vector<ProjectId> removals_finished;
  std::vector<std::string> quarantined;  // files moved to quarantine/, with why
  size_t trash_swept = 0;                // leftovers deleted
  std::vector<std::string> unfinished;  // what could not be mended, with why; the next Open retries
  // Folders of projects that no record names and that hold something, with what can be done: the
  // data of projects whose records were lost. Until the next Open they degrade cheap health.
  std::vector<std::string> orphans;
};

// A workspace directory: the lock, the registry, the contexts and the vector stores of all
// projects of one user. Opens lock -> registry -> contexts -> vector stores and closes in exactly
// the reverse order. One process at a time.
//
// Thread-safe but for destruction, which must not run together with any other call.
class Workspace {
 public:
  // Makes the directory if it is missing. kUnavailable: another process holds it (the message has
  // its pid). A damaged registry.db is moved to quarantine/ and kDataLoss is returned, naming
  // where it went: opening again then starts an empty registry (never silently).
  // Whatever fails, what was opened is closed again, in reverse.
  static absl::StatusOr<std::unique_ptr<Workspace>> Open(absl::string_view path,
                                                         WorkspaceOptions options = {});
  // In a child forked from the process that opened it, lets go of everything and closes nothing:
  // the workspace is the parent's.
  ~Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

  ProjectRegistry& registry() { return *registry_; }
  ProjectContextManager& contexts() { return *contexts_; }
  VectorStoreManager& vectors() { return *vectors_; }
  const std::string& path() const { return directory_->path(); }

  // Makes the project active in the registry (durably) and its context resident. When it fails,
  // the project that was active still is. kNotFound. The active project of the last run is active
  // again after Open. Observers are told outside locks, when it is done or by another thread
  // before; they may call it.
  absl::Status SwitchProject(const ProjectId& id);

  // Removes record, context and vectors as one unit: once the first step is durable the project is
  // gone for every caller, and a crash at any point is finished by the next Open. Operations that
  // are using the project are waited for; later ones get kNotFound. kNotFound: no such project.
  // Any other error after the first step: gone for every caller, but not finished; call it again
  // or let the next Open finish it. If it was the active project, none is afterwards. Observers are
  // told outside locks, at the end or by another thread before; they may call it.
  absl::Status RemoveProject(const ProjectId& id);

  // kCheap waits for no write and touches no file.
  HealthReport CheckHealth(HealthDepth depth);

  const std::vector<ComponentInit>& init_times() const { return init_times_; }
  const RecoveryReport& recovery() const { return recovery_; }

 private:
  Workspace(LifecycleObserver lifecycle, const loadline::Clock& clock);

  template <typename T, typename OpenFn>
  absl::Status OpenComponent(absl::string_view name, std::unique_ptr<T>& component, OpenFn open);
  template <typename T>
  void CloseComponent(absl::string_view name, std::unique_ptr<T>& component);
  void TellLifecycle(absl::string_view component, bool opened) const;
  absl::Status OpenRegistry(const RegistryOptions& options);
  void Recover();
  void ReportOrphans();
  void RestoreActiveProject();
  bool IsBeingRemoved(const ProjectId& id) const;
  void DeleteTrash(const ProjectId& id) ABSL_EXCLUSIVE_LOCKS_REQUIRED(removal_mutex_);
  void NoteUnfinished(std::string what);

  ComponentHealth LockHealth() const;
  ComponentHealth RegistryHealth(HealthDepth depth) const;
  ComponentHealth ContextHealth(HealthDepth depth);
  ComponentHealth VectorHealth(HealthDepth depth);

  const LifecycleObserver lifecycle_;
  const loadline::Clock& clock_;
  // Declared in opening order, so that members close in reverse.
  std::unique_ptr<loadline::Directory> directory_;
  std::unique_ptr<DirectoryLock> lock_;
  std::unique_ptr<ProjectRegistry> registry_;
  std::unique_ptr<ProjectContextManager> contexts_;
  std::unique_ptr<VectorStoreManager> vectors_;
  std::vector<ComponentInit> init_times_;
  RecoveryReport recovery_;

  loadline::Mutex removal_mutex_;  // one removal at a time
  loadline::Mutex switch_mutex_;   // registry and contexts agree on the active project
  mutable loadline::Mutex unfinished_mutex_;
  std::vector<std::string> unfinished_ ABSL_GUARDED_BY(unfinished_mutex_);
};

}  // namespace stowage

#endif  // STOWAGE_WORKSPACE_WORKSPACE_H_
