#include "stowage/vector/vector_index.h"

#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/log.h"
#include "loadline/base/status_macros.h"
#include "stowage/vector/vector_checks.h"

namespace stowage {
namespace {

using loadline::ReaderLock;
using loadline::WriterLock;

// Rows past the graph's end that are worth waking the builder for: scanning so many costs a tenth
// of a graph search, linking them a tenth of a second.
constexpr size_t kMaxTail = 512;
// Beyond this, squares of norms approach the range of float; such stores are scanned.
constexpr float kMaxGraphNorm = 1e15F;
// Rows linked under one hold of the lock: what a search waits for, at most.
constexpr size_t kLinksPerHold = 2;
// One in so many nodes that is a new copy of another has a graph tried again.
constexpr size_t kCopiesPerTrial = 50;
// How far a graph search may go before comparing everything is no worse.
constexpr size_t kMinRowsPerCandidate = 16;

// What absl's table occupies that holds `count` elements at a load of at most 7/8.
size_t HashTableBytes(size_t count) {
  size_t places = 8;
  while (places / 8 * 7 < count) places *= 2;
  return places * (sizeof(std::pair<uint64_t, uint32_t>) + 1);
}

}  // namespace

VectorIndex::VectorIndex(const StoreConfig& config, const VectorIndexOptions& options)
    : config_(config), options_(options), rows_(config) {}

size_t VectorIndex::TextBytes(absl::Span<const VectorEntry> entries) {
  absl::flat_hash_set<absl::string_view> distinct;
  size_t bytes = 0;
  for (const VectorEntry& entry : entries) {
    for (const absl::string_view text :
         {absl::string_view(entry.chunk.file), absl::string_view(entry.chunk.language)}) {
      if (distinct.insert(text).second) bytes += StringPool::BytesFor(text.size());
    }
  }
  return bytes;
}

size_t VectorIndex::GraphCapacity(size_t rows) const {
  size_t capacity = options_.graph_min_count + kMaxTail;
  while (capacity < rows) capacity += capacity / 2;
  return capacity;
}

size_t VectorIndex::PredictBytes(size_t rows, size_t text_bytes) const {
  ReaderLock lock(mutex_);
  const size_t total = rows_.size() + staged_ + rows;
  size_t bytes = sizeof(*this) + RowTable::PredictBytes(config_.dimension, total) +
                 std::max(HashTableBytes(total), HashTableBytes(slots_.capacity() / 8 * 7)) +
                 texts_.memory_bytes() + text_bytes;
  if (total >= options_.graph_min_count) {
    bytes += HnswGraph::PredictBytes(GraphCapacity(total), options_.graph) +
             TrialBytes(static_cast<uint32_t>(total));
  }
  return bytes;
}

absl::StatusOr<StagedRows> VectorIndex::Stage(std::vector<VectorEntry> entries) {
  try {
    StagedRows staged = Encode(std::move(entries));
    WriterLock lock(mutex_);
    const size_t total = rows_.size() + staged_ + staged.size();
    LOADLINE_RETURN_IF_ERROR(rows_.Reserve(total));
    slots_.reserve(total);
    AcquireTexts(staged);
    staged_ += staged.size();
    return staged;
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("no memory to prepare the batch; use a smaller one");
  }
}

StagedRows VectorIndex::Encode(std::vector<VectorEntry> entries) const {
  const size_t stride = CodeBytes(config_.dimension) / sizeof(CodeHeader);
  StagedRows staged;
  staged.codes_.resize(entries.size() * stride);
  staged.metas_.resize(entries.size());
  for (size_t i = 0; i < entries.size(); ++i) {
    RowMeta& meta = staged.metas_[i];
    meta.id = entries[i].id;
    meta.first_line = entries[i].chunk.first_line;
    meta.last_line = entries[i].chunk.last_line;
    meta.factor = EncodeRow(config_, entries[i].values,
                            reinterpret_cast<std::byte*>(&staged.codes_[i * stride]));
  }
  staged.entries_ = std::move(entries);
  return staged;
}

// All texts or, when memory runs out, none.
void VectorIndex::AcquireTexts(StagedRows& staged) {
  std::vector<uint32_t> acquired;
  acquired.reserve(2 * staged.size());
  try {
    for (const VectorEntry& entry : staged.entries_) {
      acquired.push_back(texts_.Acquire(entry.chunk.file));
      acquired.push_back(texts_.Acquire(entry.chunk.language));
    }
  } catch (...) {
    for (const uint32_t number : acquired) texts_.Release(number);
    throw;
  }
  for (size_t i = 0; i < staged.size(); ++i) {
    staged.metas_[i].file = acquired[2 * i];
    staged.metas_[i].language = acquired[2 * i + 1];
  }
}

void VectorIndex::Publish(StagedRows rows) {
  WriterLock lock(mutex_);
  for (size_t i = 0; i < rows.size(); ++i) AppendStaged(rows, i);
  staged_ -= rows.size();
  ReleaseSpareBlocks();
}

void VectorIndex::AppendStaged(const StagedRows& rows, size_t position) {
  const size_t stride = CodeBytes(config_.dimension) / sizeof(CodeHeader);
  const RowMeta& meta = rows.metas_[position];
  if (const auto old = slots_.find(meta.id); old != slots_.end()) RemoveSlot(old->second);
  slots_[meta.id] = static_cast<uint32_t>(rows_.size());
  ++changes_;
  rows_.Append(rows.entries_[position].values.data(),
               reinterpret_cast<const std::byte*>(&rows.codes_[position * stride]), meta);
}

void VectorIndex::Abandon(StagedRows rows) {
  WriterLock lock(mutex_);
  for (const RowMeta& meta : rows.metas_) {
    texts_.Release(meta.file);
    texts_.Release(meta.language);
  }
  staged_ -= rows.size();
  ReleaseSpareBlocks();
}

void VectorIndex::Remove(absl::Span<const uint64_t> ids) {
  WriterLock lock(mutex_);
  for (const uint64_t id : ids) {
    if (const auto found = slots_.find(id); found != slots_.end()) RemoveSlot(found->second);
  }
  ReleaseSpareBlocks();
}

void VectorIndex::RemoveByFile(absl::string_view file) {
  WriterLock lock(mutex_);
  const std::optional<uint32_t> number = texts_.Find(file);
  if (!number.has_value()) return;
  // From the end: a removal moves the last row, which has been looked at, to the slot it frees.
  for (auto slot = static_cast<uint32_t>(rows_.size()); slot-- > 0;) {
    const RowMeta& meta = rows_.meta(slot);
    if (!meta.dead && meta.file == *number) RemoveSlot(slot);
  }
  ReleaseSpareBlocks();
}

void VectorIndex::RemoveSlot(uint32_t slot) {
  const RowMeta& meta = rows_.meta(slot);
  ++changes_;
  slots_.erase(meta.id);
  texts_.Release(meta.file);
  texts_.Release(meta.language);
  if (slot < claimed_) {
    rows_.SetDead(slot);
  } else {
    CloseGap(slot);
  }
}

void VectorIndex::CloseGap(uint32_t slot) {
  rows_.MoveLastTo(slot);
  if (slot < rows_.size()) slots_[rows_.meta(slot).id] = slot;
}

void VectorIndex::ReleaseSpareBlocks() { rows_.Shrink(rows_.size() + staged_); }

RowFilter VectorIndex::Resolve(const SearchFilter& filter) const {
  RowFilter resolved;
  if (filter.path_prefix.empty() && filter.language.empty()) return resolved;
  resolved.all = false;
  resolved.files.resize(texts_.size());
  resolved.languages.resize(texts_.size());
  for (uint32_t number = 0; number < texts_.size(); ++number) {
    const std::string& text = texts_.text(number);
    resolved.files[number] = absl::StartsWith(text, filter.path_prefix);
    resolved.languages[number] = filter.language.empty() || text == filter.language;
  }
  return resolved;
}

std::vector<Neighbor> VectorIndex::Search(absl::Span<const float> values, size_t k,
                                          const SearchFilter& filter) const {
  const EncodedQuery query = EncodeQuery(values, config_.metric);
  std::vector<Neighbor> neighbors;
  ReaderLock lock(mutex_);
  k = std::min(k, rows_.live_count());
  if (k == 0) return neighbors;
  const RowFilter matching = Resolve(filter);
  TopK top(k);
  const auto size = static_cast<uint32_t>(rows_.size());
  if (!GraphIsUsed() || !matching.all || !SearchGraph(*graph_, query, k, top)) {
    ScanRows(rows_, query, matching, 0, size, top);
  }
  const std::vector<RankedRow> found = top.TakeSorted();
  neighbors.reserve(found.size());
  for (const RankedRow& row : found) {
    neighbors.push_back({row.id, row.distance, ChunkOf(rows_.meta(row.slot))});
  }
  return neighbors;
}

// As many more as there are dead rows among them.
size_t VectorIndex::CandidatesFor(size_t k) const {
  return std::max(options_.ef, 2 * k) * rows_.size() / rows_.live_count();
}

// False, with nothing offered, when the graph is not to be used for this search.
bool VectorIndex::SearchGraph(const HnswGraph& graph, const EncodedQuery& query, size_t k,
                              TopK& top) const {
  if (query.norm > double{kMaxGraphNorm}) return false;
  const size_t ef = CandidatesFor(k);
  if (ef * kMinRowsPerCandidate > graph.size()) return false;
  thread_local std::vector<GraphCandidate> found;
  graph.Search(query, ef, found);
  std::erase_if(found, [&](const GraphCandidate& candidate) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    return rows_.meta(candidate.slot).dead;
  });
  // A part of the graph that links no longer reach would show as too few: then compare all.
  if (found.size() < k) return false;
  for (const GraphCandidate& candidate : found) {
    top.Offer({ExactDistance(rows_, query, candidate.slot), rows_.meta(candidate.slot).id,
               candidate.slot});
  }
  ScanRows(rows_, query, RowFilter(), static_cast<uint32_t>(graph.size()),
           static_cast<uint32_t>(rows_.size()), top);
  return true;
}

