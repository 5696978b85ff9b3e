#include "stowage/context/project_context_manager.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "stowage/context/active_project.h"
#include "stowage/context/resident_context.h"
#include "stowage/storage/quarantine.h"
#include "stowage/storage/resident_set.h"

namespace stowage {
namespace {

using loadline::OperationRecorder;
using loadline::ScopedOperation;

absl::Status NoSuchProject(const ProjectId& id) {
  return absl::NotFoundError(
      absl::StrCat("context of project ", id.hex(), ": no such project, or it is being removed"));
}

// The share of each context: a fixed part, so that no context can crowd out another and nothing
// has to be counted across contexts.
ResidentContextOptions ShareOf(const ContextOptions& options) {
  const size_t share = options.max_resident_bytes / options.max_resident;
  const size_t for_cache = share / 4;
  return {.max_message_bytes = options.max_message_bytes,
          .max_window_bytes = share - for_cache,
          .max_cache_entries = options.max_cache_entries,
          .max_cache_value_bytes = options.max_cache_value_bytes,
          .max_cache_bytes = for_cache,
          .clock = options.clock};
}

// The counters of each operation; null without a monitor.
struct Recorders {
  explicit Recorders(loadline::PerformanceMonitor* monitor) {
    const auto find = [&](absl::string_view name) {
      return monitor == nullptr ? nullptr : monitor->Operation(name);
    };
    append = find("context.append");
    recent = find("context.recent");
    get = find("context.get");
    prune = find("context.prune");
    clear = find("context.clear");
    put_cache = find("context.put_cache");
    get_cache = find("context.get_cache");
    erase_cache = find("context.erase_cache");
    switch_project = find("context.switch");
    load = find("context.load");
  }

  OperationRecorder* append;
  OperationRecorder* recent;
  OperationRecorder* get;
  OperationRecorder* prune;
  OperationRecorder* clear;
  OperationRecorder* put_cache;
  OperationRecorder* get_cache;
  OperationRecorder* erase_cache;
  OperationRecorder* switch_project;
  OperationRecorder* load;
};

}  // namespace

struct ProjectContextManager::Impl {
  using Contexts = ResidentSet<ProjectId, ResidentContext>;

  Impl(const loadline::Directory& d, const ProjectRegistry& r, const ContextOptions& options)
      : directory(d),
        registry(r),
        share(ShareOf(options)),
        recorders(options.monitor),
        contexts({.max_entries = options.max_resident}) {}

  absl::StatusOr<Contexts::Pin> Acquire(const ProjectId& id);
  absl::StatusOr<std::unique_ptr<ResidentContext>> Load(const ProjectId& id);
  absl::StatusOr<std::unique_ptr<ResidentContext>> Open(const ProjectId& id);
  absl::Status Quarantine(const ProjectId& id, const absl::Status& damage) const;
  absl::Status Check(const ProjectId& id);
  absl::StatusOr<QuarantinedFile> MoveToQuarantine(const loadline::Directory& folder,
                                                   const ProjectId& id,
                                                   const absl::Status& reason) const;
  absl::Status CheckRegistryWasNotLost() const;
  // Whether anything was moved or removed.
  absl::StatusOr<bool> RemoveOrphan(const ProjectId& id) const;

  // Runs `use` on the project's context, loaded if need be and pinned meanwhile.
  template <typename Use>
  auto With(OperationRecorder* recorder, const ProjectId& id, Use use)
      -> decltype(use(std::declval<ResidentContext&>())) {
    ScopedOperation operation(recorder);
    auto pin = Acquire(id);
    if (!pin.ok()) {
      operation.Fail();
      return pin.status();
    }
    return operation.Done(use(**pin));
  }

