#ifndef STOWAGE_VECTOR_SAVED_GRAPH_H_
#define STOWAGE_VECTOR_SAVED_GRAPH_H_

#include <cstddef>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stowage/storage/chunk_file.h"
#include "stowage/vector/hnsw_graph.h"
#include "stowage/vector/list_query.h"

namespace stowage {

// A graph as chunks of a file: see docs/formats.md, "Saved index".
absl::Status WriteGraph(const HnswGraph& graph, ChunkWriter& writer);
// `coding` is that of the graph, `rows_end` above all rows that there are. kDataLoss: it cannot be;
// kResourceExhausted.
absl::StatusOr<std::unique_ptr<HnswGraph>> ReadGraph(ChunkReader& reader,
                                                     std::shared_ptr<const ListCoding> coding,
                                                     size_t rows_end);

}  // namespace stowage

#endif  // STOWAGE_VECTOR_SAVED_GRAPH_H_