ChunkRef VectorIndex::ChunkOf(const RowMeta& meta) const {
  return {texts_.text(meta.file), meta.first_line, meta.last_line, texts_.text(meta.language)};
}

absl::StatusOr<VectorEntry> VectorIndex::Get(uint64_t id) const {
  ReaderLock lock(mutex_);
  const auto found = slots_.find(id);
  if (found == slots_.end()) return absl::NotFoundError(absl::StrCat("no vector with id ", id));
  return VectorEntry{id, CopyOf(found->second), ChunkOf(rows_.meta(found->second))};
}

std::vector<float> VectorIndex::CopyOf(uint32_t slot) const {
  const float* const values = rows_.values(slot);
  return {values, values + config_.dimension};
}

std::vector<float> VectorIndex::ValuesOf(uint32_t claimed_slot) const {
  ReaderLock lock(mutex_);
  return CopyOf(claimed_slot);
}

VectorIndex::Counts VectorIndex::counts() const {
  ReaderLock lock(mutex_);
  return {rows_.live_count(), graph_ == nullptr ? 0 : graph_->size(), rows_.dead_count()};
}

absl::Status VectorIndex::graph_status() const {
  ReaderLock lock(mutex_);
  return graph_status_;
}

std::optional<GraphVerdict> VectorIndex::graph_verdict() const {
  ReaderLock lock(mutex_);
  return tried_ ? std::optional(tried_->verdict) : std::nullopt;
}

