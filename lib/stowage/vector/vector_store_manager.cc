#include "stowage/vector/vector_store_manager.h"

#include <unistd.h>

#include <atomic>
#include <system_error>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/mutex.h"
#include "loadline/base/status_macros.h"
#include "stowage/storage/resident_set.h"
#include "stowage/vector/index_builder.h"
#include "stowage/vector/index_kind.h"
#include "stowage/vector/project_turns.h"
#include "stowage/vector/search_stop.h"
#include "stowage/vector/vector_checks.h"
#include "stowage/vector/vector_file.h"
#include "stowage/vector/vector_store.h"

namespace stowage {
namespace {

using loadline::Directory;
using loadline::MutexLock;
using loadline::OperationRecorder;
using loadline::ScopedOperation;
using Stores = ResidentSet<ProjectId, VectorStore>;

constexpr absl::string_view kProjectsFolder = "projects";
// How often an Add that found no room waits for some, before it gives up.
constexpr int kRoomAttempts = 3;

VectorIndexOptions IndexOptions(const VectorOptions& options) {
  VectorIndexOptions index;
  index.least_graph_rows = options.graph_min_count;
  index.target_recall = options.target_recall;
  index.max_code_bytes = options.memory_budget_bytes / 2;
  index.index = options.index;
  index.clock = options.clock;
  return index;
}

// The recorders of the manager's operations; null without a monitor.
struct Recorders {
  explicit Recorders(loadline::PerformanceMonitor* monitor) {
    if (monitor == nullptr) return;
    create = monitor->Operation("vector.create");
    add = monitor->Operation("vector.add");
    upsert = monitor->Operation("vector.upsert");
    search = monitor->Operation("vector.search");
    search_batch = monitor->Operation("vector.search_batch");
    get = monitor->Operation("vector.get");
    remove = monitor->Operation("vector.remove");
    drop = monitor->Operation("vector.drop");
    open = monitor->Operation("vector.open");
  }

  OperationRecorder* create = nullptr;
  OperationRecorder* add = nullptr;
  OperationRecorder* upsert = nullptr;
  OperationRecorder* search = nullptr;
  OperationRecorder* search_batch = nullptr;
  OperationRecorder* get = nullptr;
  OperationRecorder* remove = nullptr;  // by id and by file
  OperationRecorder* drop = nullptr;
  OperationRecorder* open = nullptr;  // reading a store that was not in memory
};

}  // namespace

struct VectorStoreManager::Impl {
  Impl(const Directory& d, const ProjectRegistry& r, const VectorOptions& o)
      : directory(d),
        registry(r),
        options(o),
        recorders(o.monitor),
        stores({.max_entries = o.max_open, .max_bytes = o.memory_budget_bytes}) {}

  absl::Status CheckProject(const ProjectId& id) const;
  absl::StatusOr<std::unique_ptr<Directory>> ProjectFolder(const ProjectId& id) const;
  absl::StatusOr<bool> HasStore(const ProjectId& id) const;
  absl::StatusOr<std::unique_ptr<VectorStore>> Load(const ProjectId& id, Stores::Budget& budget);
  absl::StatusOr<Stores::Pin> Pin(const ProjectId& id, size_t headroom = 0);
  absl::StatusOr<Stores::Pin> PinToSearch(const ProjectId& id, const SearchOptions& wishes);
  absl::Status Add(const ProjectId& id, std::vector<VectorEntry> entries, AddMode mode);
  absl::Status AddChecked(const ProjectId& id, std::vector<VectorEntry>& entries, AddMode mode);
  // Counts a commit that succeeded and gives back what it made free.
  void Committed(Stores::Pin& pin);
  static void ReturnExcess(Stores::Pin& pin);
  absl::Status DeleteFiles(const ProjectId& id) const;
  absl::StatusOr<std::unique_ptr<Directory>> FolderToOpen(const ProjectId& id);
  absl::Status CheckClosedStore(const ProjectId& id, bool deep);

  const pid_t owner_pid = ::getpid();
  const Directory& directory;
  const ProjectRegistry& registry;
  const VectorOptions options;
  const Recorders recorders;
  std::atomic<uint64_t> commits{0};

  // Taken while a store's file is made or deleted.
  ProjectTurns file_turns;
  // Stores that must not be opened, because their file is being deleted.
  loadline::Mutex closing_mutex;
  absl::flat_hash_set<ProjectId> closing ABSL_GUARDED_BY(closing_mutex);

