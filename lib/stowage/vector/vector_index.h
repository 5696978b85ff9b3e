#ifndef STOWAGE_VECTOR_VECTOR_INDEX_H_
#define STOWAGE_VECTOR_VECTOR_INDEX_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/mutex.h"
#include "stowage/vector/exact_scan.h"
#include "stowage/vector/graph_trial.h"
#include "stowage/vector/hnsw_graph.h"
#include "stowage/vector/row_table.h"
#include "stowage/vector/string_pool.h"
#include "stowage/vector/turnstile_mutex.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

// Vectors from which a graph is built where VectorOptions does not say otherwise; measured, see
// docs/decisions/0003-when-a-graph-pays.md.
inline constexpr size_t kDefaultGraphMinCount = 16'000;

struct VectorIndexOptions {
  std::string path = {};  // of the store's file, as log records are to name it
  size_t graph_min_count = kDefaultGraphMinCount;
  size_t ef = 128;  // candidates a graph search looks at, at least; all are ranked again
  GraphOptions graph;
};

// Entries that have been checked and prepared, and wait for their commit.
class StagedRows {
 public:
  size_t size() const { return entries_.size(); }
  const std::vector<VectorEntry>& entries() const { return entries_; }

 private:
  friend class VectorIndex;
  std::vector<VectorEntry> entries_;
  std::vector<CodeHeader> codes_;  // entries' codes one after the other
  std::vector<RowMeta> metas_;
};

// The vectors of one store in memory: rows, and above a size a graph over them.
//
// Every published row is searched: what the graph does not cover is scanned exactly. A graph is
// built aside, without keeping anybody waiting, and then published; rows added later are linked
// into it a few at a time between searches. Rows that a graph covers are only marked when they are
// removed. Once a quarter of its nodes are dead the graph is dropped, the table closed up and a
// new graph built; searches are exact meanwhile. At no time are there two graphs.
//
// A graph is used only as long as it finds what a scan finds: it is tried on a sample when it is
// built and large enough to be asked (below, searches are exact), when it has grown by a quarter
// and when copies of rows have been put into it. One that fails is dropped, and not built again
// before half as many rows have come or gone.
//
// Thread-safe. RunIndexing() may run on one thread at a time.
class VectorIndex {
 public:
  explicit VectorIndex(const StoreConfig& config, const VectorIndexOptions& options = {});

  const StoreConfig& config() const { return config_; }

  // Bytes that this index will occupy once entries with `rows` vectors and `text_bytes` of text
  // are added to what is there and staged. An upper bound within a few percent.
  size_t PredictBytes(size_t rows, size_t text_bytes) const;
  // The same for what is there and staged now.
  size_t memory_bytes() const { return PredictBytes(0, 0); }
  // The most that the texts of the entries can add to it.
  static size_t TextBytes(absl::Span<const VectorEntry> entries);

  // Prepares entries that CheckEntries() accepted: takes all the memory that publishing needs.
  // Nobody sees them yet. Must be followed by Publish() or Abandon(). kResourceExhausted.
  absl::StatusOr<StagedRows> Stage(std::vector<VectorEntry> entries);
  // Makes the rows visible to searches, all at once; rows with the same ids are replaced.
  void Publish(StagedRows rows);
  void Abandon(StagedRows rows);

  // Removes the ids that are there.
  void Remove(absl::Span<const uint64_t> ids);
  void RemoveByFile(absl::string_view file);

  // The min(k, count) nearest that match. `query` is valid for the config.
  std::vector<Neighbor> Search(absl::Span<const float> query, size_t k,
                               const SearchFilter& filter) const;
  // kNotFound.
  absl::StatusOr<VectorEntry> Get(uint64_t id) const;

  struct Counts {
    size_t rows = 0;
    size_t indexed = 0;  // live and dead nodes of the published graph
    size_t dead = 0;
  };
  Counts counts() const;
  // OK, or what kept a graph from being made.
  absl::Status graph_status() const;
  // What the last graph that was tried found; none before one was, and while there is one that was
  // not.
  std::optional<GraphVerdict> graph_verdict() const;
  // Empty where a graph is used.
  std::string WhyNoGraph() const;
  // Has the graph in use, if there is one, tried again with the next indexing.
  void TryGraphAgain();

