#include "stowage/vector/vector_store.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

using loadline::MutexLock;

constexpr size_t kCountAttempts = 20;

VectorIndexOptions OptionsOf(VectorIndexOptions options, VectorFile& file) {
  options.path = file.path();
  options.folder = &file.folder();
  options.read = [&file](uint64_t id) { return file.Read(id); };
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
  LOADLINE_RETURN_IF_ERROR(VectorIndex::RemoveFiles(file->folder()));
  std::unique_ptr<VectorStore> store(new VectorStore(std::move(file), options, builder));
  LOADLINE_RETURN_IF_ERROR(store->Load(account));
  store->IndexIfNeeded();
  return store;
}

absl::Status VectorStore::Load(Account account) {
  MutexLock lock(accounting_mutex_);
  LOADLINE_ASSIGN_OR_RETURN(const size_t rows, file_->Count());
  LOADLINE_ASSIGN_OR_RETURN(const VectorFile::TextTotals names, file_->FileNames());
  // As if each name were of the mean length; the short ones cost a little less.
  const size_t mean = names.files == 0 ? 0 : names.bytes / names.files + 1;
  const size_t text_bytes = names.files * TextPool::BytesFor(mean);
  const size_t expected = VectorFile::kMemoryBytes + index_.PredictBytes(rows, text_bytes);
  LOADLINE_RETURN_IF_ERROR(account(expected));
  LOADLINE_RETURN_IF_ERROR(file_->ForEachRun([&](std::vector<VectorEntry> run) -> absl::Status {
    LOADLINE_ASSIGN_OR_RETURN(StagedRows staged, index_.Stage(std::move(run)));
    index_.PublishLater(std::move(staged));
    return absl::OkStatus();
  }));
  index_.Publish({});  // shows them
  accounted_bytes_ = expected;
  const size_t needed = VectorFile::kMemoryBytes + index_.memory_bytes();
  if (needed <= expected) return absl::OkStatus();
  accounted_bytes_ = needed;
  return account(needed - expected);
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
  const auto publish = [&](uint64_t) { index_.Publish(std::move(rows)); };
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
  LOADLINE_RETURN_IF_ERROR(file_->Remove(ids, [&](uint64_t) { index_.Remove(ids); }));
  IndexIfNeeded();
  return absl::OkStatus();
}

absl::StatusOr<size_t> VectorStore::RemoveByFile(absl::string_view file) {
  LOADLINE_ASSIGN_OR_RETURN(const size_t removed, file_->RemoveByFile(file, [&](uint64_t) {
    index_.RemoveByFile(file);
  }));
  IndexIfNeeded();
  return removed;
}

void VectorStore::ReturnExcess(Return give_back) {
  MutexLock lock(accounting_mutex_);
  const size_t needed = VectorFile::kMemoryBytes + index_.memory_bytes();
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
  stats.lists = counts.lists;
  stats.engine = index_.engine();
  if (const std::optional<CheckedEffort> checked = index_.checked()) {
    stats.recall = checked->recall;
    stats.search_micros = checked->micros;
  }
  MutexLock lock(accounting_mutex_);
  stats.memory_bytes = accounted_bytes_;
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