  IndexBuilder builder;
  Stores stores;  // last: its entries use the builder until they are destroyed
};

VectorStoreManager::VectorStoreManager(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

// In a forked child there is no thread to join, and its condition variables wait for it for ever.
VectorStoreManager::~VectorStoreManager() {
  if (::getpid() != impl_->owner_pid) static_cast<void>(impl_.release());
}

absl::StatusOr<std::unique_ptr<VectorStoreManager>> VectorStoreManager::Open(
    const Directory& directory, const ProjectRegistry& registry, VectorOptions options) {
  if (options.max_open == 0) {
    return absl::InvalidArgumentError("vector stores: max_open is 0, want at least 1");
  }
  LOADLINE_RETURN_IF_ERROR(IndexKinds().Check(options.index));
  LOADLINE_RETURN_IF_ERROR(CheckTargetRecall(options.target_recall));
  try {
    return std::unique_ptr<VectorStoreManager>(
        new VectorStoreManager(std::make_unique<Impl>(directory, registry, options)));
  } catch (const std::system_error& error) {
    return absl::ResourceExhaustedError(
        absl::StrCat("vector stores: no thread for building indexes: ", error.what()));
  }
}

absl::Status VectorStoreManager::Impl::CheckProject(const ProjectId& id) const {
  if (registry.Contains(id)) return absl::OkStatus();
  return absl::NotFoundError(absl::StrCat("project ", id.hex(), " is not registered"));
}

// kNotFound where there is none, which for everybody but Create() means that there is no store.
absl::StatusOr<std::unique_ptr<Directory>> VectorStoreManager::Impl::ProjectFolder(
    const ProjectId& id) const {
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Directory> projects,
                            directory.OpenChild(kProjectsFolder));
  return projects->OpenChild(id.hex());
}

absl::StatusOr<bool> VectorStoreManager::Impl::HasStore(const ProjectId& id) const {
  absl::StatusOr<std::unique_ptr<Directory>> folder = ProjectFolder(id);
  if (absl::IsNotFound(folder.status())) return false;
  LOADLINE_RETURN_IF_ERROR(folder.status());
  return (*folder)->Exists(VectorFile::kFileName);
}

absl::StatusOr<std::unique_ptr<Directory>> VectorStoreManager::Impl::FolderToOpen(
    const ProjectId& id) {
  {
    MutexLock lock(closing_mutex);
    if (closing.contains(id)) {
      return absl::NotFoundError(
          absl::StrCat("the vector store of project ", id.hex(), " is being removed"));
    }
  }
  // Asked again: the project may have gone since the caller looked, and its folder with it.
  LOADLINE_RETURN_IF_ERROR(CheckProject(id));
  absl::StatusOr<std::unique_ptr<Directory>> folder = ProjectFolder(id);
  if (absl::IsNotFound(folder.status())) {
    return absl::NotFoundError(absl::StrCat("project ", id.hex(), " has no vector store"));
  }
  return folder;
}

absl::Status VectorStoreManager::Impl::CheckClosedStore(const ProjectId& id, bool deep) {
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<Directory> folder, FolderToOpen(id));
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<VectorFile> file,
                            VectorFile::Open(std::move(folder), id));
  return deep ? file->Verify() : file->Count().status();
}

absl::StatusOr<std::unique_ptr<VectorStore>> VectorStoreManager::Impl::Load(
    const ProjectId& id, Stores::Budget& budget) {
  ScopedOperation operation(recorders.open);
  absl::StatusOr<std::unique_ptr<Directory>> folder = FolderToOpen(id);
  if (!folder.ok()) return operation.Done(folder.status());
  VectorIndexOptions index = IndexOptions(options);
  index.borrow = [this, id](size_t bytes) -> absl::StatusOr<std::shared_ptr<void>> {
    return stores.Borrow(id, bytes);
  };
  return operation.Done(VectorStore::Open(*std::move(folder), id, index, builder,
                                          [&](size_t bytes) { return budget.Reserve(bytes); }));
}

absl::StatusOr<Stores::Pin> VectorStoreManager::Impl::Pin(const ProjectId& id, size_t headroom) {
  LOADLINE_RETURN_IF_ERROR(CheckProject(id));
  LOADLINE_ASSIGN_OR_RETURN(
      Stores::Pin pin, stores.Acquire(
                           id, [&](Stores::Budget& budget) { return Load(id, budget); }, headroom));
  if (pin->TakeIndexed()) ReturnExcess(pin);
  return pin;
}

void VectorStoreManager::Impl::ReturnExcess(Stores::Pin& pin) {
  pin->ReturnExcess([&](size_t bytes) { pin.Shrink(bytes); });
}

// A search that is to end already opens no store.
absl::StatusOr<Stores::Pin> VectorStoreManager::Impl::PinToSearch(const ProjectId& id,
                                                                  const SearchOptions& wishes) {
  LOADLINE_RETURN_IF_ERROR(CheckTargetRecall(wishes.target_recall));
  LOADLINE_RETURN_IF_ERROR(SearchStop(wishes, *options.clock).Check());
  return Pin(id);
}

