#include "stowage/vector/list_index.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iterator>
#include <utility>

#include "absl/hash/hash.h"
#include "stowage/vector/distance.h"
#include "stowage/vector/list_clustering.h"

namespace stowage {
namespace {

ListCentres OneCentre(const ListCoding& coding) {
  ListCentres centres(coding);
  centres.Add(std::vector<float>(coding.dim()));
  return centres;
}

uint64_t Mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9FB21C651E98DF25;
  return hash ^ (hash >> 32);
}

}  // namespace

ListIndex::ListIndex(const StoreConfig& config, std::vector<float> mean, uint64_t seed,
                     std::shared_ptr<RowValues> values)
    : ListIndex(std::make_shared<const ListCoding>(config, std::move(mean), seed),
                std::move(values)) {}

ListIndex::ListIndex(std::shared_ptr<const ListCoding> coding, std::shared_ptr<RowValues> values)
    : ListIndex(coding, OneCentre(*coding), std::move(values)) {}

ListIndex::ListIndex(std::shared_ptr<const ListCoding> coding, ListCentres centres,
                     std::shared_ptr<RowValues> values, std::shared_ptr<RecordFile> bytes)
    : coding_(std::move(coding)),
      centres_(std::make_shared<const ListCentres>(std::move(centres))),
      values_(std::move(values)),
      hash_seed_(absl::HashOf(this)),
      lists_(centres_->size(), std::make_shared<const RowList>(*coding_)),
      bytes_(coding_->dim(), 0, bytes, /*on_disk=*/bytes != nullptr) {
  Publish();
}

ListIndex::ListIndex(Restored restored)
    : coding_(std::move(restored.coding)),
      centres_(std::make_shared<const ListCentres>(std::move(restored.centres))),
      values_(std::move(restored.values)),
      hash_seed_(restored.hash_seed),
      bytes_(coding_->dim(), restored.bytes == nullptr ? 0 : restored.places.size(), restored.bytes,
             restored.bytes_on_disk),
      entry_rows_(restored.entries_end, kNone),
      unused_entries_(restored.entries_end) {
  for (RowList& list : restored.lists) {
    lists_.push_back(std::make_shared<const RowList>(std::move(list)));
    for (size_t position = 0; position < lists_.back()->size(); ++position) {
      lists_.back()->ForEachEntry(position, [&](uint32_t entry) {
        entry_rows_[entry] = lists_.back()->row(position);
        --unused_entries_;
      });
    }
    rows_ += lists_.back()->size();
  }
  for (const RowPlace& place : restored.places) {
    const uint32_t row = places_.Append();
    places_.MutablePlace(row) = place;
    if (place.list == RowPlace::kNoList) free_rows_.push_back(row);
  }
  hashed_ = false;
  Publish();
}

absl::Status ListIndex::LoadBytes(size_t chunk, absl::FunctionRef<bool(uint32_t row)> also) {
  if (bytes_.InMemory(chunk)) return absl::OkStatus();
  std::vector<uint32_t> rows;
  const size_t end = std::min<size_t>((chunk + 1) * bytes_.chunk_rows(), places_.size());
  for (auto row = static_cast<uint32_t>(chunk * bytes_.chunk_rows()); row < end; ++row) {
    if (places_.place(row).list != RowPlace::kNoList || also(row)) rows.push_back(row);
  }
  return bytes_.Load(chunk, rows);
}

void ListIndex::MarkUnsaved(uint32_t row) {
  const size_t chunk = bytes_.ChunkOf(row);
  if (unsaved_bytes_.size() <= chunk) unsaved_bytes_.resize(chunk + 1);
  unsaved_bytes_[chunk] = true;
}

void ListIndex::AddUnsavedBytes(const std::vector<bool>& chunks) {
  unsaved_bytes_.resize(std::max(unsaved_bytes_.size(), chunks.size()));
  for (size_t chunk = 0; chunk < chunks.size(); ++chunk) {
    if (chunks[chunk]) unsaved_bytes_[chunk] = true;
  }
}

