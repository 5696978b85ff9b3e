#ifndef STOWAGE_VECTOR_HNSW_GRAPH_H_
#define STOWAGE_VECTOR_HNSW_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stowage/vector/int8_code.h"
#include "stowage/vector/row_table.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

struct GraphOptions {
  size_t m = 16;                 // links per node (32 on the ground level); 2..100
  size_t ef_construction = 200;  // candidates looked at when a node is linked
  uint32_t seed = 100;           // of the level draw: the same slots in the same order give the
                                 // same graph
};

// A slot that a graph search found, with the distance between its code and the query's.
struct GraphCandidate {
  float distance = 0;
  uint32_t slot = 0;
};

// An HNSW graph (Malkov and Yashunin, arXiv:1603.09320; built by hnswlib) over the int8 codes of a
// RowTable. Node i is slot i: slots are inserted in order, and stay where they are while the graph
// lives. The graph holds links only, no vectors: about 250 bytes a node.
//
// Thread-compatible: const calls may run together; all others need exclusion. Nothing here relies
// on hnswlib's own locks, under which searching beside inserting is a data race.
class HnswGraph {
 public:
  // A graph of no nodes with room for `capacity`. kInvalidArgument: an option out of range;
  // kResourceExhausted: no memory.
  static absl::StatusOr<std::unique_ptr<HnswGraph>> Create(const StoreConfig& config,
                                                           size_t capacity,
                                                           const GraphOptions& options = {});
  ~HnswGraph();
  HnswGraph(const HnswGraph&) = delete;
  HnswGraph& operator=(const HnswGraph&) = delete;

  size_t size() const;
  size_t capacity() const;
  // Nodes that were linked to one of the same code as they were put in: copies of it.
  size_t copies() const;

  // Where the codes lie; call again when the table has grown.
  void SetCodes(CodeView codes);
  // Makes room for `capacity` nodes. kResourceExhausted; the graph must then be dropped.
  absl::Status Reserve(size_t capacity);
  // Links slot size(), whose code is in the view. kResourceExhausted: full or no memory;
  // kInternal: hnswlib refused. After an error the graph must be dropped.
  absl::Status InsertNext();

  // The nodes found nearest to the query by their codes, nearest first, at most max(ef, 1) of
  // them; removed rows are among them.
  void Search(const EncodedQuery& query, size_t ef, std::vector<GraphCandidate>& found) const;

  // What the graph occupies, and what one of this capacity will. Measured against the allocator in
  // a test.
  size_t memory_bytes() const { return PredictBytes(capacity()); }
  static size_t PredictBytes(size_t capacity, const GraphOptions& options = {});

 private:
  struct Impl;
  explicit HnswGraph(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_HNSW_GRAPH_H_
