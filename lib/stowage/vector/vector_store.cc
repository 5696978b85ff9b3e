#include "stowage/vector/vector_store.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadline/base/log.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

using loadline::MutexLock;

constexpr size_t kCountAttempts = 20;

VectorIndexOptions OptionsOf(VectorIndexOptions options, VectorFile& file) {
  const StoreConfig& config = file.config();
  if (config.index != IndexKind::kAuto) options.index = config.index;
  if (config.target_recall > 0) options.target_recall = config.target_recall;
  options.path = file.path();
  options.folder = &file.folder();
  options.read = [&file](uint64_t id) { return file.Read(id); };
  options.set_saved = [&file](uint64_t token, uint64_t change) {
    return file.SetSaved({token, change});
  };
  return options;
}

}  // namespace

VectorStore::VectorStore(std::unique_ptr<VectorFile> file, const VectorIndexOptions& options,
                         IndexBuilder& builder)
    : file_(std::move(file)),
      index_(file_->config(), OptionsOf(options, *file_)),
      builder_(builder) {}

VectorStore::~VectorStore() { builder_.Cancel(&index_); }

absl::StatusOr<std::unique_ptr<VectorStore>> VectorStore::Open(
    std::unique_ptr<loadline::Directory> folder, const ProjectId& id,
    const VectorIndexOptions& options, IndexBuilder& builder, Account account) {
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<VectorFile> file,
                            VectorFile::Open(std::move(folder), id));
  std::unique_ptr<VectorStore> store(new VectorStore(std::move(file), options, builder));
  const absl::Status restored = store->Restore(account);
  if (absl::IsResourceExhausted(restored)) return restored;
  if (!restored.ok()) {
    if (!absl::IsNotFound(restored) && !absl::IsOutOfRange(restored)) {
      loadline::Log({loadline::LogLevel::kWarning,
                     "vector",
                     "the saved index of a store cannot be used; it is made anew from the rows",
                     {{"file", store->file_->path()}, {"reason", restored.ToString()}}});
    }
    LOADLINE_RETURN_IF_ERROR(store->Load(account));
  }
  LOADLINE_RETURN_IF_ERROR(store->index_.RemoveOtherFiles());
  store->IndexIfNeeded();
  return store;
}

absl::Status VectorStore::Restore(Account account) {
  LOADLINE_ASSIGN_OR_RETURN(const VectorFile::SavedIndex known, file_->saved());
  if (known.token == 0) return absl::NotFoundError("no index was saved");
  LOADLINE_ASSIGN_OR_RETURN(const size_t bytes, index_.PredictSavedBytes(known.token));
  {
    MutexLock lock(accounting_mutex_);
    LOADLINE_RETURN_IF_ERROR(account(VectorFile::kMemoryBytes + bytes));
    accounted_bytes_ = VectorFile::kMemoryBytes + bytes;
  }
  LOADLINE_ASSIGN_OR_RETURN(SavedIndex saved, index_.ReadSaved(known.token));
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<uint64_t> changed, file_->ChangedAfter(known.change));
  if (changed.size() > saved.entries.size()) return absl::OutOfRangeError("most has changed");
  LOADLINE_RETURN_IF_ERROR(index_.Restore(std::move(saved)));
  return Replay(changed, account);
}

// All that changed goes first: what is in the files of a row may be what came after it was removed.
absl::Status VectorStore::Replay(absl::Span<const uint64_t> changed, Account account) {
  index_.Remove(changed);
  constexpr size_t kAtOnce = 256;
  std::vector<VectorEntry> entries;
  const auto add = [&]() -> absl::Status {
    if (entries.empty()) return absl::OkStatus();
    LOADLINE_ASSIGN_OR_RETURN(StagedRows staged, Stage(entries, account));
    entries.clear();
    index_.PublishLater(std::move(staged));
    return absl::OkStatus();
  };
  for (const uint64_t id : changed) {
    absl::StatusOr<VectorEntry> entry = file_->Read(id);
    if (absl::IsNotFound(entry.status())) continue;
    LOADLINE_RETURN_IF_ERROR(entry.status());
    entries.push_back(*std::move(entry));
    if (entries.size() == kAtOnce) LOADLINE_RETURN_IF_ERROR(add());
  }
  LOADLINE_RETURN_IF_ERROR(add());
  index_.Publish({}, file_->last_change());
  return absl::OkStatus();
}

absl::Status VectorStore::Load(Account account) {
  MutexLock lock(accounting_mutex_);
  LOADLINE_ASSIGN_OR_RETURN(const size_t rows, file_->Count());
  LOADLINE_ASSIGN_OR_RETURN(const VectorFile::TextTotals names, file_->FileNames());
  // As if each name were of the mean length; the short ones cost a little less.
  const size_t mean = names.files == 0 ? 0 : names.bytes / names.files + 1;
  const size_t text_bytes = names.files * TextPool::BytesFor(mean);
  const size_t expected = VectorFile::kMemoryBytes + index_.PredictBytes(rows, text_bytes);
  if (expected > accounted_bytes_) {
    LOADLINE_RETURN_IF_ERROR(account(expected - accounted_bytes_));
    accounted_bytes_ = expected;
  }
  LOADLINE_RETURN_IF_ERROR(file_->ForEachRun([&](std::vector<VectorEntry> run) -> absl::Status {
    LOADLINE_ASSIGN_OR_RETURN(StagedRows staged, index_.Stage(std::move(run)));
    index_.PublishLater(std::move(staged));
    return absl::OkStatus();
  }));
  index_.Publish({}, file_->last_change());  // shows them
  const size_t needed = VectorFile::kMemoryBytes + index_.PredictBytes(0, 0);
  if (needed <= accounted_bytes_) return absl::OkStatus();
  LOADLINE_RETURN_IF_ERROR(account(needed - accounted_bytes_));
  accounted_bytes_ = needed;
  return absl::OkStatus();
}

