#include <algorithm>
#include <new>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loadline/base/log.h"
#include "loadline/base/status_macros.h"
#include "stowage/vector/vector_checks.h"
#include "stowage/vector/vector_index.h"

// What an index does about its graph: whether there is one, whether it is used, and what becomes of
// it.
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

}  // namespace

size_t VectorIndex::GraphCapacity(size_t rows) const {
  size_t capacity = options_.graph_min_count + kMaxTail;
  while (capacity < rows) capacity += capacity / 2;
  return capacity;
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
