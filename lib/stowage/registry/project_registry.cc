#include "stowage/registry/project_registry.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "stowage/registry/notifier.h"
#include "stowage/registry/orphan_folders.h"
#include "stowage/registry/project_status.h"
#include "stowage/registry/registry_mirror.h"
#include "stowage/registry/registry_table.h"
#include "stowage/storage/database.h"

namespace stowage {
namespace {

using loadline::Directory;
using loadline::OperationRecorder;
using loadline::ScopedOperation;

constexpr char kFileName[] = "registry.db";
constexpr size_t kMaxLanguageBytes = 255;

absl::Status NoSuchProject(const ProjectId& id) {
  return absl::NotFoundError(absl::StrCat("project ", id.hex(), ": not in the registry"));
}

absl::Status CheckMetadata(const ProjectMetadata& metadata, const RegistryOptions& options) {
  size_t bytes = 0;
  for (const auto& [key, value] : metadata) bytes += key.size() + value.size();
  if (bytes <= options.max_metadata_bytes) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "project metadata: ", bytes, " bytes, want at most ", options.max_metadata_bytes));
}

absl::Status CheckNewProject(const NewProject& project, const RegistryOptions& options) {
  const std::string& path = project.source_path;
  if (path.empty() || path.front() != '/' || absl::StrContains(path, '\0')) {
    return absl::InvalidArgumentError("project source path: want an absolute path without NUL");
  }
  if (path.size() > options.max_source_path_bytes) {
    return absl::InvalidArgumentError(absl::StrCat("project source path: ", path.size(),
                                                   " bytes, want at most ",
                                                   options.max_source_path_bytes));
  }
  if (project.language.size() > kMaxLanguageBytes) {
    return absl::InvalidArgumentError(absl::StrCat("project language: ", project.language.size(),
                                                   " bytes, want at most ", kMaxLanguageBytes));
  }
  return CheckMetadata(project.metadata, options);
}

// Later than every time before it, whatever the clock says, as long as there is a later one.
int64_t NextWallNanos(int64_t previous, int64_t now) {
  if (previous == std::numeric_limits<int64_t>::max()) return previous;
  return std::max(previous + 1, now);
}

// What is wrong with a project's source path, if anything.
std::optional<RegistryProblem> CheckSourcePath(const ProjectRecord& record) {
  struct stat info {};
  if (::stat(record.source_path.c_str(), &info) != 0) {
    return RegistryProblem{RegistryProblem::Kind::kSourcePathMissing, record.id,
                           absl::StrCat(record.source_path, ": ", std::strerror(errno),
                                        "; restore it, or remove the project")};
  }
  if (S_ISDIR(info.st_mode)) return std::nullopt;
  return RegistryProblem{
      RegistryProblem::Kind::kSourcePathNotDirectory, record.id,
      absl::StrCat(record.source_path, ": not a directory; restore it, or remove the project")};
}

// The recorders of the operations; all null without a monitor.
struct Recorders {
  explicit Recorders(loadline::PerformanceMonitor* monitor) {
    if (monitor == nullptr) return;
    add = monitor->Operation("registry.register");
    get = monitor->Operation("registry.get");
    find = monitor->Operation("registry.find_by_name");
    list = monitor->Operation("registry.list");
    page = monitor->Operation("registry.list_page");
    metadata = monitor->Operation("registry.update_metadata");
    status = monitor->Operation("registry.set_status");
    remove = monitor->Operation("registry.remove");
    active = monitor->Operation("registry.set_active");
    validate = monitor->Operation("registry.validate");
  }
  OperationRecorder* add = nullptr;
  OperationRecorder* get = nullptr;
  OperationRecorder* find = nullptr;
  OperationRecorder* list = nullptr;
  OperationRecorder* page = nullptr;
  OperationRecorder* metadata = nullptr;
  OperationRecorder* status = nullptr;
  OperationRecorder* remove = nullptr;
  OperationRecorder* active = nullptr;
  OperationRecorder* validate = nullptr;
};

}  // namespace

struct ProjectRegistry::Impl {
  Impl(const Directory& workspace, RegistryOptions registry_options,
       std::unique_ptr<Database> database)
      : directory(workspace),
        options(registry_options),
        recorders(registry_options.monitor),
        db(std::move(database)) {}

