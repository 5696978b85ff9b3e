#ifndef STOWAGE_VECTOR_VECTOR_TYPES_H_
#define STOWAGE_VECTOR_VECTOR_TYPES_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace stowage {

// How near two vectors are; smaller is nearer in all three.
//   kSquaredL2:    sum (a_i - b_i)^2
//   kInnerProduct: 1 - sum a_i b_i (as hnswlib; may be negative)
//   kCosine:       1 - cos(a, b), in [0, 2]
enum class Metric { kSquaredL2, kInnerProduct, kCosine };

// "l2", "ip", "cosine"; "unknown" for what is no metric.
absl::string_view MetricName(Metric metric);
absl::StatusOr<Metric> ParseMetric(absl::string_view text);

// What answers searches of a store; results are alike but for what is not found.
//   kAuto:  lists, or a graph where it is as right and so much faster that it pays for its building
//   kLists: lists of near vectors
//   kGraph: a graph of near vectors (hnswlib's) over such lists, once it finds enough
//   kExact: lists, of which all that could matter is read: nothing is missed
enum class IndexKind { kAuto, kLists, kGraph, kExact };

// "auto", "lists", "graph", "exact"; "unknown" for what is none.
absl::string_view IndexKindName(IndexKind kind);
absl::StatusOr<IndexKind> ParseIndexKind(absl::string_view text);

inline constexpr size_t kMaxDimension = 65'535;

struct StoreConfig {
  size_t dimension = 0;  // 1..kMaxDimension; no usable default on purpose
  Metric metric = Metric::kCosine;
  IndexKind index = IndexKind::kAuto;  // kAuto: as VectorOptions::index says
  double target_recall = 0;            // 0: as VectorOptions::target_recall says; below 1
};

// Where the text came from that a vector stands for.
struct ChunkRef {
  std::string file;        // as the caller names it, usually relative to the project's source path
  int64_t first_line = 0;  // 1-based
  int64_t last_line = 0;   // >= first_line
  std::string language = {};
};

// One vector on its way in. `id` is the caller's, unique within the store.
struct VectorEntry {
  uint64_t id = 0;
  std::vector<float> values;  // `dimension` finite floats, |x| <= 1e18
  ChunkRef chunk;
};

struct SearchFilter {
  std::string path_prefix = {};  // chunk.file starts with it (byte-wise); empty: any
  std::string language = {};     // equal to chunk.language; empty: any
};

// What one search wishes besides.
struct SearchOptions {
  // Of the 10 nearest, the share to be found; 0 or more. 0: that of the store, see
  // VectorOptions::target_recall. Below 1: the search reads as little as was measured to find this
  // on the store's own vectors (for .95, .99 and the store's target; the first of them that is not
  // below this), or all lists where nothing was (what that misses: see StoreStats::recall). 1 or
  // more: nothing is missed.
  double target_recall = 0;
  // Of VectorOptions::clock, by its steady clock; none: the search takes as long as it takes.
  std::optional<int64_t> deadline_nanos = {};
  // Ends the search when it becomes true; outlives the call. May be null.
  const std::atomic<bool>* cancelled = nullptr;
};

struct Neighbor {
  uint64_t id = 0;
  float distance = 0;  // see Metric
  ChunkRef chunk;
};

struct StoreStats {
  size_t count = 0;
  size_t dimension = 0;
  Metric metric = Metric::kCosine;
  size_t memory_bytes = 0;               // accounted
  size_t disk_bytes = 0;                 // of its files: vectors, log and index
  bool open = false;                     // whether the store was in memory already; asking opens it
  size_t distinct_count = 0;             // different vectors: equal ones are coded once
  size_t indexed_count = 0;              // of those, not scored beside the engine by each search
  size_t dead_count = 0;                 // removed ones whose place in memory is kept for others
  size_t lists = 0;                      // that the vectors lie in, by nearness
  IndexKind engine = IndexKind::kLists;  // that answers now: kLists, kGraph or kExact
  // Of the 10 nearest, the share that searches without a target of their own found when they were
  // last tried on a sample of the store's own vectors, and the median processor time of one. None
  // before that, and for stores so small that all is read: then searches are right but for bounds
  // that hold for all but one row in ten thousand. None under kExact, where they are right.
  std::optional<double> recall = {};
  std::optional<double> search_micros = {};
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_VECTOR_TYPES_H_