// Equal vectors are told by their hash alone, whose seed nobody outside knows.
uint64_t ListIndex::HashOf(const Addition& addition) const {
  const absl::Span<const float> values = addition.values;
  uint64_t hash = Mix(hash_seed_, values.size());
  for (size_t i = 0; i < values.size(); i += 2) {
    uint64_t bits = 0;
    std::memcpy(&bits, &values[i], std::min<size_t>(values.size() - i, 2) * sizeof(float));
    hash = Mix(hash, bits);
  }
  return hash;
}

// A store that is opened to be searched does without.
void ListIndex::EnsureHashed() {
  if (std::exchange(hashed_, true)) return;
  by_hash_.reserve(rows_);
  for (uint32_t row = 0; row < places_.size(); ++row) {
    if (places_.place(row).list != RowPlace::kNoList) by_hash_.insert(row);
  }
}

RowList& ListIndex::Touch(uint32_t list) {
  std::shared_ptr<RowList>& touched = touched_[list];
  if (touched == nullptr) touched = std::make_shared<RowList>(*lists_[list]);
  return *touched;
}

void ListIndex::Add(const Addition& addition) {
  EnsureHashed();
  if (entry_rows_.size() <= addition.entry) {
    unused_entries_ += addition.entry + 1 - entry_rows_.size();
    entry_rows_.resize(addition.entry + 1, kNone);
  }
  --unused_entries_;
  const uint64_t hash = HashOf(addition);
  const auto equal = by_hash_.find(VectorHash{hash});
  if (equal == by_hash_.end()) {
    AddRow(addition, hash);
    return;
  }
  entry_rows_[addition.entry] = *equal;
  Touch(places_.place(*equal).list).AddCopy(*equal, addition.entry);
}

void ListIndex::AddRow(const Addition& addition, uint64_t hash) {
  thread_local std::vector<float> residual;
  residual.resize(coding_->dim());
  coding_->Project(addition.values, addition.factor, residual.data());
  const uint32_t list = addition.list ? *addition.list : NearestTo(residual);
  const absl::Span<const float> centre = centres_->centre(list);
  const absl::Span<const float> reference = centres_->reference(list);
  const uint32_t row = NewRow();
  if (values_ != nullptr) values_->Write(row, addition.values);
  MarkUnsaved(row);
  const bool around_mean = coding_->bytes() == ListCoding::Bytes::kAroundMean;
  if (around_mean) bytes_.Set(row, *coding_, residual, coding_->mean_reference());
  for (size_t j = 0; j < residual.size(); ++j) residual[j] -= centre[j];
  if (!around_mean && coding_->HasByteRows()) bytes_.Set(row, *coding_, residual, reference);
  RowList& rows = Touch(list);
  RowPlace& place = places_.MutablePlace(row);
  place.set_hash(hash);
  place.list = list;
  place.position = static_cast<uint32_t>(rows.size());
  place.length = static_cast<float>(LengthInDouble(residual));
  rows.Append(*coding_, residual, reference, row, addition.entry);
  by_hash_.insert(row);
  entry_rows_[addition.entry] = row;
  ++rows_;
}

uint32_t ListIndex::NearestTo(absl::Span<const float> projected) const {
  thread_local SplitBytes split;
  Split(projected, split);
  return centres_->Nearest(split);
}

uint32_t ListIndex::NewRow() {
  if (free_rows_.empty()) {
    const uint32_t row = places_.Append();
    if (coding_->HasByteRows()) bytes_.Reserve(places_.size());
    return row;
  }
  const uint32_t row = free_rows_.back();
  free_rows_.pop_back();
  return row;
}

void ListIndex::Remove(uint32_t entry) {
  EnsureHashed();
  const uint32_t row = std::exchange(entry_rows_[entry], kNone);
  ++unused_entries_;
  retiring_.entries.push_back(entry);
  const RowPlace place = places_.place(row);
  RowList& rows = Touch(place.list);
  if (!rows.Remove(place.position, entry, place.length)) return;
  if (place.position < rows.size()) {
    places_.MutablePlace(rows.row(place.position)).position = place.position;
  }
  by_hash_.erase(VectorHash{place.hash()});
  places_.MutablePlace(row).list = RowPlace::kNoList;
  retiring_.rows.push_back(row);
  --rows_;
}