std::string VectorIndex::WhyNoGraph() const {
  ReaderLock lock(mutex_);
  if (GraphIsUsed()) return "";
  if (graph_ != nullptr && !tried_) {
    if (CanBeAsked(*graph_)) return "not tried yet";
    return absl::StrCat("a graph of ", graph_->size(),
                        " vectors, too few for it to be faster than comparing all");
  }
  if (!graph_status_.ok()) return std::string(graph_status_.message());
  if (rows_.live_count() < options_.graph_min_count) {
    return absl::StrCat("fewer than ", options_.graph_min_count, " vectors");
  }
  if (rows_.max_norm() > kMaxGraphNorm) {
    return absl::StrCat("a vector of length ", rows_.max_norm(), ", above ", kMaxGraphNorm);
  }
  if (tried_ && !tried_->verdict.good()) {
    return absl::StrCat("the graph ", tried_->verdict.Describe());
  }
  return "not built yet";
}

void VectorIndex::TryGraphAgain() {
  WriterLock lock(mutex_);
  try_again_ = graph_ != nullptr;
}

bool VectorIndex::NeedsIndexing() const {
  ReaderLock lock(mutex_);
  return PendingWork() != Work::kNone;
}

bool VectorIndex::GraphWanted() const {
  const bool in_vain = tried_ && !tried_->verdict.good() && changes_ * 2 < tried_->nodes;
  return !in_vain && graph_status_.ok() && rows_.live_count() >= options_.graph_min_count &&
         rows_.max_norm() <= kMaxGraphNorm;
}