  bool NeedsIndexing() const;
  // Does all indexing that is pending, or part of it once `cancelled`. The memory for graph and
  // trial was accounted with the rows; where there is none all the same, the graph is given up.
  void RunIndexing(const std::atomic<bool>& cancelled);

 private:
  enum class Work { kNone, kCompact, kBuild, kExtend, kTry };

  Work PendingWork() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // kResourceExhausted; what a graph has become then is not known.
  absl::Status Do(Work work, const std::atomic<bool>& cancelled);
  void Compact();
  absl::Status Build(const std::atomic<bool>& cancelled);
  absl::Status Extend(const std::atomic<bool>& cancelled);
  void TryPublished(const std::atomic<bool>& cancelled);
  // None when cancelled; without queries where the graph cannot be asked.
  std::optional<GraphVerdict> Try(const HnswGraph& graph, const CodeView& codes,
                                  const std::atomic<bool>& cancelled) const;
  // Asks graph and scan for the neighbours of `query`; the values of the last that the scan found,
  // or empty where the graph was not used.
  std::vector<float> Ask(const HnswGraph& graph, absl::Span<const float> query, bool counts,
                         GraphTrial& trial) const;
  std::vector<float> CopyOf(uint32_t slot) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // Of a slot below claimed_: others may go while nobody holds the lock.
  std::vector<float> ValuesOf(uint32_t claimed_slot) const;
  // Whether searches that are large enough for it use the graph.
  bool GraphIsUsed() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // Candidates that a search for k looks at.
  size_t CandidatesFor(size_t k) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // Whether a trial's searches would use the graph.
  bool CanBeAsked(const HnswGraph& graph) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool TrialIsDue() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  // Keeps the verdict on `graph`; whether the graph may stay. One that could not be asked stays,
  // and is not used.
  bool Accept(const HnswGraph& graph, const GraphVerdict& verdict)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DropGraph(const GraphVerdict& verdict);
  void GiveUpGraph(const absl::Status& status);

  StagedRows Encode(std::vector<VectorEntry> entries) const;
  void AcquireTexts(StagedRows& staged) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool GraphWanted() const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  void AppendStaged(const StagedRows& rows, size_t position) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RemoveSlot(uint32_t slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CloseGap(uint32_t slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ReleaseSpareBlocks() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  RowFilter Resolve(const SearchFilter& filter) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  bool SearchGraph(const HnswGraph& graph, const EncodedQuery& query, size_t k, TopK& top) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  ChunkRef ChunkOf(const RowMeta& meta) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  size_t GraphCapacity(size_t rows) const;

  const StoreConfig config_;
  const VectorIndexOptions options_;

  mutable TurnstileMutex mutex_;
  RowTable rows_ ABSL_GUARDED_BY(mutex_);
  StringPool texts_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint64_t, uint32_t> slots_ ABSL_GUARDED_BY(mutex_);
  size_t staged_ ABSL_GUARDED_BY(mutex_) = 0;

  // Slots below this are in the graph or being put into it: their codes must not move.
  size_t claimed_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unique_ptr<HnswGraph> graph_ ABSL_GUARDED_BY(mutex_);  // null until one is published
  absl::Status graph_status_ ABSL_GUARDED_BY(mutex_);

  struct Tried {
    GraphVerdict verdict;
    size_t nodes = 0;  // of the graph then
    size_t copies = 0;
  };
  // Of the graph that was tried last. None while there is a graph that never was.
  std::optional<Tried> tried_ ABSL_GUARDED_BY(mutex_);
  bool try_again_ ABSL_GUARDED_BY(mutex_) = false;
  size_t changes_ ABSL_GUARDED_BY(mutex_) = 0;  // rows added and removed since a graph was begun
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_VECTOR_INDEX_H_
