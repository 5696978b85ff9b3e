#include "stowage/vector/vector_index.h"

#include <algorithm>
#include <cmath>
#include <new>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "stowage/vector/distance.h"
#include "stowage/vector/graph_choice.h"

namespace stowage {
namespace {

using loadline::MutexLock;

// Beyond these lengths the squares of floats leave their range, or most of it: all floats are read.
constexpr double kMaxListLength = 1e15;
constexpr double kMinListLength = 1e-15;
// What absl's table occupies that holds `count` elements at a load of at most 7/8.
size_t HashTableBytes(size_t count) {
  size_t places = 8;
  while (places / 8 * 7 < count) places *= 2;
  return places * (sizeof(uint32_t) + 1);
}

}  // namespace

// One search of a view: which entries count, and their exact distances.
class VectorIndex::Finder {
 public:
  Finder(const VectorIndex& index, const View& view, absl::Span<const float> query,
         const SearchFilter& filter, const SearchEffort& effort, const SearchStop& stop)
      : index_(index),
        view_(view),
        filter_(filter),
        all_(filter.path_prefix.empty() && filter.language.empty()),
        effort_(effort),
        stop_(stop.possible() ? &stop : nullptr) {
    PrepareQuery(*view.lists->coding, query, prepared_);
    length_ = LengthInDouble(prepared_.values);
    values_.resize(query.size());
  }

  absl::StatusOr<std::vector<Neighbor>> Find(size_t k) {
    TopK top(k);
    if (FitsLists(length_) && FitsLists(view_.max_length)) {
      LOADLINE_RETURN_IF_ERROR(SearchLists(k, top));
    } else {
      LOADLINE_RETURN_IF_ERROR(SearchAll(top));
    }
    std::vector<Neighbor> neighbors;
    for (const RankedRow& row : top.TakeSorted()) {
      const Entry& entry = view_.entries.entry(row.slot);
      neighbors.push_back({row.id,
                           row.distance,
                           {*entry.file, entry.first_line, entry.last_line, *entry.language}});
    }
    return neighbors;
  }

 private:
  absl::Status SearchLists(size_t k, TopK& top) {
    const auto matches = [&](const RowList& list, size_t position) {
      bool any = false;
      list.ForEachEntry(position, [&](uint32_t entry) { any = any || Matches(entry); });
      return any;
    };
    const ListSearch::Matches matching = matches;
    const auto offer = [&](const RowList& list, size_t position, TopK& nearest) {
      return Offer(list, position, nearest);
    };
    ListView lists = view_.lists->view();
    if (all_) lists.graph = view_.graph.get();
    return search_.Run(lists, prepared_, k, effort_, all_ ? nullptr : &matching, offer, top, stop_);
  }

  absl::Status SearchAll(TopK& top) {
    for (const auto& list : view_.lists->lists) {
      for (size_t position = 0; position < list->size(); ++position) {
        if (stop_ != nullptr) LOADLINE_RETURN_IF_ERROR(stop_->Check());
        LOADLINE_RETURN_IF_ERROR(Offer(*list, position, top));
      }
    }
    return absl::OkStatus();
  }

  bool Matches(uint32_t number) const {
    const Entry& entry = view_.entries.entry(number);
    return absl::StartsWith(*entry.file, filter_.path_prefix) &&
           (filter_.language.empty() || *entry.language == filter_.language);
  }

  // The vectors of a row are equal: one distance serves for all of them.
  absl::Status Offer(const RowList& list, size_t position, TopK& top) const {
    std::optional<float> distance;
    absl::Status status;
    list.ForEachEntry(position, [&](uint32_t number) {
      if (!status.ok() || (!all_ && !Matches(number))) return;
      const Entry& entry = view_.entries.entry(number);
      if (!distance) {
        __builtin_prefetch(&entry);  // for when the vector is there
        status = index_.ReadValues(*view_.lists->values, list.row(position), entry.id,
                                   absl::MakeSpan(values_));
        if (!status.ok()) return;
        distance = ExactDistance(index_.config_.metric, prepared_.values, length_, values_,
                                 entry.factor, view_.max_length);
      }
      top.Offer({*distance, entry.id, number});
    });
    return absl::IsNotFound(status) ? absl::OkStatus() : status;
  }

  // Kept from search to search by each thread.
  static thread_local ListQuery prepared_;
  static thread_local ListSearch search_;
  static thread_local std::vector<float> values_;