VectorIndex::Work VectorIndex::PendingWork() const {
  // Half the rows that made it worthwhile: so that a store at the border does not flap.
  const bool too_small = rows_.live_count() < options_.graph_min_count / 2;
  const bool unfit = rows_.max_norm() > kMaxGraphNorm || too_small;
  if (claimed_ > 0 && (unfit || rows_.dead_count() * 4 > rows_.size())) return Work::kCompact;
  if (graph_ == nullptr) return GraphWanted() ? Work::kBuild : Work::kNone;
  if (TrialIsDue()) return Work::kTry;
  return rows_.size() - graph_->size() >= kMaxTail ? Work::kExtend : Work::kNone;
}

bool VectorIndex::GraphIsUsed() const {
  return graph_ != nullptr && tried_ && tried_->verdict.good();
}

bool VectorIndex::CanBeAsked(const HnswGraph& graph) const {
  if (rows_.live_count() == 0 || rows_.max_norm() > kMaxGraphNorm) return false;
  return CandidatesFor(kTrialNeighbors) * kMinRowsPerCandidate <= graph.size();
}

bool VectorIndex::TrialIsDue() const {
  if (!CanBeAsked(*graph_)) return false;
  if (!tried_ || try_again_) return true;
  return graph_->size() - tried_->nodes >= tried_->nodes / 4 + 1 ||
         (graph_->copies() - tried_->copies) * kCopiesPerTrial > graph_->size();
}

void VectorIndex::RunIndexing(const std::atomic<bool>& cancelled) {
  while (!cancelled.load(std::memory_order_relaxed)) {
    Work work;
    {
      ReaderLock lock(mutex_);
      work = PendingWork();
    }
    if (work == Work::kNone) return;
    if (const absl::Status status = Do(work, cancelled); !status.ok()) GiveUpGraph(status);
  }
}

absl::Status VectorIndex::Do(Work work, const std::atomic<bool>& cancelled) {
  absl::Status status;
  try {
    if (work == Work::kCompact) Compact();
    if (work == Work::kBuild) status = Build(cancelled);
    if (work == Work::kExtend) status = Extend(cancelled);
    if (work == Work::kTry) TryPublished(cancelled);
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("building or trying a graph: no memory");
  }
  return status;
}

void VectorIndex::Compact() {
  std::unique_ptr<HnswGraph> dropped;  // destroyed after the lock is given up
  WriterLock lock(mutex_);
  dropped = std::move(graph_);
  claimed_ = 0;
  for (auto slot = static_cast<uint32_t>(rows_.size()); slot-- > 0;) {
    if (rows_.meta(slot).dead) CloseGap(slot);
  }
  ReleaseSpareBlocks();
}

// Nobody else touches a graph that is not published, and the codes of claimed slots do not move,
// so all but the first and the last step go without the lock.
absl::Status VectorIndex::Build(const std::atomic<bool>& cancelled) {
  CodeView codes;
  size_t end = 0;
  {
    WriterLock lock(mutex_);
    end = claimed_ = rows_.size();
    codes = rows_.code_view();
    changes_ = 0;
  }
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<HnswGraph> graph,
                            HnswGraph::Create(config_, GraphCapacity(end), options_.graph));
  graph->SetCodes(codes);
  while (graph->size() < end) {
    if (cancelled.load(std::memory_order_relaxed)) return absl::OkStatus();
    LOADLINE_RETURN_IF_ERROR(graph->InsertNext());
  }
  const std::optional<GraphVerdict> verdict = Try(*graph, codes, cancelled);
  if (!verdict) return absl::OkStatus();
  bool keep = false;
  {
    WriterLock lock(mutex_);
    keep = Accept(*graph, *verdict);
    if (keep) graph_ = std::move(graph);
  }
  if (!keep) DropGraph(*verdict);
  return absl::OkStatus();
}

bool VectorIndex::Accept(const HnswGraph& graph, const GraphVerdict& verdict) {
  if (verdict.queries == 0 && !CanBeAsked(graph)) {
    if (graph_ == nullptr) tried_.reset();  // that was another graph
    return true;
  }
  try_again_ = false;
  tried_ = {.verdict = verdict, .nodes = graph.size(), .copies = graph.copies()};
  return verdict.good();
}

