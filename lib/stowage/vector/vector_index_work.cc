// What an index does in the background: it makes its lists anew, measures what searches find, and
// builds a graph where that pays.
#include <algorithm>
#include <atomic>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loadline/base/log.h"
#include "loadline/base/status_macros.h"
#include "stowage/vector/graph_choice.h"
#include "stowage/vector/list_clustering.h"
#include "stowage/vector/vector_index.h"

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace stowage {
namespace {

using loadline::MutexLock;

// Changes after which lists are made anew, or measured again, whatever the store's size.
constexpr size_t kMinChanges = 256;
// Below it, reading everything costs no more than a search does besides.
constexpr size_t kMinCheckedRows = 256;
// Floats of rows by which the mean is found at most.
constexpr size_t kMeanFloats = 1'000'000;
// Tries to build a graph over the same lists under kAuto: one ends when the store is closed.
constexpr uint64_t kMostGraphTries = 2;
// What searches may wish for besides the store's own target.
constexpr double kMoreTargets[] = {0.95, 0.99};

// In ascending order.
std::vector<double> TargetsWith(double own) {
  std::vector<double> targets(std::begin(kMoreTargets), std::end(kMoreTargets));
  targets.insert(std::upper_bound(targets.begin(), targets.end(), own), own);
  return targets;
}

// The rows of the lists, in random order.
std::vector<uint32_t> AllRows(const ListSnapshot& lists) {
  std::vector<uint32_t> rows;
  rows.reserve(lists.rows);
  for (const auto& list : lists.lists) {
    for (size_t position = 0; position < list->size(); ++position) {
      rows.push_back(list->row(position));
    }
  }
  std::mt19937_64 random(rows.size());
  std::shuffle(rows.begin(), rows.end(), random);
  return rows;
}

}  // namespace

VectorIndex::Work VectorIndex::PendingWork() const {
  const size_t rows = lists_->rows();
  const bool too_few = ListsFor(rows) * 2 > lists_->snapshot()->lists.size() * 3;
  const bool half_on_disk = lists_->BytesOnDisk() && lists_->AnyBytesInMemory();
  const size_t some = too_few || half_on_disk ? rows / 16 : built_rows_ / (graph_ ? 4 : 2);
  if (rebuild_ || changed_since_build_ > std::max(kMinChanges, some)) {
    return Work::kRebuild;
  }
  if (!lists_->BytesInMemory() && !lists_->BytesOnDisk()) return Work::kLoadBytes;
  const bool checks = rows >= kMinCheckedRows && options_.index != IndexKind::kExact;
  if (checks && (checked_.empty() || check_again_ ||
                 changed_since_check_ > std::max(kMinChanges, rows / 4))) {
    return Work::kCheck;
  }
  const bool graph = checks && WantsGraph();
  const bool around_mean = lists_->snapshot()->coding->bytes() == ListCoding::Bytes::kAroundMean;
  if (graph && !around_mean) return Work::kRebuild;
  // Before a graph as well, as building one takes long; and that it was begun.
  const bool stale = changed_since_save_ > std::max(kMinChanges, rows / 32) ||
                     (graph && saved_graph_tries_ == graph_tries_);
  if (stale && options_.set_saved) return Work::kSave;
  return graph ? Work::kBuildGraph : Work::kNone;
}

bool VectorIndex::WantsGraph() const {
  return graph_wanted_ && !graph_tried_ && MayTryGraph() && CodesFit(lists_->rows());
}

bool VectorIndex::MayTryGraph() const {
  if (options_.index == IndexKind::kGraph) return graph_tries_ != kGraphFinished;
  return options_.index == IndexKind::kAuto && graph_tries_ < kMostGraphTries;
}

namespace {

// What it means that a work was not done, by Work.
constexpr absl::string_view kWithout[] = {
    "",
    "the lists of a store are not made anew; its searches read more of it",
    "what searches of a store find was not measured; they read all of it",
    "the graph of a store is not built; its lists answer",
    "the codes of a store are not in memory; its searches read them from the disk",
    "the index of a store is not saved; the next opening reads every row"};

// Changes and work take memory for a moment, which glibc keeps.
void GiveBackFreeMemory() {
#ifdef __GLIBC__
  ::malloc_trim(0);
#endif
}

}  // namespace

bool VectorIndex::NeedsIndexing() const {
  MutexLock lock(mutex_);
  return PendingWork() != Work::kNone;
}

void VectorIndex::RunIndexing(const std::atomic<bool>& cancelled) {
  DoPendingWork(cancelled);
  {
    // What was removed meanwhile waited for what the work had seen.
    MutexLock lock(mutex_);
    Free(lists_->TakeFreeEntries());
  }
  GiveBackFreeMemory();
  indexed_.store(true, std::memory_order_relaxed);
}

void VectorIndex::DoPendingWork(const std::atomic<bool>& cancelled) {
  size_t failed_rebuilds = 0;
  while (!cancelled.load(std::memory_order_relaxed)) {
    Work work;
    {
      MutexLock lock(mutex_);
      work = PendingWork();
    }
    if (work == Work::kNone) return;
    GiveBackFreeMemory();
    const absl::Status status = Try(work, cancelled);
    if (status.ok() || absl::IsCancelled(status)) continue;
    loadline::Log({loadline::LogLevel::kWarning,
                   "vector",
                   std::string(kWithout[static_cast<size_t>(work)]),
                   {{"file", options_.path}, {"reason", std::string(status.message())}}});
    // Lists that cannot be made anew are measured and saved as they are.
    if (work != Work::kRebuild || ++failed_rebuilds > 1) return;
  }
}

absl::Status VectorIndex::Try(Work work, const std::atomic<bool>& cancelled) {
  absl::Status status;
  try {
    status = Do(work, cancelled);
  } catch (const std::bad_alloc&) {
    status = absl::ResourceExhaustedError("no memory");
  }
  MutexLock lock(mutex_);
  rebuilding_ = false;
  changes_.clear();
  if (status.ok() || absl::IsCancelled(status)) return status;
  // Not again before the store has changed as much once more.
  changed_since_build_ = 0;
  graph_wanted_ = rebuild_ = false;
  if (work != Work::kRebuild) changed_since_check_ = changed_since_save_ = 0;
  return status;
}

// What was seen of an index when work on it began.
class VectorIndex::Seen {
 public:
  Seen(const VectorIndex& index, const std::atomic<bool>& cancelled)
      : index_(index), view_(index.view()), cancelled_(cancelled) {}

  const View& view() const { return *view_; }
  const ListSnapshot& lists() const { return *view_->lists; }
  bool cancelled() const { return cancelled_.load(std::memory_order_relaxed); }

  template <typename Visit>
  void ForEachEntry(uint32_t row, Visit visit) const {
    const RowPlace& place = lists().places.place(row);
    lists().lists[place.list]->ForEachEntry(place.position, visit);
  }
  uint32_t EntryOf(uint32_t row) const {
    uint32_t one = 0;
    ForEachEntry(row, [&](uint32_t entry) { one = entry; });
    return one;
  }
  float FactorOf(uint32_t row) const { return view_->entries.entry(EntryOf(row)).factor; }

  absl::Status Read(uint32_t row, absl::Span<float> values) const {
    return index_.ReadValues(*lists().values, row, view_->entries.entry(EntryOf(row)).id, values);
  }
  // Calls visit(row, values) for each of them, but for those that are gone, until cancelled.
  template <typename Visit>
  absl::Status ForEach(absl::Span<const uint32_t> rows, Visit visit) const {
    std::vector<float> values(index_.config_.dimension);
    for (const uint32_t row : rows) {
      if (cancelled()) return absl::CancelledError("work on a vector index");
      const absl::Status read = Read(row, absl::MakeSpan(values));
      if (absl::IsNotFound(read)) continue;
      LOADLINE_RETURN_IF_ERROR(read);
      visit(row, absl::Span<const float>(values));
    }
    return absl::OkStatus();
  }

 private:
  const VectorIndex& index_;
  const std::shared_ptr<const View> view_;
  const std::atomic<bool>& cancelled_;
};

absl::Status VectorIndex::Do(Work work, const std::atomic<bool>& cancelled) {
  switch (work) {
    case Work::kNone:
      return absl::OkStatus();
    case Work::kRebuild:
      return Rebuild(cancelled);
    case Work::kCheck:
      return Check(cancelled);
    case Work::kBuildGraph:
      return BuildGraph(cancelled);
    case Work::kLoadBytes:
      return LoadBytes(cancelled);
    case Work::kSave:
      return Save(cancelled);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<void>> VectorIndex::Borrow(size_t bytes) const {
  return options_.borrow ? options_.borrow(bytes) : std::shared_ptr<void>();
}

std::shared_ptr<HnswGraph> VectorIndex::WithLoan(std::unique_ptr<HnswGraph> graph,
                                                 std::shared_ptr<void> loan) {
  HnswGraph* const held = graph.release();
  return {held, [loan = std::move(loan)](HnswGraph* ended) { delete ended; }};
}

// What the mean is found by goes before the sample for the centres comes, and that before the
// lists.
absl::StatusOr<VectorIndex::RebuildMemory> VectorIndex::BorrowToRebuild(
    size_t rows, ListCoding::Bytes bytes) const {
  const size_t dim = Rotation::PaddedFor(config_.dimension);
  const size_t sample = std::min(rows, ListsFor(rows) * kSampleRowsPerList);
  const size_t work = std::max(2 * std::min(rows * config_.dimension, kMeanFloats) * sizeof(float),
                               sample * SplitBytes::BytesFor(dim));
  const size_t lists = ListIndex::BytesFor(config_, rows, rows);
  const bool byte_rows = ListCoding::HasByteRows(HotCodeFor(dim), bytes);
  const size_t codes = byte_rows ? ByteRows::BytesFor(dim, rows) : 0;
  const size_t always = rows * (sizeof(uint32_t) + sizeof(InList));
  if (CodesFit(rows)) {
    absl::StatusOr<std::shared_ptr<void>> loan = Borrow(always + std::max(work, lists + codes));
    if (loan.ok()) return RebuildMemory{*std::move(loan), true};
  }
  LOADLINE_ASSIGN_OR_RETURN(std::shared_ptr<void> loan, Borrow(always + std::max(work, lists)));
  return RebuildMemory{std::move(loan), false};
}

absl::StatusOr<std::shared_ptr<const ListCoding>> VectorIndex::ChooseCoding(
    const Seen& seen, absl::Span<const uint32_t> rows, ListCoding::Bytes bytes) const {
  const size_t most = std::max<size_t>(1, kMeanFloats / config_.dimension);
  const auto some = rows.first(std::min(rows.size(), most));
  std::vector<float> vectors;
  LOADLINE_RETURN_IF_ERROR(seen.ForEach(some, [&](uint32_t row, absl::Span<const float> values) {
    const float factor = seen.FactorOf(row);
    for (const float value : values) vectors.push_back(factor * value);
  }));
  if (vectors.empty()) vectors.resize(config_.dimension);
  return std::make_shared<const ListCoding>(config_, TrimmedMean(vectors, config_.dimension), kSeed,
                                            bytes);
}

absl::StatusOr<ListCentres> VectorIndex::ChooseCentres(const Seen& seen, const ListCoding& coding,
                                                       absl::Span<const uint32_t> rows) const {
  const size_t lists = ListsFor(rows.size());
  const auto some = rows.first(std::min(rows.size(), lists * kSampleRowsPerList));
  std::vector<float> projected(coding.dim());
  std::vector<SplitBytes> sample;
  sample.reserve(some.size());
  LOADLINE_RETURN_IF_ERROR(seen.ForEach(some, [&](uint32_t row, absl::Span<const float> values) {
    coding.Project(values, seen.FactorOf(row), projected.data());
    Split(projected, sample.emplace_back());
  }));
  return FindCentres(coding, sample, lists, kSeed);
}

absl::StatusOr<std::vector<VectorIndex::InList>> VectorIndex::OrderByList(
    const Seen& seen, const ListCoding& coding, const ListCentres& centres,
    absl::Span<const uint32_t> rows) const {
  std::vector<InList> ordered;
  ordered.reserve(rows.size());
  std::vector<float> projected(coding.dim());
  SplitBytes split;
  LOADLINE_RETURN_IF_ERROR(seen.ForEach(rows, [&](uint32_t row, absl::Span<const float> values) {
    coding.Project(values, seen.FactorOf(row), projected.data());
    Split(projected, split);
    ordered.push_back({centres.Nearest(split), row});
  }));
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const InList& a, const InList& b) { return a.list < b.list; });
  return ordered;
}

absl::Status VectorIndex::Rebuild(const std::atomic<bool>& cancelled) {
  bool for_graph = false;
  std::optional<Seen> seen;
  {
    MutexLock lock(mutex_);
    seen.emplace(*this, cancelled);
    rebuilding_ = true;
    changes_.clear();
    for_graph = (options_.index == IndexKind::kGraph || graph_wanted_) && CodesFit(lists_->rows());
  }
  const auto kind = for_graph ? ListCoding::Bytes::kAroundMean : ListCoding::Bytes::kAroundCentre;
  LOADLINE_ASSIGN_OR_RETURN(const RebuildMemory memory, BorrowToRebuild(seen->lists().rows, kind));
  std::vector<uint32_t> rows = AllRows(seen->lists());
  LOADLINE_ASSIGN_OR_RETURN(const std::shared_ptr<const ListCoding> coding,
                            ChooseCoding(*seen, rows, kind));
  LOADLINE_ASSIGN_OR_RETURN(ListCentres centres, ChooseCentres(*seen, *coding, rows));
  LOADLINE_ASSIGN_OR_RETURN(const std::vector<InList> ordered,
                            OrderByList(*seen, *coding, centres, rows));

  std::shared_ptr<RecordFile> bytes;
  if (coding->HasByteRows() && !memory.codes) {
    LOADLINE_ASSIGN_OR_RETURN(bytes, NewByteFile());
  }
  auto next = std::make_unique<ListIndex>(coding, std::move(centres), NewValues(), bytes);
  rows.clear();
  for (const InList& row : ordered) rows.push_back(row.row);
  auto place = ordered.begin();
  LOADLINE_RETURN_IF_ERROR(seen->ForEach(rows, [&](uint32_t row, absl::Span<const float> vector) {
    while (place->row != row) ++place;  // rows that are gone
    const float factor = seen->FactorOf(row);
    seen->ForEachEntry(row, [&](uint32_t entry) {
      next->Add({entry, vector, factor, place->list});
    });
  }));

  MutexLock lock(mutex_);
  const size_t changes = changes_.size();
  LOADLINE_RETURN_IF_ERROR(Replay(*next));
  next->TakeOver(*lists_);
  std::swap(lists_, next);
  // Once the old ones are gone there is room for codes that fit.
  if (CodesFit(lists_->rows())) lists_->PutBytesInMemory();
  rebuild_ = false;
  changed_since_build_ = changes;
  changed_since_save_ = lists_->entries();
  built_rows_ = lists_->rows();
  // What was measured is not true of these lists. Until it is measured again everything is read.
  checked_.clear();
  checked_graph_.reset();
  graph_.reset();
  graph_tried_ = false;
  graph_tries_ = saved_graph_tries_ = 0;
  PublishView();
  return absl::OkStatus();
}

absl::Status VectorIndex::Replay(ListIndex& next) {
  std::vector<float> values(config_.dimension);
  for (const Change& change : std::exchange(changes_, {})) {
    if (!change.added) {
      next.Remove(change.entry);
      continue;
    }
    const Entry& entry = entries_.entry(change.entry);
    LOADLINE_RETURN_IF_ERROR(
        ReadValues(*lists_->snapshot()->values, change.row, entry.id, absl::MakeSpan(values)));
    next.Add({change.entry, values, entry.factor});
  }
  return absl::OkStatus();
}

absl::Status VectorIndex::Check(const std::atomic<bool>& cancelled) {
  std::shared_ptr<const HnswGraph> graph;
  std::optional<Seen> seen;
  {
    MutexLock lock(mutex_);
    seen.emplace(*this, cancelled);
    graph = graph_;
    changed_since_check_ = 0;
    check_again_ = false;
  }
  std::vector<uint32_t> all_rows = AllRows(seen->lists());
  if (all_rows.empty()) return absl::OkStatus();
  const std::vector<uint32_t> rows(
      all_rows.begin(),
      all_rows.begin() + static_cast<ptrdiff_t>(std::min(all_rows.size(), kCheckedRows)));
  std::sort(all_rows.begin(), all_rows.end());  // as they lie on the disk
  const double longest = seen->view().max_length;
  const auto read = [&](uint32_t row, absl::Span<float> out) { return seen->Read(row, out); };
  const auto scan = [&](CheckedStore::VisitRow visit) { return seen->ForEach(all_rows, visit); };
  const auto distance = [&](uint32_t row, absl::Span<const float> values,
                            absl::Span<const float> query) {
    return ExactDistance(config_.metric, query, longest, values, seen->FactorOf(row), longest);
  };
  ListView lists = seen->lists().view();
  lists.graph = graph.get();
  const auto stop = [&] { return seen->cancelled(); };
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<SelfCheck> check,
                            SelfCheck::Begin({lists, rows, read, scan, distance, stop}));
  LOADLINE_ASSIGN_OR_RETURN(std::vector<CheckedEffort> efforts,
                            check->ChooseEfforts(TargetsWith(options_.target_recall)));
  CheckedEffort& chosen = *std::find_if(
      efforts.begin(), efforts.end(),
      [&](const CheckedEffort& effort) { return effort.target == options_.target_recall; });
  std::optional<CheckedEffort> by_graph;
  if (graph != nullptr) {
    LOADLINE_ASSIGN_OR_RETURN(by_graph, check->ChooseGraphEffort(options_.target_recall, chosen));
    if (by_graph && !Pays(options_.index, chosen, *by_graph)) by_graph.reset();
  }
  GraphProspects prospects = {.rows = seen->lists().rows,
                              .code_bytes = ByteRows::StrideFor(seen->lists().coding->dim()),
                              .residual_share = ResidualShare(seen->lists())};
  if (prospects.rows >= options_.least_graph_rows && graph == nullptr) {
    LOADLINE_ASSIGN_OR_RETURN(prospects.intrinsic_dimension, check->IntrinsicDimension());
  }
  MutexLock lock(mutex_);
  checked_graph_ = by_graph;
  if (!by_graph) graph_.reset();
  graph_wanted_ =
      by_graph || (!graph_tried_ && MayTryGraph() && FitsLists(longest) &&
                   WorthTrying(options_.index, options_.least_graph_rows, chosen, prospects));
  checked_ = std::move(efforts);
  PublishView();
  return absl::OkStatus();
}