size_t VectorStore::BytesToAdd(absl::Span<const VectorEntry> entries) const {
  MutexLock lock(accounting_mutex_);
  const size_t needed = VectorFile::kMemoryBytes +
                        index_.PredictBytes(entries.size(), VectorIndex::TextBytes(entries));
  return needed > accounted_bytes_ ? needed - accounted_bytes_ : 0;
}

absl::StatusOr<StagedRows> VectorStore::Stage(std::vector<VectorEntry>& entries, Account account) {
  const size_t text_bytes = VectorIndex::TextBytes(entries);
  MutexLock lock(accounting_mutex_);
  const size_t needed = VectorFile::kMemoryBytes + index_.PredictBytes(entries.size(), text_bytes);
  if (needed > accounted_bytes_) {
    LOADLINE_RETURN_IF_ERROR(account(needed - accounted_bytes_));
    accounted_bytes_ = needed;
  }
  return index_.Stage(std::move(entries));
}

absl::Status VectorStore::Commit(StagedRows rows, AddMode mode) {
  // Publishing empties `rows`, but a commit that turns out not durable never publishes.
  const auto publish = [&](uint64_t change) { index_.Publish(std::move(rows), change); };
  const absl::Status status = mode == AddMode::kInsert ? file_->Insert(rows.entries(), publish)
                                                       : file_->Upsert(rows.entries(), publish);
  if (!status.ok()) {
    index_.Abandon(std::move(rows));
    return status;
  }
  IndexIfNeeded();
  return absl::OkStatus();
}

absl::Status VectorStore::Remove(absl::Span<const uint64_t> ids) {
  LOADLINE_RETURN_IF_ERROR(
      file_->Remove(ids, [&](uint64_t change) { index_.Remove(ids, change); }));
  IndexIfNeeded();
  return absl::OkStatus();
}

absl::StatusOr<size_t> VectorStore::RemoveByFile(absl::string_view file) {
  LOADLINE_ASSIGN_OR_RETURN(const size_t removed, file_->RemoveByFile(file, [&](uint64_t change) {
    index_.RemoveByFile(file, change);
  }));
  IndexIfNeeded();
  return removed;
}

void VectorStore::ReturnExcess(Return give_back) {
  MutexLock lock(accounting_mutex_);
  const size_t needed = VectorFile::kMemoryBytes + index_.PredictBytes(0, 0);
  if (needed >= accounted_bytes_) return;
  give_back(accounted_bytes_ - needed);
  accounted_bytes_ = needed;
}

void VectorStore::IndexIfNeeded() {
  if (index_.NeedsIndexing()) builder_.Schedule(&index_);
}

absl::StatusOr<StoreStats> VectorStore::Stats() const {
  const VectorIndex::Counts counts = index_.counts();
  StoreStats stats;
  stats.count = counts.entries;
  stats.dimension = config().dimension;
  stats.metric = config().metric;
  LOADLINE_ASSIGN_OR_RETURN(stats.disk_bytes, file_->DiskBytes());
  stats.distinct_count = counts.rows;
  stats.indexed_count = counts.rows - counts.unindexed;
  stats.dead_count = counts.dead;
  stats.lists = counts.lists;
  stats.engine = index_.engine();
  if (const std::optional<CheckedEffort> checked = index_.checked()) {
    stats.recall = checked->recall;
    stats.search_micros = checked->micros;
  }
  MutexLock lock(accounting_mutex_);
  stats.memory_bytes = accounted_bytes_ + index_.graph_bytes();
  return stats;
}

absl::Status VectorStore::Check(bool deep) {
  LOADLINE_RETURN_IF_ERROR(CheckCount());
  LOADLINE_RETURN_IF_ERROR(file_->degraded());
  if (!deep) return absl::OkStatus();
  LOADLINE_RETURN_IF_ERROR(file_->Verify());
  // What searches find is a property of the data and no damage; it is only measured again.
  index_.CheckAgain();
  IndexIfNeeded();
  return absl::OkStatus();
}

// The index follows the file by a moment while there are changes, so one difference says nothing.
absl::Status VectorStore::CheckCount() const {
  size_t on_disk = 0;
  size_t in_memory = 0;
  for (size_t attempt = 0; attempt < kCountAttempts; ++attempt) {
    LOADLINE_ASSIGN_OR_RETURN(on_disk, file_->Count());
    in_memory = Count();
    if (on_disk == in_memory) return absl::OkStatus();
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return absl::InternalError(absl::StrCat(file_->path(), " has ", on_disk,
                                          " vectors, the index in memory ", in_memory,
                                          "; close the store to read it again"));
}

}  // namespace stowage
