#ifndef STOWAGE_VECTOR_HNSW_GRAPH_H_
#define STOWAGE_VECTOR_HNSW_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stowage/vector/list_query.h"
#include "stowage/vector/row_list.h"

namespace stowage {

struct GraphOptions {
  size_t m = 16;                 // links per node (32 on the ground level); 2..100
  size_t ef_construction = 200;  // candidates looked at when a node is linked
  uint32_t seed = 100;           // of the level draw: the same rows in the same order give the
                                 // same graph
};

// An HNSW graph (Malkov and Yashunin, arXiv:1603.09320; built by hnswlib) over the eight-bit codes
// of distinct rows, coded around the mean. Node i is row i: rows are linked in order, and keep
// their codes while the graph lives. It holds links only: about 140 bytes a node.
//
// Thread-compatible: const calls may run together; all others need exclusion. Nothing here relies
// on hnswlib's own locks, under which searching beside inserting is a data race.
class HnswGraph {
 public:
  // A graph of no nodes with room for `capacity`. `coding` codes bytes around the mean.
  // kInvalidArgument: an option out of range; kResourceExhausted: no memory.
  static absl::StatusOr<std::unique_ptr<HnswGraph>> Create(
      std::shared_ptr<const ListCoding> coding, size_t capacity, const GraphOptions& options = {});
  ~HnswGraph();
  HnswGraph(const HnswGraph&) = delete;
  HnswGraph& operator=(const HnswGraph&) = delete;

  size_t size() const;
  size_t capacity() const;

  // Makes room for `capacity` nodes. kResourceExhausted; the graph must then be dropped.
  absl::Status Reserve(size_t capacity);
  // Links row size(), which is in `bytes` with all before it. kResourceExhausted: full or no
  // memory; kInternal: hnswlib refused. After an error the graph must be dropped.
  absl::Status LinkNext(const ByteRows& bytes);

  // The rows found nearest to the query by their codes, nearest first, at most max(ef, 1) of them.
  void Search(const ByteRows& bytes, const ListQuery& query, size_t ef,
              std::vector<uint32_t>& found) const;

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