absl::Status VectorIndex::BuildGraph(const std::atomic<bool>& cancelled) {
  std::shared_ptr<HnswGraph> graph;
  std::shared_ptr<const ListSnapshot> lists;
  {
    MutexLock lock(mutex_);
    // With all rows that have numbers, seen or not.
    lists_->Publish();
    lists = lists_->snapshot();
    LOADLINE_ASSIGN_OR_RETURN(std::shared_ptr<void> loan,
                              Borrow(HnswGraph::PredictBytes(lists->rows)));
    LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<HnswGraph> made,
                              HnswGraph::Create(lists->coding, lists->rows));
    graph = WithLoan(std::move(made), std::move(loan));
    lists_->HoldRows(graph->lifetime().watch());
  }
  for (uint32_t row = 0; row < lists->places.size(); ++row) {
    if (lists->places.place(row).list == RowPlace::kNoList) continue;
    if (cancelled.load(std::memory_order_relaxed)) {
      return absl::CancelledError("building a graph");
    }
    LOADLINE_RETURN_IF_ERROR(graph->Link(lists->bytes, row));
  }
  MutexLock lock(mutex_);
  graph_ = std::move(graph);
  graph_tried_ = true;
  graph_tries_ = saved_graph_tries_ = kGraphFinished;
  changed_since_save_ = lists_->entries();
  check_again_ = true;
  return absl::OkStatus();
}

}  // namespace stowage
