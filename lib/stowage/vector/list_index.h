#ifndef STOWAGE_VECTOR_LIST_INDEX_H_
#define STOWAGE_VECTOR_LIST_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "stowage/vector/byte_rows.h"
#include "stowage/vector/lifetime.h"
#include "stowage/vector/list_query.h"
#include "stowage/vector/list_search.h"
#include "stowage/vector/row_list.h"
#include "stowage/vector/row_places.h"
#include "stowage/vector/row_values.h"

namespace stowage {

// The lists of a store as they were at one moment. Immutable; shared by searches.
struct ListSnapshot {
  std::shared_ptr<const ListCoding> coding;
  std::shared_ptr<const ListCentres> centres;
  std::vector<std::shared_ptr<const RowList>> lists;
  ByteRows bytes;
  RowPlaceView places;
  std::shared_ptr<const RowValues> values;  // of the rows
  size_t rows = 0;                          // distinct vectors
  float widest_radius = 0;                  // the largest of a list's
  float widest_mean_radius = 0;
  Lifetime lifetime = {};

  ListView view() const {
    return {*coding, *centres, lists, bytes, places, rows, widest_radius, widest_mean_radius};
  }
};

// Which entries of a store lie in which list. An entry is a number that the owner gives out for a
// vector; equal vectors are one row with many entries.
//
// Changes go into copies of the lists that they touch, which are then published together: a search
// never waits for a change, and a change never for a search. What was removed is kept for the
// searches that may still see it.
//
// For one thread at a time; snapshots are for any.
class ListIndex {
 public:
  // One vector on its way in; the vector as the metric sees it is factor * values.
  struct Addition {
    uint32_t entry = 0;
    absl::Span<const float> values;
    float factor = 1;
    std::optional<uint32_t> list = {};  // the nearest, where that is known
  };

  // One list around `mean` (see ListCoding); `seed` is that of the rotation.
  ListIndex(const StoreConfig& config, std::vector<float> mean, uint64_t seed,
            std::shared_ptr<RowValues> values = nullptr);
  // Empty lists around these centres. The vectors of rows go into `values`, if there is one, and
  // their eight-bit codes into `bytes`, or else into memory.
  ListIndex(std::shared_ptr<const ListCoding> coding, ListCentres centres,
            std::shared_ptr<RowValues> values = nullptr,
            std::shared_ptr<RecordFile> bytes = nullptr);

  // What was saved; no codes of rows are in memory. `entries_end` is above all entries.
  struct Restored {
    std::shared_ptr<const ListCoding> coding;
    ListCentres centres;
    std::vector<RowList> lists;
    std::vector<RowPlace> places;  // by row
    std::shared_ptr<RowValues> values;
    std::shared_ptr<RecordFile> bytes;  // null where the coding has none
    bool bytes_on_disk = false;         // and those of rows that come
    uint64_t hash_seed = 0;
    uint32_t entries_end = 0;
  };
  explicit ListIndex(Restored restored);
  ListIndex(const ListIndex&) = delete;
  ListIndex& operator=(const ListIndex&) = delete;

  const std::shared_ptr<const ListSnapshot>& snapshot() const { return published_; }
  uint64_t hash_seed() const { return hash_seed_; }

  // Brings the eight-bit codes of a chunk of rows into memory, from where they were saved: those of
  // rows that are there and others for which `also` says so.
  absl::Status LoadBytes(
      size_t chunk, absl::FunctionRef<bool(uint32_t row)> also = [](uint32_t) { return false; });
  bool BytesInMemory() const { return bytes_.AllInMemory(); }
  bool BytesOnDisk() const { return bytes_.on_disk(); }
  bool AnyBytesInMemory() const { return bytes_.AnyInMemory(); }
  size_t byte_memory_bytes() const { return bytes_.memory_bytes(); }
  // See ByteRows.
  void PutBytesInMemory() { bytes_.PutInMemory(); }
  void PutBytesOnDisk(std::shared_ptr<RecordFile> file) { bytes_.PutOnDisk(std::move(file)); }
  // The chunks in which codes have changed since they were taken last, to be saved; all at first.
  std::vector<bool> TakeUnsavedBytes() { return std::exchange(unsaved_bytes_, {}); }
  void AddUnsavedBytes(const std::vector<bool>& chunks);
  void SetByteFile(std::shared_ptr<RecordFile> file) { bytes_.SetFile(std::move(file)); }