  const VectorIndex& index_;
  const View& view_;
  const SearchFilter& filter_;
  const bool all_;  // match
  const SearchEffort effort_;
  const SearchStop* const stop_;  // null where nothing can end the search
  double length_ = 0;
};

bool VectorIndex::FitsLists(double length) {
  return length == 0 || (length >= kMinListLength && length <= kMaxListLength);
}

thread_local ListQuery VectorIndex::Finder::prepared_;
thread_local ListSearch VectorIndex::Finder::search_;
thread_local std::vector<float> VectorIndex::Finder::values_;

VectorIndex::VectorIndex(const StoreConfig& config, const VectorIndexOptions& options)
    : config_(config), options_(options) {
  MutexLock lock(mutex_);
  lists_ =
      std::make_unique<ListIndex>(config, std::vector<float>(config.dimension), kSeed, NewValues());
  PublishView();
}

absl::Status VectorIndex::ReadValues(const RowValues& values, uint32_t row, const uint64_t& id,
                                     absl::Span<float> out) const {
  const absl::Status status = values.Read(row, out);
  if (status.ok() || !options_.read) return status;
  LOADLINE_ASSIGN_OR_RETURN(const VectorEntry entry, options_.read(id));
  std::copy(entry.values.begin(), entry.values.end(), out.begin());
  return absl::OkStatus();
}

std::shared_ptr<const VectorIndex::View> VectorIndex::view() const {
  MutexLock lock(view_mutex_);
  return view_;
}

void VectorIndex::PublishView() {
  lists_->Publish();
  View seen = {.lists = lists_->snapshot(),
               .graph = nullptr,
               .entries = entries_,
               .effort = {},
               .checked = {},
               .efforts = checked_,
               .count = lists_->entries(),
               .max_length = max_length_};
  const CheckedEffort* const own = ForTarget(checked_, options_.target_recall);
  if (own != nullptr) seen.checked = *own;
  if (options_.index == IndexKind::kExact) {
    seen.engine = IndexKind::kExact;
    seen.effort.exact = true;
  } else if (checked_graph_ && lists_->BytesInMemory() &&
             StillAnswers(*graph_, *seen.lists,
                          MostBesideGraph(options_.index, *own, *checked_graph_, graph_->size()))) {
    seen.engine = IndexKind::kGraph;
    seen.graph = graph_;
    seen.checked = checked_graph_;
  }
  if (seen.checked) seen.effort = seen.checked->effort;
  auto next = std::make_shared<const View>(std::move(seen));
  {
    MutexLock lock(view_mutex_);
    view_.swap(next);
  }
  next.reset();
  Free(lists_->TakeFreeEntries());
}

size_t VectorIndex::TextBytes(absl::Span<const VectorEntry> entries) {
  absl::flat_hash_set<absl::string_view> distinct;
  size_t bytes = 0;
  for (const VectorEntry& entry : entries) {
    for (const absl::string_view text :
         {absl::string_view(entry.chunk.file), absl::string_view(entry.chunk.language)}) {
      if (distinct.insert(text).second) bytes += TextPool::BytesFor(text.size());
    }
  }
  return bytes;
}

size_t VectorIndex::PredictBytes(size_t rows, size_t text_bytes) const {
  MutexLock lock(mutex_);
  const size_t total = numbers_.size() + staged_ + rows;
  const bool graph = MayHaveGraph(total) && CodesFit(total);
  const size_t rows_end = std::max(lists_->rows_end(), total);
  const auto bytes = graph ? ListCoding::Bytes::kAroundMean : lists_->snapshot()->coding->bytes();
  const size_t codes = CodeBytesFor(bytes, rows_end);
  const size_t lists = ListIndex::BytesFor(config_, total, rows_end) + codes;
  // What comes while lists are made anew goes into those as well.
  const size_t twice = rebuilding_ ? changes_.size() + rows : 0;
  return BytesBesideCodes(total, rows_end) + codes + text_bytes +
         lists / std::max<size_t>(total, 1) * twice + lists_->CopiedBytesFor(rows);
}

size_t VectorIndex::BytesBesideCodes(size_t entries, size_t rows_end) const {
  return sizeof(*this) + EntryTable::BytesFor(std::max<size_t>(entries_.size(), entries)) +
         ListIndex::BytesFor(config_, entries, rows_end) + HashTableBytes(entries) +
         texts_.memory_bytes();
}

size_t VectorIndex::graph_bytes() const {
  MutexLock lock(mutex_);
  return graph_ == nullptr ? 0 : graph_->memory_bytes();
}

bool VectorIndex::MayHaveGraph(size_t rows) const {
  if (graph_ != nullptr || graph_wanted_) return true;
  if (!checked_.empty()) return false;
  return options_.index == IndexKind::kGraph ||
         (options_.index == IndexKind::kAuto && rows >= options_.least_graph_rows);
}

absl::StatusOr<StagedRows> VectorIndex::Stage(std::vector<VectorEntry> entries) {
  StagedRows staged;
  staged.entries_ = std::move(entries);
  MutexLock lock(mutex_);
  try {
    LOADLINE_RETURN_IF_ERROR(entries_.Reserve(staged.size()));
    staged.numbers_.reserve(staged.size());
    for (const VectorEntry& source : staged.entries_) {
      const uint32_t number = entries_.Take();
      staged.numbers_.push_back(number);
      Entry& entry = entries_.MutableEntry(number);
      entry = {source.id, source.chunk.first_line, source.chunk.last_line};
      if (config_.metric == Metric::kCosine) {
        entry.factor = static_cast<float>(1 / LengthInDouble(source.values));
      }
      entry.file = texts_.Acquire(source.chunk.file);
      entry.language = texts_.Acquire(source.chunk.language);
    }
  } catch (const std::bad_alloc&) {
    Free(staged.numbers_);
    return absl::ResourceExhaustedError("no memory to prepare the batch; use a smaller one");
  }
  staged_ += staged.size();
  return staged;
}

void VectorIndex::Free(absl::Span<const uint32_t> entries) {
  for (const uint32_t number : entries) {
    Entry& entry = entries_.MutableEntry(number);
    for (const std::string** text : {&entry.file, &entry.language}) {
      if (*text != nullptr) texts_.Release(std::exchange(*text, nullptr));
    }
  }
  entries_.GiveBack(entries);
}

void VectorIndex::Publish(StagedRows rows, uint64_t change) {
  MutexLock lock(mutex_);
  change_ = std::max(change_, change);
  Take(rows);
  PublishView();
}

void VectorIndex::PublishLater(StagedRows rows) {
  MutexLock lock(mutex_);
  Take(rows);
}

// More rows than fit into memory with their codes go to the disk at once: lists are made anew
// later.
void VectorIndex::PutCodesOnDiskFor(size_t more) {
  if (lists_->BytesOnDisk() || CodesFit(lists_->rows_end() + more)) return;
  if (!lists_->snapshot()->coding->HasByteRows()) return;
  absl::StatusOr<std::shared_ptr<RecordFile>> file = NewByteFile();
  if (file.ok()) lists_->PutBytesOnDisk(*std::move(file));
}

void VectorIndex::Take(const StagedRows& rows) {
  PutCodesOnDiskFor(rows.size());
  std::vector<uint32_t> replaced;
  for (size_t i = 0; i < rows.size(); ++i) {
    const auto before = numbers_.find(EntryId{rows.entries_[i].id});
    if (before != numbers_.end()) {
      replaced.push_back(*before);
      numbers_.erase(before);
    }
    numbers_.insert(rows.numbers_[i]);
    const double length =
        config_.metric == Metric::kCosine ? 1 : LengthInDouble(rows.entries_[i].values);
    max_length_ = std::max(max_length_, length);
  }
  staged_ -= rows.size();
  RemoveEntries(replaced);
  for (size_t i = 0; i < rows.size(); ++i) {
    const uint32_t entry = rows.numbers_[i];
    lists_->Add({entry, rows.entries_[i].values, entries_.entry(entry).factor});
    if (rebuilding_) changes_.push_back({true, entry, lists_->RowOf(entry)});
  }
  changed_since_build_ += rows.size();
  changed_since_check_ += rows.size();
  changed_since_save_ += rows.size();
}

void VectorIndex::RemoveEntries(absl::Span<const uint32_t> entries) {
  for (const uint32_t entry : entries) {
    if (rebuilding_) changes_.push_back({false, entry, lists_->RowOf(entry)});
    lists_->Remove(entry);
  }
  changed_since_build_ += entries.size();
  changed_since_check_ += entries.size();
  changed_since_save_ += entries.size();
}

void VectorIndex::Abandon(StagedRows rows) {
  MutexLock lock(mutex_);
  staged_ -= rows.size();
  Free(rows.numbers_);
}

void VectorIndex::Remove(absl::Span<const uint64_t> ids, uint64_t change) {
  MutexLock lock(mutex_);
  change_ = std::max(change_, change);
  std::vector<uint32_t> removed;
  for (const uint64_t id : ids) {
    const auto found = numbers_.find(EntryId{id});
    if (found == numbers_.end()) continue;
    removed.push_back(*found);
    numbers_.erase(found);
  }
  RemoveEntries(removed);
  PublishView();
}

void VectorIndex::RemoveByFile(absl::string_view file, uint64_t change) {
  MutexLock lock(mutex_);
  change_ = std::max(change_, change);
  const std::string* const text = texts_.Find(file);
  if (text == nullptr) return;
  std::vector<uint32_t> removed;
  absl::erase_if(numbers_, [&](uint32_t number) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    if (entries_.entry(number).file != text) return false;
    removed.push_back(number);
    return true;
  });
  RemoveEntries(removed);
  PublishView();
}