absl::Status VectorStoreManager::Impl::DeleteFiles(const ProjectId& id) const {
  absl::StatusOr<std::unique_ptr<Directory>> folder = ProjectFolder(id);
  if (absl::IsNotFound(folder.status())) return absl::OkStatus();
  LOADLINE_RETURN_IF_ERROR(folder.status());
  LOADLINE_RETURN_IF_ERROR(VectorFile::Delete(**folder));
  return VectorIndex::RemoveFiles(**folder);
}

void VectorStoreManager::Impl::Committed(Stores::Pin& pin) {
  commits.fetch_add(1, std::memory_order_relaxed);
  ReturnExcess(pin);
}

absl::Status VectorStoreManager::Impl::Add(const ProjectId& id, std::vector<VectorEntry> entries,
                                           AddMode mode) {
  {
    LOADLINE_ASSIGN_OR_RETURN(const Stores::Pin pin, Pin(id));
    LOADLINE_RETURN_IF_ERROR(CheckEntries(entries, pin->config(), options.max_batch_bytes));
  }
  return entries.empty() ? absl::OkStatus() : AddChecked(id, entries, mode);
}

// Takes room beside the stores in use if there is some, else lets go of the store and waits.
absl::Status VectorStoreManager::Impl::AddChecked(const ProjectId& id,
                                                  std::vector<VectorEntry>& entries, AddMode mode) {
  size_t headroom = 0;
  for (int attempt = 1;; ++attempt) {
    LOADLINE_ASSIGN_OR_RETURN(Stores::Pin pin, Pin(id, headroom));
    bool refused = false;
    absl::StatusOr<StagedRows> staged = pin->Stage(entries, [&](size_t bytes) {
      absl::Status status = pin.Grow(bytes);
      refused = !status.ok();
      return status;
    });
    if (staged.ok()) {
      const absl::Status status = pin->Commit(*std::move(staged), mode);
      Committed(pin);
      return status;
    }
    if (!refused || attempt == kRoomAttempts) return std::move(staged).status();
    headroom = pin->BytesToAdd(entries);
  }
}

absl::Status VectorStoreManager::Create(const ProjectId& id, const StoreConfig& config) {
  ScopedOperation operation(impl_->recorders.create);
  const auto create = [&]() -> absl::Status {
    LOADLINE_RETURN_IF_ERROR(CheckConfig(config));
    const ProjectTurns::Turn turn(impl_->file_turns, id);
    LOADLINE_RETURN_IF_ERROR(impl_->CheckProject(id));
    LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Directory> projects,
                              impl_->directory.OpenOrCreateChild(kProjectsFolder));
    LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Directory> folder,
                              projects->OpenOrCreateChild(id.hex()));
    return VectorFile::Create(*folder, id, config);
  };
  return operation.Done(create());
}

absl::Status VectorStoreManager::Add(const ProjectId& id, std::vector<VectorEntry> entries) {
  ScopedOperation operation(impl_->recorders.add);
  return operation.Done(impl_->Add(id, std::move(entries), AddMode::kInsert));
}

absl::Status VectorStoreManager::Upsert(const ProjectId& id, std::vector<VectorEntry> entries) {
  ScopedOperation operation(impl_->recorders.upsert);
  return operation.Done(impl_->Add(id, std::move(entries), AddMode::kUpsert));
}

absl::StatusOr<std::vector<Neighbor>> VectorStoreManager::Search(const ProjectId& id,
                                                                 absl::Span<const float> query,
                                                                 size_t k,
                                                                 const SearchFilter& filter,
                                                                 const SearchOptions& options) {
  ScopedOperation operation(impl_->recorders.search);
  const auto search = [&]() -> absl::StatusOr<std::vector<Neighbor>> {
    LOADLINE_ASSIGN_OR_RETURN(const Stores::Pin pin, impl_->PinToSearch(id, options));
    LOADLINE_RETURN_IF_ERROR(CheckValues(query, pin->config()));
    return pin->Search(query, k, filter, options);
  };
  return operation.Done(search());
}

absl::StatusOr<std::vector<std::vector<Neighbor>>> VectorStoreManager::SearchBatch(
    const ProjectId& id, absl::Span<const float> queries, size_t k, const SearchFilter& filter,
    const SearchOptions& options) {
  ScopedOperation operation(impl_->recorders.search_batch);
  const auto search = [&]() -> absl::StatusOr<std::vector<std::vector<Neighbor>>> {
    LOADLINE_ASSIGN_OR_RETURN(const Stores::Pin pin, impl_->PinToSearch(id, options));
    LOADLINE_RETURN_IF_ERROR(CheckQueries(queries, pin->config()));
    return pin->SearchBatch(queries, k, filter, options);
  };
  return operation.Done(search());
}

