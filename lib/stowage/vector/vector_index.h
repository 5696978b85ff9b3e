#ifndef STOWAGE_VECTOR_VECTOR_INDEX_H_
#define STOWAGE_VECTOR_VECTOR_INDEX_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/clock.h"
#include "loadline/base/directory.h"
#include "loadline/base/mutex.h"
#include "stowage/vector/entry_table.h"
#include "stowage/vector/hnsw_graph.h"
#include "stowage/vector/list_index.h"
#include "stowage/vector/saved_index.h"
#include "stowage/vector/self_check.h"
#include "stowage/vector/text_pool.h"
#include "stowage/vector/vector_types.h"

namespace stowage {

struct VectorIndexOptions {
  std::string path = {};  // of the store's file, as log records are to name it
  // For files that can be made anew. Outlives the index, and is its own.
  const loadline::Directory* folder = nullptr;
  // The entry from where it is durable; kNotFound where it is not, or no more. Asked for a vector
  // that the index's own file does not give.
  std::function<absl::StatusOr<VectorEntry>(uint64_t id)> read = {};
  // Makes durable that the index which was saved as `token` is the one to begin with, and that it
  // knows the changes up to `change`. Without it nothing is saved.
  std::function<absl::Status(uint64_t token, uint64_t change)> set_saved = {};
  // Accounts so many bytes for work in the background until what it returns is let go. An error
  // says why not; then the work is not done. Without it nothing is asked.
  std::function<absl::StatusOr<std::shared_ptr<void>>(size_t bytes)> borrow = {};
  double target_recall = 0.96;  // of the 10 nearest, found by a search; 0 or more
  const loadline::Clock* clock = &loadline::Clock::Real();  // of searches' deadlines
  // Where the eight-bit codes would occupy more, they are read from the disk by each search.
  size_t max_code_bytes = size_t{128} << 20;
  IndexKind index = IndexKind::kAuto;
  size_t least_graph_rows = 20'000;  // for kAuto to try a graph
};

// Entries that wait for their commit, and the numbers that they will have.
class StagedRows {
 public:
  size_t size() const { return entries_.size(); }
  const std::vector<VectorEntry>& entries() const { return entries_; }

 private:
  friend class VectorIndex;
  std::vector<VectorEntry> entries_;
  std::vector<uint32_t> numbers_;
};

// The vectors of one store in memory.
//
// A search sees the store as it was when it began, and neither waits for a change nor is waited
// for. How much of the lists it reads was measured on the store's own rows, for the store's target,
// .95 and .99; until it was, and where it finds too little, that is all of them. Lists are made
// anew, aside, when the store has grown or changed by half.
//
// Over the rows of the lists there may be a graph (see graph_choice.h). It is built once for each
// making of the lists and then stays as it is, and answers searches without a filter that wish no
// more than the store's target, for which alone it was measured: rows that were removed since are
// passed over, rows that came since are scored beside it. When a quarter has changed, lists and
// graph are made anew. It is saved with the lists; one that was not finished by the end is tried
// once more under kAuto, and then left until lists are made anew, so that stores which come and go
// do not build for ever.
//
// The vectors themselves are in a file and read by the row: a search needs some ten of them.
//
// Thread-safe. RunIndexing() may run on one thread at a time.
class VectorIndex {
 public:
  VectorIndex(const StoreConfig& config, const VectorIndexOptions& options);
  VectorIndex(const VectorIndex&) = delete;
  VectorIndex& operator=(const VectorIndex&) = delete;

  // Removes the files of indexes of this folder; none may be open.
  static absl::Status RemoveFiles(const loadline::Directory& folder);

  // Bytes that the index will occupy as it was saved as this token, and what was saved. kNotFound;
  // kDataLoss. The graph is left out where it cannot be borrowed for.
  absl::StatusOr<size_t> PredictSavedBytes(uint64_t token) const;
  absl::StatusOr<SavedIndex> ReadSaved(uint64_t token) const;
  // Becomes what was saved; the index is new. After an error it still is.
  absl::Status Restore(SavedIndex saved);
  // Removes the files of other indexes than what was saved of this one and what it uses.
  absl::Status RemoveOtherFiles() const;

  const StoreConfig& config() const { return config_; }

  // Bytes that this index will occupy while entries with `rows` vectors and `text_bytes` of text
  // are added to what is there and staged, which copies the lists that they go into. An upper bound
  // within a few percent. Without the graph, which is borrowed for.
  size_t PredictBytes(size_t rows, size_t text_bytes) const;
  size_t graph_bytes() const;
  // What it occupies with all that is there and staged now.
  size_t memory_bytes() const { return PredictBytes(0, 0) + graph_bytes(); }
  // The most that the texts of the entries can add to it.
  static size_t TextBytes(absl::Span<const VectorEntry> entries);

  // Prepares entries that CheckEntries() accepted. Nobody sees them yet. Must be followed by
  // Publish() or Abandon(). kResourceExhausted.
  absl::StatusOr<StagedRows> Stage(std::vector<VectorEntry> entries);
  // Makes the rows visible to searches, all at once; rows with the same ids are replaced.
  // `change` is that of the store's file (see VectorFile), here and below.
  void Publish(StagedRows rows, uint64_t change = 0);
  void Abandon(StagedRows rows);
  // As Publish, but seen only with what is published next: for many batches one after the other.
  void PublishLater(StagedRows rows);