  // One change on its way: `write` fills it, and it is published once it is durable.
  struct Change {
    std::vector<RegistryChange> told;
    std::optional<std::optional<ProjectId>> active;  // the new active project, if it changes
  };

  absl::Status Load(Connection& connection);
  absl::Status LoadActive(Connection& connection);
  // Commits what `write` does, brings memory up to date and tells the observers.
  absl::Status Commit(absl::FunctionRef<absl::Status(Connection&, Change&)> write);
  void Publish(const Change& change);

  // These run inside a commit, one at a time, and see what earlier writes of the batch did.
  absl::StatusOr<ProjectRecord> Stored(Connection& connection, const ProjectId& id) const;
  absl::Status AddRecord(Connection& connection, ProjectRecord record, Change& change);
  absl::Status Replace(Connection& connection, const ProjectRecord& before, ProjectRecord after,
                       RegistryChange::Kind kind, Change& change);
  absl::Status DeleteRecord(Connection& connection, const ProjectRecord& record, Change& change);
  absl::Status ChangeActive(Connection& connection, const std::optional<ProjectId>& id,
                            Change& change);
  absl::Status DropFromActive(Connection& connection, const ProjectId& id, Change& change);

  const Directory& directory;
  const RegistryOptions options;
  const Recorders recorders;
  const std::unique_ptr<Database> db;
  RegistryMirror mirror;
  Notifier<RegistryChange> notifier{"registry"};

  // What the file holds or is about to: touched only inside a commit, by one thread at a time, and
  // only after the statements of a write have succeeded. Ahead of `mirror` during a commit.
  struct {
    int64_t last_sequence = 0;
    int64_t last_created = 0;
    absl::flat_hash_map<std::string, ProjectId> names;
    std::optional<ProjectId> active;
  } writer;
};

absl::Status ProjectRegistry::Impl::Load(Connection& connection) {
  LOADLINE_RETURN_IF_ERROR(RegistryTable::ForEach(connection, [&](ProjectRecord record) {
    const bool twice = mirror.Any(record.id) != nullptr ||
                       !writer.names.emplace(record.name.text(), record.id).second;
    if (twice) {
      return absl::DataLossError(absl::StrCat(connection.path(), ": project ", record.id.hex(),
                                              ", or its name, is there twice"));
    }
    writer.last_sequence = std::max(writer.last_sequence, record.sequence);
    writer.last_created = std::max(writer.last_created, record.created_wall_nanos);
    mirror.Put(std::make_shared<const ProjectRecord>(std::move(record)));
    return absl::OkStatus();
  }));
  LOADLINE_ASSIGN_OR_RETURN(const int64_t retired, RegistryTable::GetRetiredSequence(connection));
  writer.last_sequence = std::max(writer.last_sequence, retired);
  return LoadActive(connection);
}

absl::Status ProjectRegistry::Impl::LoadActive(Connection& connection) {
  LOADLINE_ASSIGN_OR_RETURN(writer.active, RegistryTable::GetActive(connection));
  if (writer.active && mirror.Get(*writer.active) == nullptr) {
    return absl::DataLossError(absl::StrCat(connection.path(), ": the active project ",
                                            writer.active->hex(), " has no record"));
  }
  mirror.SetActive(writer.active);
  return absl::OkStatus();
}

absl::Status ProjectRegistry::Impl::Commit(
    absl::FunctionRef<absl::Status(Connection&, Change&)> write) {
  Change change;
  Notifier<RegistryChange>::Ticket ticket = 0;
  LOADLINE_RETURN_IF_ERROR(
      db->Commit([&](Connection& connection) { return write(connection, change); },
                 [&] {
                   Publish(change);
                   ticket = notifier.Queue(change.told);
                 }));
  notifier.Deliver(ticket);
  return absl::OkStatus();
}

void ProjectRegistry::Impl::Publish(const Change& change) {
  // The active project goes before its record does and comes after it.
  if (change.active) mirror.SetActive(*change.active);
  for (const RegistryChange& told : change.told) {
    if (told.kind == RegistryChange::Kind::kActive) continue;
    if (told.after != nullptr) {
      mirror.Put(told.after);
    } else {
      mirror.Erase(told.before->id);
    }
  }
}

