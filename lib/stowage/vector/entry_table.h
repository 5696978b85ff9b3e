#ifndef STOWAGE_VECTOR_ENTRY_TABLE_H_
#define STOWAGE_VECTOR_ENTRY_TABLE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// What a store holds of one vector beside its codes. The texts are those of a TextPool.
struct Entry {
  uint64_t id = 0;
  int64_t first_line = 0;
  int64_t last_line = 0;
  const std::string* file = nullptr;
  const std::string* language = nullptr;
  float factor = 1;  // the vector as the metric sees it is factor * values; 1 but under kCosine
};

// The entries of a store by number: as there were when the view was taken. An entry that nobody
// changes may be read while others are written. Thread-compatible.
class EntryView {
 public:
  const Entry& entry(uint32_t number) const { return Of(number)[InChunk(number)]; }

 protected:
  static constexpr uint32_t kShift = 8;
  using Chunk = std::array<Entry, size_t{1} << kShift>;
  using Chunks = std::vector<std::shared_ptr<Chunk>>;

  EntryView() : chunks_(std::make_shared<const Chunks>()) {}

  static size_t InChunk(uint32_t number) { return number & ((1U << kShift) - 1); }
  Chunk& Of(uint32_t number) const { return *(*chunks_)[number >> kShift]; }

  std::shared_ptr<const Chunks> chunks_;  // another one when there are more
};

// The same, to be changed. No entry moves.
class EntryTable : public EntryView {
 public:
  // All numbers in use are below it.
  uint32_t size() const { return size_; }

  // Makes room for `count` entries more. kResourceExhausted; then nothing has changed.
  absl::Status Reserve(size_t count);
  // The least number that nobody uses; there must be room for it.
  uint32_t Take();
  // In a new table: takes these numbers, in ascending order. kResourceExhausted.
  absl::Status TakeAll(absl::Span<const uint32_t> numbers);
  // The numbers may be taken again. Gives back the memory past the last that is in use.
  void GiveBack(absl::Span<const uint32_t> numbers);

  Entry& MutableEntry(uint32_t number) { return Of(number)[InChunk(number)]; }

  // What so many entries occupy.
  static size_t BytesFor(size_t entries);

 private:
  uint32_t size_ = 0;
  size_t used_ = 0;
  std::vector<uint32_t> used_in_chunk_;
  std::vector<uint32_t> free_;  // a heap, the least first; those that are not below size_ are void
};

// Numbers of entries, by the ids that these have in a table, which outlives the set.
struct EntryId {
  uint64_t value;
};
struct HashOfEntry {
  using is_transparent = void;
  const EntryTable* table;
  size_t operator()(EntryId id) const { return absl::HashOf(id.value); }
  size_t operator()(uint32_t number) const { return absl::HashOf(table->entry(number).id); }
};
struct SameEntryId {
  using is_transparent = void;
  const EntryTable* table;
  bool operator()(uint32_t a, uint32_t b) const { return table->entry(a).id == table->entry(b).id; }
  bool operator()(uint32_t number, EntryId id) const { return table->entry(number).id == id.value; }
};
using EntryNumbers = absl::flat_hash_set<uint32_t, HashOfEntry, SameEntryId>;

// What a query finds of an entry, from all of its floats: finite, as Metric has it. `query` is as
// the metric sees it and `query_length` long; no vector of the store is longer than `max_length`.
float ExactDistance(Metric metric, absl::Span<const float> query, double query_length,
                    absl::Span<const float> values, float factor, double max_length);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_ENTRY_TABLE_H_