  // The entry is not in the index, or is.
  void Add(const Addition& addition);
  void Remove(uint32_t entry);
  // Shows all changes since the last time, at once.
  void Publish();

  // While `holder` lives, no row that was there may become another one: somebody reads its code by
  // its number, even when it was removed. Rows that are added have numbers above all before. There
  // is one holder at a time.
  void HoldRows(Lifetime::Watch holder);

  // Entries that were removed and that no search can see any more: their numbers may be given out
  // again.
  std::vector<uint32_t> TakeFreeEntries();
  // To take the place of `other`, which had the same changes: what it removed waits for its
  // searches here.
  void TakeOver(ListIndex& other);

  // Of an entry that is in the index.
  uint32_t RowOf(uint32_t entry) const { return entry_rows_[entry]; }
  size_t rows() const { return rows_; }
  size_t entries() const { return entry_rows_.size() - unused_entries_; }
  size_t memory_bytes() const;
  // What copies of the lists occupy that so many rows may go into, until they are published.
  size_t CopiedBytesFor(size_t rows) const;
  // Above the numbers of all rows.
  size_t rows_end() const { return places_.size(); }
  // About what memory_bytes() is of so many entries, all different, at most, with row numbers below
  // `rows_end`, but for their eight-bit codes.
  static size_t BytesFor(const StoreConfig& config, size_t entries, size_t rows_end);

 private:
  static constexpr uint32_t kNone = ~uint32_t{0};

  // What nobody can see any more once `last` is gone, which was the last that could.
  struct Retired {
    Lifetime::Watch last;  // a snapshot
    std::vector<uint32_t> rows;
    std::vector<uint32_t> entries;
  };

  // Rows by the hashes of their vectors, which stand among their places.
  struct VectorHash {
    uint64_t value;
  };
  struct HashOfRow {
    using is_transparent = void;
    const RowPlaces* places;
    size_t operator()(VectorHash hash) const { return hash.value; }
    size_t operator()(uint32_t row) const { return places->place(row).hash(); }
  };
  struct SameHash {
    using is_transparent = void;
    const RowPlaces* places;
    bool operator()(uint32_t a, uint32_t b) const {
      return places->place(a).hash() == places->place(b).hash();
    }
    bool operator()(uint32_t row, VectorHash hash) const {
      return places->place(row).hash() == hash.value;
    }
  };

  ListIndex(std::shared_ptr<const ListCoding> coding, std::shared_ptr<RowValues> values);

  void AddRow(const Addition& addition, uint64_t hash);
  void MarkUnsaved(uint32_t row);
  // The list as it will be published.
  RowList& Touch(uint32_t list);
  uint32_t NearestTo(absl::Span<const float> projected) const;
  uint32_t NewRow();
  void Reclaim();
  uint64_t HashOf(const Addition& addition) const;
  void EnsureHashed();

  const std::shared_ptr<const ListCoding> coding_;
  const std::shared_ptr<const ListCentres> centres_;
  const std::shared_ptr<RowValues> values_;
  const uint64_t hash_seed_;

  std::vector<std::shared_ptr<const RowList>> lists_;
  absl::flat_hash_map<uint32_t, std::shared_ptr<RowList>> touched_;  // until published
  ByteRows bytes_;
  std::vector<bool> unsaved_bytes_;  // by chunk
  RowPlaces places_;
  std::vector<uint32_t> entry_rows_;  // by entry; kNone where there is none
  absl::flat_hash_set<uint32_t, HashOfRow, SameHash> by_hash_{0, HashOfRow{&places_},
                                                              SameHash{&places_}};
  bool hashed_ = true;  // whether by_hash_ has the rows
  std::vector<uint32_t> free_rows_;
  std::vector<uint32_t> held_rows_;  // free but for the holder
  Lifetime::Watch holder_;
  std::vector<uint32_t> free_entries_;
  Retired retiring_;
  std::deque<Retired> retired_;
  size_t rows_ = 0;
  size_t unused_entries_ = 0;

  std::shared_ptr<const ListSnapshot> published_;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_LIST_INDEX_H_