absl::StatusOr<ProjectRecord> ProjectRegistry::Impl::Stored(Connection& connection,
                                                            const ProjectId& id) const {
  // Nobody can name a project before it is in the mirror, and its sequence number never changes.
  const ProjectRecordPtr known = mirror.Any(id);
  if (known == nullptr) return NoSuchProject(id);
  LOADLINE_ASSIGN_OR_RETURN(auto record, RegistryTable::Get(connection, known->sequence));
  if (!record) return NoSuchProject(id);
  return *std::move(record);
}

absl::Status ProjectRegistry::Impl::AddRecord(Connection& connection, ProjectRecord record,
                                              Change& change) {
  const std::string& name = record.name.text();
  if (const auto taken = writer.names.find(name); taken != writer.names.end()) {
    return absl::AlreadyExistsError(absl::StrCat(
        "register project \"", name, "\": the name is taken by project ", taken->second.hex(),
        mirror.IsRemoving(taken->second) ? ", which is being removed" : ""));
  }
  if (writer.names.size() >= options.max_projects) {
    return absl::ResourceExhaustedError(absl::StrCat("register project \"", name,
                                                     "\": the registry is full with ",
                                                     writer.names.size(), " projects"));
  }
  if (writer.last_sequence == std::numeric_limits<int64_t>::max()) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "register project \"", name, "\": the registry has given out every sequence number"));
  }
  record.sequence = writer.last_sequence + 1;
  record.created_wall_nanos = NextWallNanos(writer.last_created, options.clock->WallNanos());
  record.updated_wall_nanos = record.created_wall_nanos;
  LOADLINE_RETURN_IF_ERROR(RegistryTable::Insert(connection, record));
  const auto added = std::make_shared<const ProjectRecord>(std::move(record));
  change.told.push_back({RegistryChange::Kind::kRegistered, nullptr, added});
  // Last what outlives a write that fails: memory may run out at any step before.
  writer.names.emplace(added->name.text(), added->id);
  writer.last_sequence = added->sequence;
  writer.last_created = added->created_wall_nanos;
  return absl::OkStatus();
}

absl::Status ProjectRegistry::Impl::Replace(Connection& connection, const ProjectRecord& before,
                                            ProjectRecord after, RegistryChange::Kind kind,
                                            Change& change) {
  after.updated_wall_nanos = NextWallNanos(before.updated_wall_nanos, options.clock->WallNanos());
  LOADLINE_RETURN_IF_ERROR(RegistryTable::Update(connection, after));
  change.told.push_back({kind, std::make_shared<const ProjectRecord>(before),
                         std::make_shared<const ProjectRecord>(std::move(after))});
  return absl::OkStatus();
}

absl::Status ProjectRegistry::Impl::DeleteRecord(Connection& connection,
                                                 const ProjectRecord& record, Change& change) {
  if (record.sequence == writer.last_sequence) {
    LOADLINE_RETURN_IF_ERROR(RegistryTable::SetRetiredSequence(connection, record.sequence));
  }
  LOADLINE_RETURN_IF_ERROR(RegistryTable::Delete(connection, record.sequence).status());
  LOADLINE_RETURN_IF_ERROR(DropFromActive(connection, record.id, change));
  writer.names.erase(record.name.text());
  change.told.push_back(
      {RegistryChange::Kind::kRemoved, std::make_shared<const ProjectRecord>(record), nullptr});
  return absl::OkStatus();
}

absl::Status ProjectRegistry::Impl::DropFromActive(Connection& connection, const ProjectId& id,
                                                   Change& change) {
  if (writer.active != id) return absl::OkStatus();
  return ChangeActive(connection, std::nullopt, change);
}