void ListIndex::Publish() {
  Reclaim();
  for (auto& [list, rows] : touched_) lists_[list] = std::move(rows);
  touched_.clear();
  if (published_ != nullptr) retiring_.last = published_->lifetime.watch();
  // Made in its place: what is watched does not move.
  std::shared_ptr<ListSnapshot> next(
      new ListSnapshot{coding_, centres_, lists_, bytes_, places_.TakeView(), values_, rows_});
  for (const auto& list : lists_) {
    next->widest_radius = std::max(next->widest_radius, list->radius());
    next->widest_mean_radius = std::max(next->widest_mean_radius, list->mean_radius());
  }
  published_ = std::move(next);
  retired_.push_back(std::exchange(retiring_, {}));
}

// Nobody has searched this one yet: what it removed itself, `other` has removed as well. And what
// is removed from now on may still be seen by searches of `other`.
void ListIndex::TakeOver(ListIndex& other) {
  other.retiring_.last = other.published_->lifetime.watch();
  other.retired_.push_back(std::exchange(other.retiring_, {}));
  retiring_.entries.clear();
  for (Retired& retired : retired_) retired.entries.clear();
  for (Retired& retired : other.retired_) retired.rows.clear();
  retired_.insert(retired_.begin(), std::make_move_iterator(other.retired_.begin()),
                  std::make_move_iterator(other.retired_.end()));
  other.retired_.clear();
}

void ListIndex::HoldRows(Lifetime::Watch holder) {
  holder_ = std::move(holder);
  held_rows_.insert(held_rows_.end(), free_rows_.begin(), free_rows_.end());
  free_rows_.clear();
}

// Snapshots may be let go in any order: what was retired after one that is held waits for it.
void ListIndex::Reclaim() {
  while (!retired_.empty() && retired_.front().last.over()) {
    const Retired& front = retired_.front();
    held_rows_.insert(held_rows_.end(), front.rows.begin(), front.rows.end());
    free_entries_.insert(free_entries_.end(), front.entries.begin(), front.entries.end());
    retired_.pop_front();
  }
  if (!holder_.over()) return;
  free_rows_.insert(free_rows_.end(), held_rows_.begin(), held_rows_.end());
  held_rows_.clear();
}

std::vector<uint32_t> ListIndex::TakeFreeEntries() {
  Reclaim();
  return std::exchange(free_entries_, {});
}

size_t ListIndex::memory_bytes() const {
  size_t bytes = sizeof(*this) + coding_->memory_bytes() + centres_->memory_bytes() +
                 bytes_.memory_bytes() + places_.memory_bytes() +
                 (values_ == nullptr ? 0 : values_->memory_bytes()) +
                 (entry_rows_.capacity() + free_rows_.capacity() + held_rows_.capacity() +
                  free_entries_.capacity()) *
                     sizeof(uint32_t) +
                 by_hash_.capacity() * (sizeof(uint32_t) + 1);
  for (const auto& list : lists_) bytes += list->memory_bytes();
  return bytes;
}

size_t ListIndex::CopiedBytesFor(size_t rows) const {
  size_t bytes = 0;
  for (const auto& list : lists_) bytes += list->copy_bytes();
  return rows >= lists_.size() ? bytes : bytes / lists_.size() * rows;
}

size_t ListIndex::BytesFor(const StoreConfig& config, size_t entries, size_t rows_end) {
  const size_t dim = Rotation::PaddedFor(config.dimension);
  const size_t lists = ListsFor(entries);
  // Lanes, numbers, hashes and what is kept in reserve for them; about, as a test holds all of this
  // against the allocator.
  constexpr size_t kPerEntry = 50;
  return sizeof(ListIndex) + RowValues::BytesFor(config.dimension) +
         RowList::BytesFor(HotCodeFor(dim), dim, lists, entries) + entries * kPerEntry +
         rows_end * sizeof(RowPlace) + lists * (dim * 2 * sizeof(float) + PaddedBytes(dim));
}

}  // namespace stowage