// Only this thread changes the graph and moves rows that it covers.
void VectorIndex::TryPublished(const std::atomic<bool>& cancelled) {
  CodeView codes;
  const HnswGraph* graph = nullptr;
  {
    ReaderLock lock(mutex_);
    codes = rows_.code_view();
    graph = graph_.get();
  }
  const std::optional<GraphVerdict> verdict = Try(*graph, codes, cancelled);
  if (!verdict) return;
  bool keep = false;
  {
    WriterLock lock(mutex_);
    keep = Accept(*graph, *verdict);
    if (!keep) changes_ = 0;
  }
  if (!keep) DropGraph(*verdict);
}

std::optional<GraphVerdict> VectorIndex::Try(const HnswGraph& graph, const CodeView& codes,
                                             const std::atomic<bool>& cancelled) const {
  {
    ReaderLock lock(mutex_);
    if (!CanBeAsked(graph)) return GraphVerdict();
  }
  const TrialRows rows =
      ChooseTrialRows(config_, codes, static_cast<uint32_t>(graph.size()), cancelled);
  GraphTrial trial;
  for (const uint32_t slot : rows.far_apart) {
    if (cancelled.load(std::memory_order_relaxed)) return std::nullopt;
    Ask(graph, ValuesOf(slot), /*counts=*/false, trial);
  }
  for (const uint32_t slot : rows.drawn) {
    if (cancelled.load(std::memory_order_relaxed)) return std::nullopt;
    std::vector<float> query = ValuesOf(slot);
    const std::vector<float> neighbor = Ask(graph, query, /*counts=*/true, trial);
    if (neighbor.empty() || slot % 2 == 0) continue;
    // Queries are like rows and seldom are rows: half way to a neighbour.
    for (size_t i = 0; i < query.size(); ++i) query[i] += (neighbor[i] - query[i]) / 2;
    if (CheckValues(query, config_).ok()) Ask(graph, query, /*counts=*/true, trial);
  }
  return trial.verdict();
}

std::vector<float> VectorIndex::Ask(const HnswGraph& graph, absl::Span<const float> values,
                                    bool counts, GraphTrial& trial) const {
  const EncodedQuery query = EncodeQuery(values, config_.metric);
  ReaderLock lock(mutex_);
  const size_t k = std::min(kTrialNeighbors, rows_.live_count());
  if (k == 0) return {};
  TopK exact(k);
  TopK by_graph(k);
  // A search for which the graph is not used is exact anyway.
  if (!SearchGraph(graph, query, k, by_graph)) return {};
  ScanRows(rows_, query, RowFilter(), 0, static_cast<uint32_t>(rows_.size()), exact);
  const std::vector<RankedRow> nearest = exact.TakeSorted();
  trial.Add(nearest, by_graph.TakeSorted(), counts);
  // Copied under this lock: rows past the graph's end may go as soon as it is given up.
  return CopyOf(nearest.back().slot);
}

void VectorIndex::DropGraph(const GraphVerdict& verdict) {
  loadline::Log({loadline::LogLevel::kInfo,
                 "vector",
                 "a graph does not fit a store's vectors; its searches compare every vector",
                 {{"file", options_.path}, {"the_graph", verdict.Describe()}}});
  Compact();
}

absl::Status VectorIndex::Extend(const std::atomic<bool>& cancelled) {
  while (!cancelled.load(std::memory_order_relaxed)) {
    WriterLock lock(mutex_);
    if (graph_->size() == rows_.size() || TrialIsDue()) break;
    LOADLINE_RETURN_IF_ERROR(graph_->Reserve(GraphCapacity(rows_.size())));
    graph_->SetCodes(rows_.code_view());
    const size_t end = std::min(rows_.size(), graph_->size() + kLinksPerHold);
    claimed_ = end;
    while (graph_->size() < end) LOADLINE_RETURN_IF_ERROR(graph_->InsertNext());
  }
  return absl::OkStatus();
}

void VectorIndex::GiveUpGraph(const absl::Status& status) {
  loadline::Log({loadline::LogLevel::kWarning,
                 "vector",
                 "no graph for a store; its searches compare every vector",
                 {{"file", options_.path}, {"reason", std::string(status.message())}}});
  {
    WriterLock lock(mutex_);
    graph_status_ = status;
  }
  Compact();
}

}  // namespace stowage