absl::StatusOr<std::vector<Neighbor>> VectorIndex::Search(absl::Span<const float> query, size_t k,
                                                          const SearchFilter& filter,
                                                          const SearchOptions& options) const {
  const std::shared_ptr<const View> seen = view();
  return SearchView(*seen, query, k, filter, options);
}

absl::StatusOr<std::vector<std::vector<Neighbor>>> VectorIndex::SearchBatch(
    absl::Span<const float> queries, size_t k, const SearchFilter& filter,
    const SearchOptions& options) const {
  const std::shared_ptr<const View> seen = view();
  std::vector<std::vector<Neighbor>> found;
  for (size_t begin = 0; begin < queries.size(); begin += config_.dimension) {
    const auto query = queries.subspan(begin, config_.dimension);
    LOADLINE_ASSIGN_OR_RETURN(found.emplace_back(), SearchView(*seen, query, k, filter, options));
  }
  return found;
}

absl::StatusOr<std::vector<Neighbor>> VectorIndex::SearchView(const View& seen,
                                                              absl::Span<const float> query,
                                                              size_t k, const SearchFilter& filter,
                                                              const SearchOptions& options) const {
  const SearchStop stop(options, *options_.clock);
  LOADLINE_RETURN_IF_ERROR(stop.Check());
  k = std::min(k, seen.count);
  if (k == 0) return std::vector<Neighbor>();
  return Finder(*this, seen, query, filter, EffortFor(seen, options.target_recall), stop).Find(k);
}