  // Removes the ids that are there.
  void Remove(absl::Span<const uint64_t> ids, uint64_t change = 0);
  void RemoveByFile(absl::string_view file, uint64_t change = 0);

  // The min(k, count) nearest that match. `query` is valid for the config, and so are the options.
  // Errors are those of reading a vector, kCancelled and kDeadlineExceeded.
  absl::StatusOr<std::vector<Neighbor>> Search(absl::Span<const float> query, size_t k,
                                               const SearchFilter& filter,
                                               const SearchOptions& options = {}) const;
  // The same for each of the queries, one after the other, in the store as it was at one moment.
  // `queries` are whole vectors, row by row.
  absl::StatusOr<std::vector<std::vector<Neighbor>>> SearchBatch(
      absl::Span<const float> queries, size_t k, const SearchFilter& filter,
      const SearchOptions& options = {}) const;
  // kNotFound.
  absl::StatusOr<VectorEntry> Get(uint64_t id) const;

  struct Counts {
    size_t entries = 0;
    size_t rows = 0;  // distinct vectors
    size_t lists = 0;
    size_t unindexed = 0;  // rows that a search by the graph scores beside it
    size_t dead = 0;       // rows that were removed, whose place is kept
  };
  Counts counts() const;
  // What searches find, as it was measured last; none before it was.
  std::optional<CheckedEffort> checked() const { return view()->checked; }
  // What answers searches without a filter: kLists, kGraph or kExact.
  IndexKind engine() const { return view()->engine; }
  // Has it measured again with the next indexing.
  void CheckAgain();

  bool NeedsIndexing() const;
  // Does all indexing that is pending, or part of it once `cancelled`.
  void RunIndexing(const std::atomic<bool>& cancelled);
  // Whether that was done since this was asked last: memory_bytes() may be another then.
  bool TakeIndexed() { return indexed_.exchange(false, std::memory_order_relaxed); }

 private:
  static constexpr uint64_t kSeed = 0x10AD11;  // of what is drawn at random

  enum class Work { kNone, kRebuild, kCheck, kBuildGraph, kLoadBytes, kSave };

  // What a search sees.
  struct View {
    std::shared_ptr<const ListSnapshot> lists;
    std::shared_ptr<const HnswGraph> graph;  // null: lists answer
    EntryView entries;
    SearchEffort effort;
    std::optional<CheckedEffort> checked;  // of searches by this effort
    std::vector<CheckedEffort> efforts;    // of the lists, ascending by target
    IndexKind engine = IndexKind::kLists;
    size_t count = 0;
    double max_length = 0;  // of a vector, as the metric sees it
  };
  // A change while lists are made anew: they are to have it as well.
  struct Change {
    bool added = false;
    uint32_t entry = 0;
    uint32_t row = 0;  // of the lists that are replaced
  };
  class Finder;
  class Seen;

