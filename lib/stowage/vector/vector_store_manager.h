#ifndef STOWAGE_VECTOR_VECTOR_STORE_MANAGER_H_
#define STOWAGE_VECTOR_VECTOR_STORE_MANAGER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/clock.h"
#include "loadline/base/directory.h"
#include "loadline/monitor/performance_monitor.h"
#include "stowage/registry/project_id.h"
#include "stowage/registry/project_registry.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

struct VectorOptions {
  size_t max_open = 16;                      // stores in memory at once; at least 1
  size_t memory_budget_bytes = 256'000'000;  // of all open stores, accounted before it is allocated
  double target_recall = 0.96;  // of the 10 nearest, that searches find; see StoreStats
  IndexKind index = IndexKind::kAuto;
  size_t graph_min_count = 20'000;    // different vectors for kAuto to try a graph
  size_t max_batch_bytes = 64 << 20;  // of one Add
  const loadline::Clock* clock = &loadline::Clock::Real();
  loadline::PerformanceMonitor* monitor = nullptr;  // operations "vector.*"; may be null
};

struct VectorManagerStats {
  size_t open = 0;
  size_t pinned = 0;
  size_t memory_bytes = 0;  // accounted, <= memory_budget_bytes
  uint64_t hits = 0;        // operations that found their store open
  uint64_t loads = 0;
  uint64_t evictions = 0;
  uint64_t commits = 0;
  std::vector<ProjectId> degraded;
};

// One isolated vector store per project (projects/<hex>/vectors.db), opened when first used, at
// most max_open at once and all under one memory budget; the one used longest ago goes first, and
// one in use is never evicted. The rows on disk are the truth; what is in memory can always be
// rebuilt from them. Lists are made anew beside the old ones, which is accounted too while it
// lasts: a store that occupies more than about half of the budget keeps the lists that it has.
//
// Searches run together with adds and removes. Results are nearest first, ties by id. A search
// reads codes of the vectors, in lists of near ones, and the vectors themselves where codes leave
// it open which is nearer; how many lists it reads is measured on the store's own vectors in the
// background, so that it finds VectorOptions::target_recall of the nearest (see StoreStats),
// whatever the data is, or what a search wishes by its SearchOptions. Until that is known it reads
// all of them. Where VectorOptions::index lets it, a graph answers searches without a filter in
// place of the lists (see IndexKind), but for those that wish more than the store's target.
//
// Everything is thread-safe. Every call that names a project returns kNotFound when the registry
// does not know it, it is being removed, or (all but Create) it has no store; kDataLoss when its
// file is damaged; kUnavailable after a failed write until reopened; kResourceExhausted when the
// disk is full or the store would not fit into the budget even alone.
class VectorStoreManager {
 public:
  // kInvalidArgument: max_open 0; no such index; a target recall that is NaN or negative.
  // kResourceExhausted: the system gives no thread for building indexes.
  static absl::StatusOr<std::unique_ptr<VectorStoreManager>> Open(
      const loadline::Directory& directory, const ProjectRegistry& registry,
      VectorOptions options = {});
  // In a child forked from the process that opened it, lets go of everything and closes nothing.
  ~VectorStoreManager();
  VectorStoreManager(const VectorStoreManager&) = delete;
  VectorStoreManager& operator=(const VectorStoreManager&) = delete;

  // kAlreadyExists: it has a store. kInvalidArgument: dimension 0 or above kMaxDimension; no such
  // metric or index; a target recall outside 0..1.
  absl::Status Create(const ProjectId& id, const StoreConfig& config);

  // Adds the entries, all or none, durable when it returns. kInvalidArgument, naming the entry's
  // position: wrong dimension, NaN, infinity, |x| > 1e18, zero vector under cosine, lines out of
  // order, one id twice in the batch, batch above max_batch_bytes. kAlreadyExists: an id is there.
  absl::Status Add(const ProjectId& id, std::vector<VectorEntry> entries);
  // As Add, replacing entries whose id is there.
  absl::Status Upsert(const ProjectId& id, std::vector<VectorEntry> entries);

  // The min(k, count) nearest that match the filter. kInvalidArgument: wrong dimension, NaN or
  // infinity, zero vector under cosine; a target that is NaN or negative. `query` has `dimension`
  // floats.
  //
  // kCancelled, kDeadlineExceeded: as the options say; what was found by then is not returned. A
  // search ends about 0.1 ms of work after it was to, and 0.2 ms where it looks for a thousand
  // neighbours; but opening a store is not interrupted, and one block of very long vectors takes
  // longer.
  absl::StatusOr<std::vector<Neighbor>> Search(const ProjectId& id, absl::Span<const float> query,
                                               size_t k, const SearchFilter& filter = {},
                                               const SearchOptions& options = {});
  // What Search() finds for each of the queries in the store as it was at one moment, or the first
  // error; the deadline is that of all together. `queries` are vectors of `dimension` floats, one
  // behind the other. They are searched for one after the other: it takes as long as that many
  // searches but for finding the store. kInvalidArgument: no whole number of vectors; as Search(),
  // naming the query's position.
  absl::StatusOr<std::vector<std::vector<Neighbor>>> SearchBatch(const ProjectId& id,
                                                                 absl::Span<const float> queries,
                                                                 size_t k,
                                                                 const SearchFilter& filter = {},
                                                                 const SearchOptions& options = {});

  // The entry with this id as it was added. kNotFound.
  absl::StatusOr<VectorEntry> Get(const ProjectId& id, uint64_t vector_id);

  // Removes all of the ids or none. kNotFound, naming the first that is not there.
  absl::Status Remove(const ProjectId& id, absl::Span<const uint64_t> vector_ids);
  // Removes every vector whose chunk is of `file`; how many.
  absl::StatusOr<size_t> RemoveByFile(const ProjectId& id, absl::string_view file);
  // Removes the store with its file; OK if there is none.
  absl::Status Drop(const ProjectId& id);

  absl::StatusOr<size_t> Count(const ProjectId& id);
  absl::StatusOr<StoreStats> Stats(const ProjectId& id);
  VectorManagerStats Stats() const;
  // Projects that have a store, in the registry's order.
  absl::StatusOr<std::vector<ProjectId>> List() const;

  // Closes the project's store and forgets it, waiting for operations that use it. See
  // ProjectContextManager::Release.
  absl::Status Release(const ProjectId& id);

  // Blocks until no background indexing is pending, but not in a log sink. For tests and
  // measurements.
  void WaitUntilIndexed();

  // Cheap: that the store's file opens and, if the store is open, its counts agree. Deep: every
  // row, read from the disk; what searches find is measured again in the background. OK, or
  // what is wrong. Reports only, and neither opens nor closes a store; one that is not open is read
  // a row at a time, outside the budget (about 1 MB), and calls for it wait.
  absl::Status CheckStore(const ProjectId& id, bool deep);

 private:
  struct Impl;
  explicit VectorStoreManager(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_VECTOR_STORE_MANAGER_H_
