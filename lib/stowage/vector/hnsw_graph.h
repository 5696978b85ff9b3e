#ifndef STOWAGE_VECTOR_HNSW_GRAPH_H_
#define STOWAGE_VECTOR_HNSW_GRAPH_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stowage/vector/byte_rows.h"
#include "stowage/vector/lifetime.h"
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
// of distinct rows, coded around the mean, which keep their codes while the graph lives. It holds
// links and the rows' numbers only: about 140 bytes a row.
//
// Thread-compatible: const calls may run together; all others need exclusion. Nothing here relies
// on hnswlib's own locks, under which searching beside inserting is a data race.
class HnswGraph {
 public:
  // A graph of no nodes with room for `capacity`. `coding` codes bytes around the mean.
  // kInvalidArgument: an option out of range; kResourceExhausted: no memory.
  static absl::StatusOr<std::unique_ptr<HnswGraph>> Create(std::shared_ptr<const ListCoding> coding,
                                                           size_t capacity,
                                                           const GraphOptions& options = {});
  ~HnswGraph();
  HnswGraph(const HnswGraph&) = delete;
  HnswGraph& operator=(const HnswGraph&) = delete;

  const Lifetime& lifetime() const { return lifetime_; }
  size_t size() const;
  size_t capacity() const;
  // One past the largest row.
  uint32_t rows_end() const;
  // Whether the row is linked.
  bool Has(uint32_t row) const;

  // Links a row that is in `bytes`, as all are that were linked before. kResourceExhausted: full or
  // no memory; kInternal: hnswlib refused. After an error the graph must be dropped.
  absl::Status Link(const ByteRows& bytes, uint32_t row);

  // What a graph is made of, to be saved. `level` of a node: its highest; 0 is the ground.
  struct Nodes {
    size_t m = 0;        // see GraphOptions
    uint32_t entry = 0;  // where searches begin: a node of the highest level
    std::vector<uint32_t> rows;
    std::vector<float> on_mean;  // products of rows and mean; none but by inner product
    std::vector<uint8_t> levels;
  };
  size_t m() const;
  uint32_t entry() const;
  absl::Span<const uint32_t> rows() const;
  absl::Span<const float> on_mean() const;
  size_t level(uint32_t node) const;
  absl::Span<const uint32_t> links(uint32_t node, size_t level) const;
  // A graph of such nodes, of which there is one at least, with no room for more and no links;
  // `nodes` agree with each other. Errors as Create().
  static absl::StatusOr<std::unique_ptr<HnswGraph>> Restore(
      std::shared_ptr<const ListCoding> coding, Nodes nodes);
  // At most MostLinks(level), to nodes that reach so high.
  void SetLinks(uint32_t node, size_t level, absl::Span<const uint32_t> links);
  size_t MostLinks(size_t level) const;

  struct Found {
    uint32_t row = 0;
    float score = 0;  // by its code, see residual_code.h
  };
  // The rows found nearest to the query by their codes, nearest first, at most max(ef, 1) of them.
  // `without`, if any, is passed by as if it had never been linked. Ends early, with what was found
  // by then, once `stopped` says so, which is asked for each node that is followed. How many rows
  // were scored.
  size_t Search(const ByteRows& bytes, const ListQuery& query, size_t ef,
                std::optional<uint32_t> without, absl::FunctionRef<bool()> stopped,
                std::vector<Found>& found) const;

  // What the graph occupies, and what one of this capacity will. Measured against the allocator in
  // a test.
  size_t memory_bytes() const { return PredictBytes(capacity()); }
  static size_t PredictBytes(size_t capacity, const GraphOptions& options = {});

 private:
  struct Impl;
  explicit HnswGraph(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
  const Lifetime lifetime_;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_HNSW_GRAPH_H_
