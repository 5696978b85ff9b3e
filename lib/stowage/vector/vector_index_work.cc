// What an index does in the background: it makes its lists anew, measures what searches find, and
// builds a graph where that pays.
#include <algorithm>
#include <atomic>
#include <new>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loadline/base/log.h"
#include "loadline/base/status_macros.h"
#include "stowage/vector/graph_choice.h"
#include "stowage/vector/list_clustering.h"
#include "stowage/vector/vector_index.h"

namespace stowage {
namespace {

using loadline::MutexLock;

// Changes after which lists are made anew, or measured again, whatever the store's size.
constexpr size_t kMinChanges = 256;
// Below it, reading everything costs no more than a search does besides.
constexpr size_t kMinCheckedRows = 256;
// Rows by which the mean is found at most.
constexpr size_t kMeanRows = 20'000;
constexpr uint64_t kSeed = 0x10AD11;

// One entry of every row, and the others.
struct EntriesOfRows {
  std::vector<uint32_t> first;
  std::vector<uint32_t> copies;
};

EntriesOfRows AllEntries(const ListSnapshot& lists) {
  EntriesOfRows all;
  for (const auto& list : lists.lists) {
    for (size_t position = 0; position < list->size(); ++position) {
      bool first = true;
      list->ForEachEntry(position, [&](uint32_t entry) {
        (std::exchange(first, false) ? all.first : all.copies).push_back(entry);
      });
    }
  }
  return all;
}

}  // namespace

VectorIndex::Work VectorIndex::PendingWork() const {
  const size_t rows = lists_->rows();
  const bool too_few = ListsFor(rows) * 2 > lists_->snapshot()->lists.size() * 3;
  const size_t most_changes = built_rows_ / (graph_ == nullptr ? 2 : 4);
  if (changed_since_build_ > std::max(kMinChanges, most_changes) ||
      (too_few && rows > kMinChanges)) {
    return Work::kRebuild;
  }
  if (rows < kMinCheckedRows || options_.index == IndexKind::kExact) return Work::kNone;
  if (!checked_ || check_again_ || changed_since_check_ > std::max(kMinChanges, rows / 4)) {
    return Work::kCheck;
  }
  if (!graph_wanted_ || graph_tried_) return Work::kNone;
  const bool around_mean =
      lists_->snapshot()->coding->bytes() == ListCoding::Bytes::kAroundMean;
  return around_mean ? Work::kBuildGraph : Work::kRebuild;
}

bool VectorIndex::NeedsIndexing() const {
  MutexLock lock(mutex_);
  return PendingWork() != Work::kNone;
}

void VectorIndex::RunIndexing(const std::atomic<bool>& cancelled) {
  while (!cancelled.load(std::memory_order_relaxed)) {
    Work work;
    {
      MutexLock lock(mutex_);
      work = PendingWork();
    }
    if (work == Work::kNone) return;
    absl::Status status;
    try {
      status = work == Work::kRebuild ? Rebuild(cancelled)
               : work == Work::kCheck ? Check(cancelled)
                                      : BuildGraph(cancelled);
    } catch (const std::bad_alloc&) {
      status = absl::ResourceExhaustedError("no memory");
    }
    const bool failed = !status.ok() && !absl::IsCancelled(status);
    {
      MutexLock lock(mutex_);
      rebuilding_ = false;
      changes_.clear();
      // Not again before the store has changed as much once more.
      if (failed) {
        changed_since_build_ = changed_since_check_ = 0;
        graph_wanted_ = false;
      }
    }
    if (!failed) continue;
    loadline::Log({loadline::LogLevel::kWarning,
                   "vector",
                   work == Work::kBuildGraph
                       ? "the graph of a store is not built; its lists answer"
                       : "the lists of a store are not made anew; its searches read more of it",
                   {{"file", options_.path}, {"reason", std::string(status.message())}}});
    return;
  }
}

absl::Status VectorIndex::Rebuild(const std::atomic<bool>& cancelled) {
  std::shared_ptr<const View> seen;
  bool for_graph = false;
  {
    MutexLock lock(mutex_);
    seen = view();
    rebuilding_ = true;
    changes_.clear();
    for_graph = options_.index == IndexKind::kGraph || graph_wanted_;
  }
  const auto addition = [&](uint32_t entry) {
    return ListIndex::Addition{entry, seen->entries.values(entry),
                               seen->entries.entry(entry).factor};
  };
  EntriesOfRows all = AllEntries(*seen->lists);
  std::mt19937_64 random(kSeed);
  std::shuffle(all.first.begin(), all.first.end(), random);

  std::vector<double> sums(config_.dimension);
  const size_t mean_rows = std::min(all.first.size(), kMeanRows);
  for (size_t i = 0; i < mean_rows; ++i) {
    const ListIndex::Addition row = addition(all.first[i]);
    for (size_t j = 0; j < sums.size(); ++j) sums[j] += double{row.factor} * row.values[j];
  }
  std::vector<float> mean(config_.dimension);
  for (size_t j = 0; j < sums.size() && mean_rows > 0; ++j) {
    mean[j] = static_cast<float>(sums[j] / static_cast<double>(mean_rows));
  }
  const auto coding = std::make_shared<const ListCoding>(
      config_, std::move(mean), kSeed,
      for_graph ? ListCoding::Bytes::kAroundMean : ListCoding::Bytes::kAroundCentre);

  const size_t lists = ListsFor(all.first.size());
  const size_t sample = std::min(all.first.size(), lists * kSampleRowsPerList);
  std::vector<float> projected(sample * coding->dim());
  for (size_t i = 0; i < sample; ++i) {
    const ListIndex::Addition row = addition(all.first[i]);
    coding->Project(row.values, row.factor, &projected[i * coding->dim()]);
  }
  if (cancelled) return absl::CancelledError("making lists anew");
  auto next =
      std::make_unique<ListIndex>(coding, FindCentres(*coding, projected, lists, kSeed));

  all.first.insert(all.first.end(), all.copies.begin(), all.copies.end());
  for (const uint32_t entry : all.first) {
    if (cancelled) return absl::CancelledError("making lists anew");
    next->Add(addition(entry));
  }

  MutexLock lock(mutex_);
  for (const Change& change : std::exchange(changes_, {})) {
    if (change.added) {
      next->Add(AdditionOf(change.entry));
    } else {
      next->Remove(change.entry);
    }
  }
  next->TakeOver(*lists_);
  std::swap(lists_, next);
  changed_since_build_ = 0;
  built_rows_ = lists_->rows();
  // What was measured is not true of these lists. Until it is measured again everything is read.
  checked_.reset();
  checked_graph_.reset();
  graph_.reset();
  graph_tried_ = false;
  PublishView();
  return absl::OkStatus();
}

absl::Status VectorIndex::Check(const std::atomic<bool>& cancelled) {
  std::shared_ptr<const View> seen;
  std::shared_ptr<const HnswGraph> graph;
  {
    MutexLock lock(mutex_);
    seen = view();
    graph = graph_;
    changed_since_check_ = 0;
    check_again_ = false;
  }
  std::vector<uint32_t> rows;
  std::vector<uint32_t> entry_of;
  for (const auto& list : seen->lists->lists) {
    for (size_t position = 0; position < list->size(); ++position) {
      const uint32_t row = list->row(position);
      rows.push_back(row);
      if (entry_of.size() <= row) entry_of.resize(row + 1);
      list->ForEachEntry(position, [&](uint32_t entry) { entry_of[row] = entry; });
    }
  }
  if (rows.empty()) return absl::OkStatus();
  std::mt19937_64 random(rows.size());
  std::shuffle(rows.begin(), rows.end(), random);
  rows.resize(std::min(rows.size(), kCheckedRows));
  const auto read = [&](uint32_t row, absl::Span<float> values) {
    const absl::Span<const float> source = seen->entries.values(entry_of[row]);
    std::copy(source.begin(), source.end(), values.begin());
    return absl::OkStatus();
  };
  const auto distance = [&](uint32_t row, absl::Span<const float> query) -> absl::StatusOr<float> {
    const uint32_t entry = entry_of[row];
    return ExactDistance(config_.metric, query, seen->max_length, seen->entries.values(entry),
                         seen->entries.entry(entry).factor, seen->max_length);
  };
  ListView lists = seen->lists->view();
  lists.graph = graph.get();
  const auto stop = [&] { return cancelled.load(std::memory_order_relaxed); };
  const CheckedStore store = {lists, rows, read, distance, stop};
  LOADLINE_ASSIGN_OR_RETURN(CheckedEffort chosen,
                            ChooseEffort(store, options_.target_recall));
  std::optional<CheckedEffort> by_graph;
  if (graph != nullptr) {
    LOADLINE_ASSIGN_OR_RETURN(by_graph,
                              ChooseGraphEffort(store, options_.target_recall, chosen));
    if (by_graph && !Pays(options_.index, chosen, *by_graph)) by_graph.reset();
  }
  const double residual_share = ResidualShare(*seen->lists);
  MutexLock lock(mutex_);
  checked_ = chosen;
  checked_graph_ = by_graph;
  if (!by_graph) graph_.reset();
  graph_wanted_ = by_graph || (!graph_tried_ && FitsLists(seen->max_length) &&
                               WorthTrying(options_.index, seen->lists->rows,
                                           options_.least_graph_rows, chosen, residual_share));
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
    LOADLINE_ASSIGN_OR_RETURN(graph, HnswGraph::Create(lists->coding, lists->rows));
    lists_->HoldRows(graph);
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
  check_again_ = true;
  return absl::OkStatus();
}

}  // namespace stowage