absl::Status ProjectRegistry::Impl::ChangeActive(Connection& connection,
                                                 const std::optional<ProjectId>& id,
                                                 Change& change) {
  RegistryChange told{RegistryChange::Kind::kActive, nullptr, nullptr};
  if (id) {
    LOADLINE_ASSIGN_OR_RETURN(ProjectRecord record, Stored(connection, *id));
    if (record.status == ProjectStatus::kRemoving) return NoSuchProject(*id);
    told.after = std::make_shared<const ProjectRecord>(std::move(record));
  }
  if (writer.active) {
    // As it was before this batch: its row may be gone already when its removal ends its being
    // active.
    told.before = mirror.Any(*writer.active);
  }
  LOADLINE_RETURN_IF_ERROR(RegistryTable::SetActive(connection, id));
  change.told.push_back(std::move(told));
  change.active = id;
  writer.active = id;
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<ProjectRegistry>> ProjectRegistry::Open(const Directory& directory,
                                                                       RegistryOptions options) {
  LOADLINE_ASSIGN_OR_RETURN(
      auto db,
      Database::Open(directory, kFileName, RegistryTable::FileSchema(), {.identity = "registry"}));
  auto impl = std::make_unique<Impl>(directory, options, std::move(db));
  LOADLINE_RETURN_IF_ERROR(
      impl->db->Read([&](Connection& connection) { return impl->Load(connection); }));
  return std::unique_ptr<ProjectRegistry>(new ProjectRegistry(std::move(impl)));
}

ProjectRegistry::ProjectRegistry(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ProjectRegistry::~ProjectRegistry() = default;

absl::StatusOr<ProjectId> ProjectRegistry::Register(NewProject project) {
  ScopedOperation operation(impl_->recorders.add);
  LOADLINE_RETURN_IF_ERROR(operation.Done(CheckNewProject(project, impl_->options)));
  auto id = ProjectId::Generate();
  if (!id.ok()) return operation.Done(std::move(id));
  LOADLINE_RETURN_IF_ERROR(
      operation.Done(impl_->Commit([&](Connection& connection, Impl::Change& change) {
        return impl_->AddRecord(connection,
                                {.id = *id,
                                 .name = std::move(project.name),
                                 .source_path = std::move(project.source_path),
                                 .language = std::move(project.language),
                                 .metadata = std::move(project.metadata),
                                 .status = ProjectStatus::kRegistered},
                                change);
      })));
  return *id;
}

absl::StatusOr<ProjectRecordPtr> ProjectRegistry::Get(const ProjectId& id) const {
  ScopedOperation operation(impl_->recorders.get);
  ProjectRecordPtr record = impl_->mirror.Get(id);
  if (record != nullptr) return record;
  operation.Fail();
  return NoSuchProject(id);
}

absl::StatusOr<ProjectRecordPtr> ProjectRegistry::FindByName(const ProjectName& name) const {
  ScopedOperation operation(impl_->recorders.find);
  ProjectRecordPtr record = impl_->mirror.FindByName(name);
  if (record != nullptr) return record;
  operation.Fail();
  return absl::NotFoundError(
      absl::StrCat("project \"", name.text(), "\": no project has this name"));
}

bool ProjectRegistry::Contains(const ProjectId& id) const {
  return impl_->mirror.Get(id) != nullptr;
}

std::vector<ProjectRecordPtr> ProjectRegistry::List(const ProjectFilter& filter) const {
  const ScopedOperation operation(impl_->recorders.list);
  return impl_->mirror.List(filter);
}

absl::StatusOr<ProjectPage> ProjectRegistry::ListPage(const ProjectFilter& filter,
                                                      int64_t after_sequence, size_t limit) const {
  ScopedOperation operation(impl_->recorders.page);
  if (limit == 0) {
    operation.Fail();
    return absl::InvalidArgumentError("list projects: a page of 0 projects never ends");
  }
  if (filter.status) {
    LOADLINE_RETURN_IF_ERROR(operation.Done(ProjectStatuses().Check(*filter.status)));
  }
  return impl_->mirror.Page(filter, after_sequence, limit);
}

size_t ProjectRegistry::Count(const ProjectFilter& filter) const {
  return impl_->mirror.Count(filter);
}

absl::Status ProjectRegistry::UpdateMetadata(const ProjectId& id, ProjectMetadata metadata) {
  ScopedOperation operation(impl_->recorders.metadata);
  LOADLINE_RETURN_IF_ERROR(operation.Done(CheckMetadata(metadata, impl_->options)));
  return operation.Done(
      impl_->Commit([&](Connection& connection, Impl::Change& change) -> absl::Status {
        LOADLINE_ASSIGN_OR_RETURN(const ProjectRecord before, impl_->Stored(connection, id));
        if (before.status == ProjectStatus::kRemoving) return NoSuchProject(id);
        ProjectRecord after = before;
        after.metadata = std::move(metadata);
        return impl_->Replace(connection, before, std::move(after), RegistryChange::Kind::kMetadata,
                              change);
      }));
}

absl::Status ProjectRegistry::SetStatus(const ProjectId& id, ProjectStatus status) {
  ScopedOperation operation(impl_->recorders.status);
  if (absl::Status known = ProjectStatuses().Check(status); !known.ok()) {
    return operation.Done(absl::InvalidArgumentError(
        absl::StrCat("set status of project ", id.hex(), ": ", known.message())));
  }
  return operation.Done(
      impl_->Commit([&](Connection& connection, Impl::Change& change) -> absl::Status {
        LOADLINE_ASSIGN_OR_RETURN(const ProjectRecord before, impl_->Stored(connection, id));
        if (before.status == ProjectStatus::kRemoving) {
          return absl::FailedPreconditionError(
              absl::StrCat("set status of project ", id.hex(), ": it is being removed"));
        }
        if (status == ProjectStatus::kRemoving) {
          LOADLINE_RETURN_IF_ERROR(impl_->DropFromActive(connection, id, change));
        }
        ProjectRecord after = before;
        after.status = status;
        return impl_->Replace(connection, before, std::move(after), RegistryChange::Kind::kStatus,
                              change);
      }));
}

absl::Status ProjectRegistry::Remove(const ProjectId& id) {
  ScopedOperation operation(impl_->recorders.remove);
  return operation.Done(
      impl_->Commit([&](Connection& connection, Impl::Change& change) -> absl::Status {
        LOADLINE_ASSIGN_OR_RETURN(const ProjectRecord record, impl_->Stored(connection, id));
        return impl_->DeleteRecord(connection, record, change);
      }));
}

std::vector<ProjectRecordPtr> ProjectRegistry::ListRemoving() const {
  return impl_->mirror.Removing();
}

absl::Status ProjectRegistry::SetActive(const std::optional<ProjectId>& id) {
  ScopedOperation operation(impl_->recorders.active);
  return operation.Done(impl_->Commit([&](Connection& connection, Impl::Change& change) {
    return impl_->ChangeActive(connection, id, change);
  }));
}

std::optional<ProjectId> ProjectRegistry::GetActive() const { return impl_->mirror.active(); }

absl::StatusOr<std::vector<RegistryProblem>> ProjectRegistry::FindOrphans() const {
  return FindOrphanFolders(impl_->directory,
                           [&](const ProjectId& id) { return impl_->mirror.Any(id) != nullptr; });
}

absl::StatusOr<std::vector<RegistryProblem>> ProjectRegistry::Validate() const {
  ScopedOperation operation(impl_->recorders.validate);
  std::vector<RegistryProblem> problems;
  for (const ProjectRecordPtr& record : List()) {
    if (auto problem = CheckSourcePath(*record)) problems.push_back(*std::move(problem));
  }
  for (const ProjectRecordPtr& record : ListRemoving()) {
    problems.push_back({RegistryProblem::Kind::kStaleRemoval, record->id,
                        absl::StrCat("project \"", record->name.text(),
                                     "\": its removal was begun; opening the workspace ends it")});
  }
  auto orphans = FindOrphans();
  LOADLINE_RETURN_IF_ERROR(operation.Done(orphans.status()));
  problems.insert(problems.end(), orphans->begin(), orphans->end());
  return problems;
}

absl::Status ProjectRegistry::CheckFile() const {
  LOADLINE_RETURN_IF_ERROR(impl_->db->CheckIntegrity());
  return impl_->db->Read([](Connection& connection) -> absl::Status {
    LOADLINE_RETURN_IF_ERROR(
        RegistryTable::ForEach(connection, [](const ProjectRecord&) { return absl::OkStatus(); }));
    LOADLINE_RETURN_IF_ERROR(RegistryTable::GetRetiredSequence(connection).status());
    return RegistryTable::GetActive(connection).status();
  });
}

int ProjectRegistry::AddObserver(RegistryObserver observer) {
  return impl_->notifier.Add(std::move(observer));
}

void ProjectRegistry::RemoveObserver(int number) { impl_->notifier.Remove(number); }

RegistryStats ProjectRegistry::Stats() const {
  RegistryStats stats;
  stats.projects = impl_->mirror.size();
  const std::array<size_t, 5> by_status = impl_->mirror.CountByStatus();
  std::copy(by_status.begin(), by_status.end(), stats.by_status);
  const DatabaseStats db = impl_->db->Stats();
  stats.commits = db.transactions;
  stats.changes = db.commits;
  stats.degraded = db.degraded;
  stats.degraded_reason = db.degraded_reason;
  return stats;
}

}  // namespace stowage
