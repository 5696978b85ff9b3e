#ifndef STOWAGE_VECTOR_SAVED_INDEX_H_
#define STOWAGE_VECTOR_SAVED_INDEX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/directory.h"
#include "stowage/vector/entry_table.h"
#include "stowage/vector/hnsw_graph.h"
#include "stowage/vector/list_index.h"
#include "stowage/vector/row_list.h"
#include "stowage/vector/self_check.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// What an index knows besides its lists and entries, and what ties its file to others.
struct SavedFacts {
  uint64_t token = 0;   // of this saving: the store's file names it
  uint64_t change = 0;  // of the store's file, the last that the index knows
  uint64_t hash_seed = 0;
  uint64_t coding_seed = 0;
  double max_length = 0;
  uint64_t built_rows = 0;
  uint64_t changed_since_build = 0;
  uint64_t changed_since_check = 0;
  uint64_t graph_tries = 0;                    // to build a graph over these lists; see VectorIndex
  std::vector<CheckedEffort> checked;          // ascending by target; empty: nothing was measured
  std::optional<CheckedEffort> checked_graph;  // of the graph; none without one
  std::string values_name;                     // of the file with the rows' vectors
  std::string bytes_name;  // of the file with their eight-bit codes; empty: there are none
};

// An entry as it is saved; texts by their numbers.
struct SavedEntry {
  uint64_t id = 0;
  int64_t first_line = 0;
  int64_t last_line = 0;
  uint32_t file = 0;
  uint32_t language = 0;
  uint32_t number = 0;
  float factor = 1;
};

struct SavedIndex {
  SavedFacts facts;
  std::shared_ptr<const ListCoding> coding;
  std::optional<ListCentres> centres;
  std::vector<RowList> lists;
  std::vector<RowPlace> places;  // by row
  std::vector<SavedEntry> entries;
  std::vector<std::string> texts;
  std::unique_ptr<HnswGraph> graph;  // null: there was none, or it was left out
  std::shared_ptr<void> graph_loan;  // see VectorIndexOptions::borrow
};

// Writes what a search needs at once, in the place of `name`, durably: see docs/formats.md, "Saved
// index". The files that it names are synced before. `graph` may be null.
absl::Status WriteIndex(const loadline::Directory& folder, absl::string_view name,
                        const SavedFacts& facts, const ListSnapshot& lists,
                        const EntryView& entries, const HnswGraph* graph);
// What it will be read into. Errors as below.
struct SavedSize {
  size_t entries = 0;
  size_t rows_end = 0;  // above all rows
  ListCoding::Bytes bytes = ListCoding::Bytes::kAroundCentre;
  size_t text_bytes = 0;  // that a TextPool occupies for their texts
  size_t graph_rows = 0;  // 0: no graph
};
absl::StatusOr<SavedSize> ReadIndexSize(const loadline::Directory& folder, absl::string_view name);
// kNotFound; kDataLoss: it is damaged, or of another store. Without `graph_too` a graph is left
// out.
absl::StatusOr<SavedIndex> ReadIndex(const loadline::Directory& folder, absl::string_view name,
                                     const StoreConfig& config, bool graph_too);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_SAVED_INDEX_H_
