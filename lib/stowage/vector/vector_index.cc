#include "stowage/vector/vector_index.h"

#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

using loadline::ReaderLock;
using loadline::WriterLock;

// What absl's table occupies that holds `count` elements at a load of at most 7/8.
size_t HashTableBytes(size_t count) {
  size_t places = 8;
  while (places / 8 * 7 < count) places *= 2;
  return places * (sizeof(std::pair<uint64_t, uint32_t>) + 1);
}

}  // namespace

VectorIndex::VectorIndex(const StoreConfig& config, const VectorIndexOptions& options)
    : config_(config), options_(options), rows_(config) {}

size_t VectorIndex::TextBytes(absl::Span<const VectorEntry> entries) {
  absl::flat_hash_set<absl::string_view> distinct;
  size_t bytes = 0;
  for (const VectorEntry& entry : entries) {
    for (const absl::string_view text :
         {absl::string_view(entry.chunk.file), absl::string_view(entry.chunk.language)}) {
      if (distinct.insert(text).second) bytes += StringPool::BytesFor(text.size());
    }
  }
  return bytes;
}

size_t VectorIndex::PredictBytes(size_t rows, size_t text_bytes) const {
  ReaderLock lock(mutex_);
  const size_t total = rows_.size() + staged_ + rows;
  size_t bytes = sizeof(*this) + RowTable::PredictBytes(config_.dimension, total) +
                 std::max(HashTableBytes(total), HashTableBytes(slots_.capacity() / 8 * 7)) +
                 texts_.memory_bytes() + text_bytes;
  if (total >= options_.graph_min_count) {
    bytes += HnswGraph::PredictBytes(GraphCapacity(total), options_.graph) +
             TrialBytes(static_cast<uint32_t>(total));
  }
  return bytes;
}

absl::StatusOr<StagedRows> VectorIndex::Stage(std::vector<VectorEntry> entries) {
  try {
    StagedRows staged = Encode(std::move(entries));
    WriterLock lock(mutex_);
    const size_t total = rows_.size() + staged_ + staged.size();
    LOADLINE_RETURN_IF_ERROR(rows_.Reserve(total));
    slots_.reserve(total);
    AcquireTexts(staged);
    staged_ += staged.size();
    return staged;
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("no memory to prepare the batch; use a smaller one");
  }
}

StagedRows VectorIndex::Encode(std::vector<VectorEntry> entries) const {
  const size_t stride = CodeBytes(config_.dimension) / sizeof(CodeHeader);
  StagedRows staged;
  staged.codes_.resize(entries.size() * stride);
  staged.metas_.resize(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    RowMeta& meta = staged.metas_[i];
    meta.id = entries[i].id;
    meta.first_line = entries[i].chunk.first_line;
    meta.last_line = entries[i].chunk.last_line;
    meta.factor = EncodeRow(config_, entries[i].values,
                            reinterpret_cast<std::byte*>(&staged.codes_[i * stride]));
  }
  staged.entries_ = std::move(entries);
  return staged;
}

// All texts or, when memory runs out, none.
void VectorIndex::AcquireTexts(StagedRows& staged) {
  std::vector<uint32_t> acquired;
  acquired.reserve(2 * staged.size());
  try {
    for (const VectorEntry& entry : staged.entries_) {
      acquired.push_back(texts_.Acquire(entry.chunk.file));
      acquired.push_back(texts_.Acquire(entry.chunk.language));
    }
  } catch (...) {
    for (const uint32_t number : acquired) texts_.Release(number);
    throw;
  }
  for (size_t i = 0; i < staged.size(); ++i) {
    staged.metas_[i].file = acquired[2 * i];
    staged.metas_[i].language = acquired[2 * i + 1];
  }
}

void VectorIndex::Publish(StagedRows rows) {
  WriterLock lock(mutex_);
  for (size_t i = 0; i < rows.size(); ++i) AppendStaged(rows, i);
  staged_ -= rows.size();
  ReleaseSpareBlocks();
}

void VectorIndex::AppendStaged(const StagedRows& rows, size_t position) {
  const size_t stride = CodeBytes(config_.dimension) / sizeof(CodeHeader);
  const RowMeta& meta = rows.metas_[position];
  if (const auto old = slots_.find(meta.id); old != slots_.end()) RemoveSlot(old->second);
  slots_[meta.id] = static_cast<uint32_t>(rows_.size());
  ++changes_;
  rows_.Append(rows.entries_[position].values.data(),
               reinterpret_cast<const std::byte*>(&rows.codes_[position * stride]), meta);
}