SearchEffort VectorIndex::EffortFor(const View& seen, double target_recall) const {
  if (target_recall >= 1) return {.exact = true};
  const bool by_graph = seen.engine == IndexKind::kGraph;
  if (target_recall == 0 || seen.engine == IndexKind::kExact ||
      (by_graph && target_recall <= options_.target_recall)) {
    return seen.effort;
  }
  const CheckedEffort* const chosen = ForTarget(seen.efforts, target_recall);
  return chosen == nullptr ? SearchEffort() : chosen->effort;
}

absl::StatusOr<VectorEntry> VectorIndex::Get(uint64_t id) const {
  VectorEntry found = {.id = id, .values = std::vector<float>(config_.dimension), .chunk = {}};
  // Keeps the row from becoming another one.
  std::shared_ptr<const ListSnapshot> lists;
  uint32_t row = 0;
  {
    MutexLock lock(mutex_);
    const auto number = numbers_.find(EntryId{id});
    if (number == numbers_.end()) {
      return absl::NotFoundError(absl::StrCat("no vector with id ", id));
    }
    const Entry& entry = entries_.entry(*number);
    found.chunk = {*entry.file, entry.first_line, entry.last_line, *entry.language};
    row = lists_->RowOf(*number);
    lists = lists_->snapshot();
  }
  LOADLINE_RETURN_IF_ERROR(ReadValues(*lists->values, row, id, absl::MakeSpan(found.values)));
  return found;
}

VectorIndex::Counts VectorIndex::counts() const {
  const std::shared_ptr<const View> seen = view();
  const ListSnapshot& lists = *seen->lists;
  Counts counts = {.entries = seen->count,
                   .rows = lists.rows,
                   .lists = lists.lists.size(),
                   .unindexed = 0,
                   .dead = lists.places.size() - lists.rows};
  if (seen->graph != nullptr) counts.unindexed = RowsBeside(*seen->graph, lists);
  return counts;
}

void VectorIndex::CheckAgain() {
  MutexLock lock(mutex_);
  check_again_ = true;
}

}  // namespace stowage
