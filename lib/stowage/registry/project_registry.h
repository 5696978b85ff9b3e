#ifndef STOWAGE_REGISTRY_PROJECT_REGISTRY_H_
#define STOWAGE_REGISTRY_PROJECT_REGISTRY_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loadline/base/clock.h"
#include "loadline/base/directory.h"
#include "loadline/monitor/performance_monitor.h"
#include "stowage/registry/project_id.h"
#include "stowage/registry/project_name.h"
#include "stowage/registry/project_record.h"

namespace stowage {

using ProjectRecordPtr = std::shared_ptr<const ProjectRecord>;

struct RegistryOptions {
  size_t max_projects = 100'000;
  size_t max_source_path_bytes = 4'096;
  size_t max_metadata_bytes = 64 * 1'024;  // keys and values of one project together
  const loadline::Clock* clock = &loadline::Clock::Real();
  loadline::PerformanceMonitor* monitor =
      nullptr;  // operations "registry.*"; may be null; outlives the registry
};

struct NewProject {
  ProjectName name;
  std::string source_path;
  std::string language;
  ProjectMetadata metadata;
};

struct ProjectFilter {
  std::optional<ProjectStatus> status;  // none: all but those being removed
};

// A page of a list. The order is that of registration and does not change under a running walk:
// projects registered meanwhile come at the end, removed ones are left out.
struct ProjectPage {
  std::vector<ProjectRecordPtr> projects;
  // Where the next page starts; none after the last page.
  std::optional<int64_t> next_after_sequence;
};

struct RegistryChange {
  enum class Kind { kRegistered, kMetadata, kStatus, kRemoved, kActive };
  Kind kind = Kind::kRegistered;
  ProjectRecordPtr before;  // null for kRegistered; for kActive the project that was active, if any
  ProjectRecordPtr after;   // null for kRemoved; for kActive the project that now is, if any
};
// Called after a change is durable, outside all locks, one call at a time in the order of the
// changes, on a thread that made one. May call everything, Workspace included: what it changes is
// told after what it is being told. What it throws is logged.
using RegistryObserver = std::function<void(const RegistryChange&)>;

struct RegistryProblem {
  enum class Kind {
    kSourcePathMissing,  // the source path no longer exists
    kSourcePathNotDirectory,
    kOrphanFolder,  // projects/<hex> without a record
    kStaleRemoval,  // a removal that was begun and not finished
  };
  Kind kind = Kind::kSourcePathMissing;
  std::optional<ProjectId> id;
  std::string detail;  // the path, and what can be done about it
  // Of an orphan folder that is a project's by its name: it is not empty, or cannot be read.
  bool holds_data = false;
};

struct RegistryStats {
  size_t projects = 0;
  size_t by_status[5] = {};  // indexed by ProjectStatus
  uint64_t commits = 0;      // transactions made durable; one sync each
  uint64_t changes = 0;      // changes in them: changes / commits is the mean batch
  bool degraded = false;     // a write failed: reads go on, changes are refused until reopened
  std::string degraded_reason;
};

// The list of projects: who they are, where their sources lie, what state they are in.
//
// Durable when it returns OK: the change survives a kill and a power cut. Not OK: the change is
// wholly absent. Reads come from memory and take no lock that another reader's core would see.
// Everything is thread-safe. Changes from many threads share commits (one sync each).
//
// Every change may also return: kUnavailable after a failed write, until reopened (see
// RegistryStats::degraded); kResourceExhausted when the disk is full.
class ProjectRegistry {
 public:
  // Opens registry.db in `directory` (the workspace's, which must hold its lock and outlive the
  // registry), creating it if missing. kDataLoss: the file is damaged (it is left where it is; see
  // storage/quarantine.h); kFailedPrecondition: made by a newer version, file untouched.
  static absl::StatusOr<std::unique_ptr<ProjectRegistry>> Open(const loadline::Directory& directory,
                                                               RegistryOptions options = {});
  ~ProjectRegistry();
  ProjectRegistry(const ProjectRegistry&) = delete;
  ProjectRegistry& operator=(const ProjectRegistry&) = delete;

  // kAlreadyExists: the name is taken (the message has its id). kInvalidArgument: source path
  // empty, not absolute, with NUL, or too long; metadata too large. kResourceExhausted: full.
  absl::StatusOr<ProjectId> Register(NewProject project);

  // kNotFound: no such project, or it is being removed.
  absl::StatusOr<ProjectRecordPtr> Get(const ProjectId& id) const;
  absl::StatusOr<ProjectRecordPtr> FindByName(const ProjectName& name) const;
  // Whether Get() would succeed; what other components ask before they touch a project.
  bool Contains(const ProjectId& id) const;

  std::vector<ProjectRecordPtr> List(const ProjectFilter& filter = {}) const;
  // At most `limit` projects after `after_sequence` (0: from the start). kInvalidArgument: limit 0,
  // or a status that there is none of (of which List() and Count() find no project).
  absl::StatusOr<ProjectPage> ListPage(const ProjectFilter& filter, int64_t after_sequence,
                                       size_t limit) const;
  size_t Count(const ProjectFilter& filter = {}) const;

  // Replaces all metadata. kNotFound; kInvalidArgument: too large.
  absl::Status UpdateMetadata(const ProjectId& id, ProjectMetadata metadata);
  // kNotFound; kInvalidArgument: there is no such status; kFailedPrecondition: the project is being
  // removed. Setting kRemoving hides the
  // project from every read but ListRemoving(), and cannot be taken back.
  absl::Status SetStatus(const ProjectId& id, ProjectStatus status);
  // Deletes the record (whatever its status); its name is free again. The active project becomes
  // none if it was this one. kNotFound.
  absl::Status Remove(const ProjectId& id);
  // Projects whose removal has begun and not ended.
  std::vector<ProjectRecordPtr> ListRemoving() const;

  // The project that the user works in; survives a restart. SetActive(nullopt) clears it.
  // kNotFound.
  absl::Status SetActive(const std::optional<ProjectId>& id);
  // None if there is no active project.
  std::optional<ProjectId> GetActive() const;

  // Folders under projects/ that no record names. Their data may be all that is left of a project
  // whose record was lost, so nothing but an empty one is called superfluous.
  absl::StatusOr<std::vector<RegistryProblem>> FindOrphans() const;
  // Looks at the disk: source paths that vanished and what FindOrphans() finds. Reports only;
  // repairs nothing.
  absl::StatusOr<std::vector<RegistryProblem>> Validate() const;

  // Reads registry.db again, from the disk: its structure and every row. Changes wait meanwhile;
  // reads, which come from memory, do not. Reports only. kDataLoss: damaged, naming the row; what
  // is in memory is what the file held before.
  absl::Status CheckFile() const;

  // Observers run in the order they were added. The returned number removes it again; after
  // RemoveObserver returns it is not called again, and is not running unless an observer or a log
  // sink removed it: these are not made to wait.
  int AddObserver(RegistryObserver observer);
  void RemoveObserver(int number);

  RegistryStats Stats() const;

 private:
  struct Impl;
  explicit ProjectRegistry(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stowage

#endif  // STOWAGE_REGISTRY_PROJECT_REGISTRY_H_