  const loadline::Directory& directory;
  const ProjectRegistry& registry;
  const ResidentContextOptions share;
  const Recorders recorders;
  std::atomic<uint64_t> closed_commits{0};  // of contexts that are no longer resident
  Contexts contexts;
  ActiveProject active;
};

absl::StatusOr<ProjectContextManager::Impl::Contexts::Pin> ProjectContextManager::Impl::Acquire(
    const ProjectId& id) {
  if (!registry.Contains(id)) return NoSuchProject(id);
  return contexts.Acquire(id, [&](Contexts::Budget&) { return Load(id); });
}

absl::StatusOr<std::unique_ptr<ResidentContext>> ProjectContextManager::Impl::Load(
    const ProjectId& id) {
  // Asked again, now that Release() would wait for this load: a project whose removal began after
  // the first look must not get its folder back.
  if (!registry.Contains(id)) return NoSuchProject(id);
  ScopedOperation operation(recorders.load);
  return operation.Done(Open(id));
}

absl::StatusOr<std::unique_ptr<ResidentContext>> ProjectContextManager::Impl::Open(
    const ProjectId& id) {
  auto context = ResidentContext::Open(directory, id, share, &closed_commits);
  if (context.ok() || !IsDamage(context.status())) return context;
  return Quarantine(id, context.status());
}

absl::Status ProjectContextManager::Impl::Quarantine(const ProjectId& id,
                                                     const absl::Status& damage) const {
  LOADLINE_ASSIGN_OR_RETURN(auto projects, directory.OpenChild(ResidentContext::kProjectsFolder));
  LOADLINE_ASSIGN_OR_RETURN(auto folder, projects->OpenChild(id.hex()));
  LOADLINE_ASSIGN_OR_RETURN(const QuarantinedFile moved, MoveToQuarantine(*folder, id, damage));
  return absl::DataLossError(absl::StrCat("context of project ", id.hex(), ": ", damage.message(),
                                          "; the file was moved to ", moved.moved_to,
                                          " and the next call starts an empty context"));
}

absl::Status ProjectContextManager::Impl::Check(const ProjectId& id) {
  return contexts.Inspect(
      id, [](ResidentContext& context) { return context.Verify(); },
      [&]() -> absl::Status {
        // Asked now that Release() would wait: the folder of a removed project is not to be opened.
        if (!registry.Contains(id)) return NoSuchProject(id);
        return ResidentContext::VerifyFile(directory, id);
      });
}

absl::StatusOr<std::unique_ptr<ProjectContextManager>> ProjectContextManager::Open(
    const loadline::Directory& directory, const ProjectRegistry& registry, ContextOptions options) {
  if (options.max_resident == 0) {
    return absl::InvalidArgumentError("project contexts: max_resident is 0, want at least 1");
  }
  return std::unique_ptr<ProjectContextManager>(
      new ProjectContextManager(std::make_unique<Impl>(directory, registry, options)));
}

ProjectContextManager::ProjectContextManager(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ProjectContextManager::~ProjectContextManager() = default;

absl::StatusOr<int64_t> ProjectContextManager::Append(const ProjectId& id, NewMessage message) {
  std::vector<NewMessage> messages;
  messages.push_back(std::move(message));
  return AppendBatch(id, std::move(messages));
}

absl::StatusOr<int64_t> ProjectContextManager::AppendBatch(const ProjectId& id,
                                                           std::vector<NewMessage> messages) {
  return impl_->With(impl_->recorders.append, id,
                     [&](ResidentContext& context) { return context.Append(std::move(messages)); });
}

absl::StatusOr<std::vector<Message>> ProjectContextManager::Recent(const ProjectId& id,
                                                                   size_t limit) {
  return impl_->With(impl_->recorders.recent, id,
                     [&](ResidentContext& context) { return context.Recent(limit); });
}

absl::StatusOr<Message> ProjectContextManager::Get(const ProjectId& id, int64_t sequence) {
  return impl_->With(impl_->recorders.get, id,
                     [&](ResidentContext& context) { return context.Get(sequence); });
}

absl::StatusOr<PruneResult> ProjectContextManager::Prune(const ProjectId& id,
                                                         const PruneRule& rule) {
  return impl_->With(impl_->recorders.prune, id,
                     [&](ResidentContext& context) { return context.Prune(rule); });
}

absl::Status ProjectContextManager::Clear(const ProjectId& id) {
  return impl_->With(impl_->recorders.clear, id,
                     [](ResidentContext& context) { return context.Clear(); });
}

absl::Status ProjectContextManager::PutCache(const ProjectId& id, absl::string_view key,
                                             absl::string_view value) {
  return impl_->With(impl_->recorders.put_cache, id,
                     [&](ResidentContext& context) { return context.PutCache(key, value); });
}

absl::StatusOr<std::string> ProjectContextManager::GetCache(const ProjectId& id,
                                                            absl::string_view key) {
  return impl_->With(impl_->recorders.get_cache, id,
                     [&](ResidentContext& context) { return context.GetCache(key); });
}

absl::Status ProjectContextManager::EraseCache(const ProjectId& id, absl::string_view key) {
  return impl_->With(impl_->recorders.erase_cache, id,
                     [&](ResidentContext& context) { return context.EraseCache(key); });
}

absl::Status ProjectContextManager::Switch(const std::optional<ProjectId>& id) {
  ScopedOperation operation(impl_->recorders.switch_project);
  ActiveProject::Ticket ticket = 0;
  if (id.has_value()) {
    auto pin = impl_->Acquire(*id);
    if (!pin.ok()) return operation.Done(pin.status());
    // While pinned: Release() clears the active project after it has waited for this pin.
    ticket = impl_->active.Set(id);
  } else {
    ticket = impl_->active.Set(id);
  }
  impl_->active.Deliver(ticket);
  return absl::OkStatus();
}

std::optional<ProjectId> ProjectContextManager::active() const { return impl_->active.Get(); }

absl::StatusOr<ContextStats> ProjectContextManager::Stats(const ProjectId& id) {
  LOADLINE_ASSIGN_OR_RETURN(auto pin, impl_->Acquire(id));
  const ResidentContext::Figures figures = pin->figures();
  return ContextStats{.messages = figures.totals.messages,
                      .message_bytes = figures.totals.message_bytes,
                      .cache_entries = static_cast<int64_t>(figures.cache_entries),
                      .first_wall_nanos = figures.totals.first_wall_nanos,
                      .last_wall_nanos = figures.totals.last_wall_nanos,
                      .resident = true};
}

ContextManagerStats ProjectContextManager::Stats() const {
  const ResidentStats resident = impl_->contexts.Stats();
  ContextManagerStats stats{.resident = resident.entries,
                            .resident_bytes = 0,
                            .pinned = resident.pinned,
                            .hits = resident.hits,
                            .loads = resident.loads,
                            .evictions = resident.evictions,
                            .commits = impl_->closed_commits.load(std::memory_order_relaxed),
                            .degraded = {}};
  impl_->contexts.ForEach([&](const ProjectId& id, const ResidentContext& context) {
    stats.resident_bytes += context.figures().resident_bytes;
    stats.commits += context.commits();
    if (!context.degraded().ok()) stats.degraded.push_back(id);
  });
  return stats;
}

absl::Status ProjectContextManager::Release(const ProjectId& id) {
  impl_->contexts.Release(id);
  impl_->active.Deliver(impl_->active.ClearIf(id));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ProjectContextManager::CleanUpOrphans() {
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<RegistryProblem> orphans,
                            impl_->registry.FindOrphans());
  const bool any_data =
      std::any_of(orphans.begin(), orphans.end(),
                  [](const RegistryProblem& orphan) { return orphan.holds_data; });
  if (any_data) LOADLINE_RETURN_IF_ERROR(impl_->CheckRegistryWasNotLost());
  std::vector<std::string> removed;
  for (const RegistryProblem& orphan : orphans) {
    if (!orphan.id.has_value()) continue;
    LOADLINE_ASSIGN_OR_RETURN(const bool touched, impl_->RemoveOrphan(*orphan.id));
    if (touched) removed.push_back(orphan.id->hex());
  }
  return removed;
}

// A registry that does not know a folder is no proof that the project was removed.
absl::Status ProjectContextManager::Impl::CheckRegistryWasNotLost() const {
  constexpr absl::string_view kWhat =
      "clean up the contexts of unknown projects: nothing was touched, because ";
  LOADLINE_ASSIGN_OR_RETURN(const std::string other, FindQuarantined(directory, "registry.db"));
  if (!other.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        kWhat, "quarantine/", absl::CHexEscape(other),
        " may be the list that they stand in; put it back, or move it out of the workspace"));
  }
  if (registry.Count() == 0 && registry.ListRemoving().empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        kWhat,
        "registry.db has no project at all and was probably lost; put back a copy of it, or "
        "move the folders out of projects/"));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ProjectContextManager::Impl::RemoveOrphan(const ProjectId& id) const {
  LOADLINE_ASSIGN_OR_RETURN(auto projects, directory.OpenChild(ResidentContext::kProjectsFolder));
  LOADLINE_ASSIGN_OR_RETURN(auto folder, projects->OpenChild(id.hex()));
  const absl::Status moved =
      MoveToQuarantine(*folder, id, absl::NotFoundError("its project is not in the registry"))
          .status();
  if (!moved.ok() && !absl::IsNotFound(moved)) return moved;
  LOADLINE_ASSIGN_OR_RETURN(const auto left, folder->List());
  if (left.empty()) LOADLINE_RETURN_IF_ERROR(projects->RemoveTree(id.hex()));
  return moved.ok() || left.empty();
}

absl::StatusOr<QuarantinedFile> ProjectContextManager::Impl::MoveToQuarantine(
    const loadline::Directory& folder, const ProjectId& id, const absl::Status& reason) const {
  return QuarantineFile(directory, folder, ResidentContext::kFileName,
                        absl::StrCat(id.hex(), "-", ResidentContext::kFileName), reason,
                        *share.clock);
}

int ProjectContextManager::AddObserver(ContextObserver observer) {
  return impl_->active.AddObserver(std::move(observer));
}

void ProjectContextManager::RemoveObserver(int number) { impl_->active.RemoveObserver(number); }

std::vector<ProjectContextManager::Damage> ProjectContextManager::CheckAll() {
  std::vector<Damage> damaged;
  for (const ProjectRecordPtr& record : impl_->registry.List()) {
    absl::Status status = impl_->Check(record->id);
    // Removed while we walked: no damage.
    if (status.ok() || absl::IsNotFound(status)) continue;
    damaged.push_back({.id = record->id, .status = std::move(status)});
  }
  return damaged;
}

}  // namespace stowage