  absl::StatusOr<std::vector<Neighbor>> SearchView(const View& seen, absl::Span<const float> query,
                                                   size_t k, const SearchFilter& filter,
                                                   const SearchOptions& options) const;
  // How much a search is to read that wishes this recall.
  SearchEffort EffortFor(const View& seen, double target_recall) const;
  // Whether codes can tell vectors of this length from others.
  static bool FitsLists(double length);
  std::shared_ptr<const View> view() const;
  void PublishView() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void RemoveEntries(absl::Span<const uint32_t> entries) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The vector of a row, one of whose entries has this id: from the rows' file, or else from where
  // it is durable: only then the id is looked at. kNotFound: it was removed there meanwhile.
  absl::Status ReadValues(const RowValues& values, uint32_t row, const uint64_t& id,
                          absl::Span<float> out) const;
  // For the rows of lists that are made anew.
  std::shared_ptr<RowValues> NewValues() const;
  void PutCodesOnDiskFor(size_t more) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Take(const StagedRows& rows) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Free(absl::Span<const uint32_t> entries) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  Work PendingWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DoPendingWork(const std::atomic<bool>& cancelled);
  absl::Status Try(Work work, const std::atomic<bool>& cancelled);
  absl::Status Do(Work work, const std::atomic<bool>& cancelled);
  // kCancelled; others, and then it is not tried again before the store has changed.
  absl::Status Rebuild(const std::atomic<bool>& cancelled);
  // A loan of so many bytes, or null where nothing is asked.
  absl::StatusOr<std::shared_ptr<void>> Borrow(size_t bytes) const;
  // The graph, which holds the loan as long as it is there.
  static std::shared_ptr<HnswGraph> WithLoan(std::unique_ptr<HnswGraph> graph,
                                             std::shared_ptr<void> loan);
  // Accounts for what making lists anew of so many rows takes beside the lists that there are.
  struct RebuildMemory {
    std::shared_ptr<void> loan;
    bool codes = false;  // whether the eight-bit codes are in it
  };
  absl::StatusOr<RebuildMemory> BorrowToRebuild(size_t rows, ListCoding::Bytes bytes) const;
  absl::StatusOr<std::shared_ptr<const ListCoding>> ChooseCoding(const Seen& seen,
                                                                 absl::Span<const uint32_t> rows,
                                                                 ListCoding::Bytes bytes) const;
  absl::StatusOr<ListCentres> ChooseCentres(const Seen& seen, const ListCoding& coding,
                                            absl::Span<const uint32_t> rows) const;
  // The rows with the lists that they go into, list by list: those of one list are to lie side by
  // side wherever rows lie.
  struct InList {
    uint32_t list = 0;
    uint32_t row = 0;
  };
  absl::StatusOr<std::vector<InList>> OrderByList(const Seen& seen, const ListCoding& coding,
                                                  const ListCentres& centres,
                                                  absl::Span<const uint32_t> rows) const;
  // Has the lists that are to replace today's make the changes that these made meanwhile.
  absl::Status Replay(ListIndex& next) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status Check(const std::atomic<bool>& cancelled);
  absl::Status BuildGraph(const std::atomic<bool>& cancelled);
  absl::Status LoadBytes(const std::atomic<bool>& cancelled);
  absl::Status Save(const std::atomic<bool>& cancelled);
  // What is to be saved, with the files that it is in.
  struct Saving {
    SavedFacts facts;
    std::shared_ptr<const View> view;
    std::shared_ptr<const HnswGraph> graph;  // null: none that pays
    std::shared_ptr<RecordFile> bytes;       // null where the coding has none
    std::vector<bool> unsaved;               // chunks of rows whose codes are not in `bytes` yet
  };
  absl::StatusOr<Saving> BeginSaving();
  absl::Status WriteFiles(const Saving& saving, const std::atomic<bool>& cancelled) const;
  // Whether a graph is to be built over these lists, or lists that one can be built over.
  bool WantsGraph() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool MayTryGraph() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Takes what was saved of the graph, or has it built, if there is to be one.
  void RestoreGraph(SavedIndex& saved) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // The saved files are these from now on, and no others stay.
  void FinishSaving(const Saving& saving);
  bool MayHaveGraph(size_t rows) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Whether the eight-bit codes of so many rows are to be in memory.
  bool CodesFit(size_t rows) const;
  size_t BytesBesideCodes(size_t entries, size_t rows_end) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // What eight-bit codes will occupy in memory.
  size_t CodeBytesFor(ListCoding::Bytes bytes, size_t rows) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // For codes that do not fit, or to save them.
  absl::StatusOr<std::shared_ptr<RecordFile>> NewByteFile() const;

  const StoreConfig config_;
  const VectorIndexOptions options_;

  // Held by whoever changes the index, and for moments.
  mutable loadline::Mutex mutex_;
  EntryTable entries_ ABSL_GUARDED_BY(mutex_);
  TextPool texts_ ABSL_GUARDED_BY(mutex_);
  EntryNumbers numbers_ ABSL_GUARDED_BY(mutex_){0, EntryNumbers::hasher{&entries_},
                                                EntryNumbers::key_equal{&entries_}};
  std::unique_ptr<ListIndex> lists_ ABSL_GUARDED_BY(mutex_);
  double max_length_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t staged_ ABSL_GUARDED_BY(mutex_) = 0;
  bool rebuilding_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Change> changes_ ABSL_GUARDED_BY(mutex_);
  bool rebuild_ ABSL_GUARDED_BY(mutex_) = false;  // whatever has changed
  size_t changed_since_build_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t changed_since_check_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t built_rows_ ABSL_GUARDED_BY(mutex_) = 0;
  size_t changed_since_save_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t change_ ABSL_GUARDED_BY(mutex_) = 0;  // the last that is in the lists
  // What was saved last, and the files that it needs; they stay at the end.
  uint64_t saved_token_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<const RowValues> saved_values_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<RecordFile> saved_bytes_ ABSL_GUARDED_BY(mutex_);
  // Of the lists, for the store's target and others; empty until it was measured.
  std::vector<CheckedEffort> checked_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const HnswGraph> graph_ ABSL_GUARDED_BY(mutex_);
  std::optional<CheckedEffort> checked_graph_ ABSL_GUARDED_BY(mutex_);
  bool graph_wanted_ ABSL_GUARDED_BY(mutex_) = false;  // worth trying, by the last check
  bool graph_tried_ ABSL_GUARDED_BY(mutex_) = false;   // over these lists
  // Tries to build a graph over these lists that ended or, once it was built, kGraphFinished; and
  // what was saved of it, which counts the one that goes on.
  static constexpr uint64_t kGraphFinished = ~uint64_t{0};
  uint64_t graph_tries_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t saved_graph_tries_ ABSL_GUARDED_BY(mutex_) = 0;
  bool check_again_ ABSL_GUARDED_BY(mutex_) = false;

  std::atomic<bool> indexed_{false};

  mutable loadline::Mutex view_mutex_;  // for as long as a pointer is copied
  std::shared_ptr<const View> view_ ABSL_GUARDED_BY(view_mutex_);
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_VECTOR_INDEX_H_