absl::StatusOr<VectorEntry> VectorStoreManager::Get(const ProjectId& id, uint64_t vector_id) {
  ScopedOperation operation(impl_->recorders.get);
  const auto get = [&]() -> absl::StatusOr<VectorEntry> {
    LOADLINE_ASSIGN_OR_RETURN(const Stores::Pin pin, impl_->Pin(id));
    return pin->Get(vector_id);
  };
  return operation.Done(get());
}

absl::Status VectorStoreManager::Remove(const ProjectId& id,
                                        absl::Span<const uint64_t> vector_ids) {
  ScopedOperation operation(impl_->recorders.remove);
  const auto remove = [&]() -> absl::Status {
    LOADLINE_ASSIGN_OR_RETURN(Stores::Pin pin, impl_->Pin(id));
    LOADLINE_RETURN_IF_ERROR(pin->Remove(vector_ids));
    impl_->Committed(pin);
    return absl::OkStatus();
  };
  return operation.Done(remove());
}

absl::StatusOr<size_t> VectorStoreManager::RemoveByFile(const ProjectId& id,
                                                        absl::string_view file) {
  ScopedOperation operation(impl_->recorders.remove);
  const auto remove = [&]() -> absl::StatusOr<size_t> {
    LOADLINE_ASSIGN_OR_RETURN(Stores::Pin pin, impl_->Pin(id));
    LOADLINE_ASSIGN_OR_RETURN(const size_t removed, pin->RemoveByFile(file));
    impl_->Committed(pin);
    return removed;
  };
  return operation.Done(remove());
}

absl::Status VectorStoreManager::Drop(const ProjectId& id) {
  ScopedOperation operation(impl_->recorders.drop);
  if (absl::Status status = impl_->CheckProject(id); !status.ok()) return operation.Done(status);
  const ProjectTurns::Turn turn(impl_->file_turns, id);
  {
    MutexLock lock(impl_->closing_mutex);
    impl_->closing.insert(id);
  }
  impl_->stores.Release(id);
  const absl::Status status = impl_->DeleteFiles(id);
  MutexLock lock(impl_->closing_mutex);
  impl_->closing.erase(id);
  return operation.Done(status);
}

absl::StatusOr<size_t> VectorStoreManager::Count(const ProjectId& id) {
  LOADLINE_ASSIGN_OR_RETURN(const Stores::Pin pin, impl_->Pin(id));
  return pin->Count();
}

absl::StatusOr<StoreStats> VectorStoreManager::Stats(const ProjectId& id) {
  const bool was_open = impl_->stores.Contains(id);
  LOADLINE_ASSIGN_OR_RETURN(const Stores::Pin pin, impl_->Pin(id));
  LOADLINE_ASSIGN_OR_RETURN(StoreStats stats, pin->Stats());
  stats.open = was_open;
  return stats;
}

VectorManagerStats VectorStoreManager::Stats() const {
  const ResidentStats resident = impl_->stores.Stats();
  VectorManagerStats stats{.open = resident.entries,
                           .pinned = resident.pinned,
                           .memory_bytes = resident.bytes,
                           .hits = resident.hits,
                           .loads = resident.loads,
                           .evictions = resident.evictions,
                           .commits = impl_->commits.load(std::memory_order_relaxed),
                           .degraded = {}};
  impl_->stores.ForEach([&](const ProjectId& id, const VectorStore& store) {
    if (!store.degraded().ok()) stats.degraded.push_back(id);
  });
  return stats;
}

absl::StatusOr<std::vector<ProjectId>> VectorStoreManager::List() const {
  std::vector<ProjectId> ids;
  for (const ProjectRecordPtr& record : impl_->registry.List()) {
    LOADLINE_ASSIGN_OR_RETURN(const bool has_store, impl_->HasStore(record->id));
    if (has_store) ids.push_back(record->id);
  }
  return ids;
}

absl::Status VectorStoreManager::Release(const ProjectId& id) {
  // A Create() that is running finishes first; a later one finds the project gone.
  const ProjectTurns::Turn turn(impl_->file_turns, id);
  impl_->stores.Release(id);
  return absl::OkStatus();
}

void VectorStoreManager::WaitUntilIndexed() { impl_->builder.WaitUntilIdle(); }

absl::Status VectorStoreManager::CheckStore(const ProjectId& id, bool deep) {
  LOADLINE_RETURN_IF_ERROR(impl_->CheckProject(id));
  return impl_->stores.Inspect(
      id, [&](VectorStore& store) { return store.Check(deep); },
      [&] { return impl_->CheckClosedStore(id, deep); });
}

}  // namespace stowage