void VectorIndex::Abandon(StagedRows rows) {
  WriterLock lock(mutex_);
  for (const RowMeta& meta : rows.metas_) {
    texts_.Release(meta.file);
    texts_.Release(meta.language);
  }
  staged_ -= rows.size();
  ReleaseSpareBlocks();
}

void VectorIndex::Remove(absl::Span<const uint64_t> ids) {
  WriterLock lock(mutex_);
  for (const uint64_t id : ids) {
    if (const auto found = slots_.find(id); found != slots_.end()) RemoveSlot(found->second);
  }
  ReleaseSpareBlocks();
}

void VectorIndex::RemoveByFile(absl::string_view file) {
  WriterLock lock(mutex_);
  const std::optional<uint32_t> number = texts_.Find(file);
  if (!number.has_value()) return;
  // From the end: a removal moves the last row, which has been looked at, to the slot it frees.
  for (auto slot = static_cast<uint32_t>(rows_.size()); slot-- > 0;) {
    const RowMeta& meta = rows_.meta(slot);
    if (!meta.dead && meta.file == *number) RemoveSlot(slot);
  }
  ReleaseSpareBlocks();
}

void VectorIndex::RemoveSlot(uint32_t slot) {
  const RowMeta& meta = rows_.meta(slot);
  ++changes_;
  slots_.erase(meta.id);
  texts_.Release(meta.file);
  texts_.Release(meta.language);
  if (slot < claimed_) {
    rows_.SetDead(slot);
  } else {
    CloseGap(slot);
  }
}

void VectorIndex::CloseGap(uint32_t slot) {
  rows_.MoveLastTo(slot);
  if (slot < rows_.size()) slots_[rows_.meta(slot).id] = slot;
}

void VectorIndex::ReleaseSpareBlocks() { rows_.Shrink(rows_.size() + staged_); }

RowFilter VectorIndex::Resolve(const SearchFilter& filter) const {
  RowFilter resolved;
  if (filter.path_prefix.empty() && filter.language.empty()) return resolved;
  resolved.all = false;
  resolved.files.resize(texts_.size());
  resolved.languages.resize(texts_.size());
  for (uint32_t number = 0; number < texts_.size(); ++number) {
    const std::string& text = texts_.text(number);
    resolved.files[number] = absl::StartsWith(text, filter.path_prefix);
    resolved.languages[number] = filter.language.empty() || text == filter.language;
  }
  return resolved;
}

std::vector<Neighbor> VectorIndex::Search(absl::Span<const float> values, size_t k,
                                          const SearchFilter& filter) const {
  const EncodedQuery query = EncodeQuery(values, config_.metric);
  std::vector<Neighbor> neighbors;
  ReaderLock lock(mutex_);
  k = std::min(k, rows_.live_count());
  if (k == 0) return neighbors;
  const RowFilter matching = Resolve(filter);
  TopK top(k);
  const auto size = static_cast<uint32_t>(rows_.size());
  if (!GraphIsUsed() || !matching.all || !SearchGraph(*graph_, query, k, top)) {
    ScanRows(rows_, query, matching, 0, size, top);
  }
  const std::vector<RankedRow> found = top.TakeSorted();
  neighbors.reserve(found.size());
  for (const RankedRow& row : found) {
    neighbors.push_back({row.id, row.distance, ChunkOf(rows_.meta(row.slot))});
  }
  return neighbors;
}

ChunkRef VectorIndex::ChunkOf(const RowMeta& meta) const {
  return {texts_.text(meta.file), meta.first_line, meta.last_line, texts_.text(meta.language)};
}

absl::StatusOr<VectorEntry> VectorIndex::Get(uint64_t id) const {
  ReaderLock lock(mutex_);
  const auto found = slots_.find(id);
  if (found == slots_.end()) return absl::NotFoundError(absl::StrCat("no vector with id ", id));
  return VectorEntry{id, CopyOf(found->second), ChunkOf(rows_.meta(found->second))};
}

std::vector<float> VectorIndex::CopyOf(uint32_t slot) const {
  const float* const values = rows_.values(slot);
  return {values, values + config_.dimension};
}

std::vector<float> VectorIndex::ValuesOf(uint32_t claimed_slot) const {
  ReaderLock lock(mutex_);
  return CopyOf(claimed_slot);
}

VectorIndex::Counts VectorIndex::counts() const {
  ReaderLock lock(mutex_);
  return {rows_.live_count(), graph_ == nullptr ? 0 : graph_->size(), rows_.dead_count()};
}

}  // namespace stowage
