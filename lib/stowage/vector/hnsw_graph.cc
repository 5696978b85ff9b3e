// The one file of the library that includes hnswlib. Its headers define functions that are not
// inline, some in no namespace at all: within one of ours they have names of their own, and
// programs that include hnswlib themselves still link. What those headers include comes before,
// outside. All that hnswlib throws is caught here.
#include "stowage/vector/hnsw_graph.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE__
#include <cpuid.h>
#include <immintrin.h>
#include <x86intrin.h>
#endif

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cmath>
#include <cstring>
#include <deque>
#include <exception>
#include <fstream>
#include <functional>
#include <iostream>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "stowage/vector/distance.h"
#include "stowage/vector/list_kernels.h"

namespace hnswlib_of_stowage {
#include "hnswlib/hnswlib.h"
}  // namespace hnswlib_of_stowage

namespace stowage {
namespace {

namespace hnswlib = hnswlib_of_stowage::hnswlib;
using Index = hnswlib::HierarchicalNSW<float>;

// hnswlib has an array of so many locks, 2.5 MiB for even the smallest graph, and takes one by
// label modulo that number. Labels are nodes here: no lock above the capacity is ever taken.
constexpr size_t kLabelLocks = 65'536;

// Gives back the locks that are never taken. Their array has another name in each version; of one
// that we do not know it stays as it is.
template <typename AnyIndex>
void TrimLabelLocks(AnyIndex& index) {
  const auto trim = [&](std::vector<std::mutex>& locks) {
    std::vector<std::mutex>(std::min(index.max_elements_, kLabelLocks)).swap(locks);
  };
  if constexpr (requires { trim(index.label_op_locks_); }) {
    trim(index.label_op_locks_);  // 0.7 and 0.8
  } else if constexpr (requires { trim(index.link_list_update_locks_); }) {
    trim(index.link_list_update_locks_);  // 0.6
  }
}

absl::Status CheckOptions(const GraphOptions& options, size_t capacity) {
  if (options.m < 2 || options.m > 100) {
    return absl::InvalidArgumentError(absl::StrCat("m is ", options.m, ", want 2 to 100"));
  }
  if (options.ef_construction == 0 || options.ef_construction > 10'000) {
    return absl::InvalidArgumentError(
        absl::StrCat("ef_construction is ", options.ef_construction, ", want 1 to 10,000"));
  }
  if (capacity == 0 || capacity > (size_t{1} << 31)) {
    return absl::InvalidArgumentError(
        absl::StrCat("capacity is ", capacity, ", want 1 to 2^31 nodes"));
  }
  return absl::OkStatus();
}

// Runs `call` and turns what it throws into a status that says what was attempted.
template <typename Call>
absl::Status Catching(absl::string_view what, Call call) {
  try {
    call();
    return absl::OkStatus();
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat(what, ": no memory"));
  } catch (const std::exception& error) {
    const std::string message = error.what();
    const bool no_memory = message.find("Not enough memory") != std::string::npos ||
                           message.find("exceeds the specified limit") != std::string::npos;
    return absl::Status(
        no_memory ? absl::StatusCode::kResourceExhausted : absl::StatusCode::kInternal,
        absl::StrCat(what, ": hnswlib: ", message));
  }
}

// What hnswlib measures by: a point is its node's number, the distance looks up the row's codes. Of
// rows that are y1 and y2 less the mean,
//   squared L2, cosine: ||y1 - y2||^2, which for vectors of one length orders as their product does
//   inner product:      -<x1, x2> = -<y1, y2> - <y1, m> - <y2, m>, and a constant
struct RowSpaceParameter {
  bool by_product = false;
  float half = 1;  // what a code's factor and length are multiplied by to be those of y
  size_t padded = 0;
  const ByteRows* bytes = nullptr;
  std::vector<uint32_t> rows;  // by node
  std::vector<float> on_mean;  // <y, m> by node, by product only
};

float RowDistance(const void* a, const void* b, const void* parameter) {
  const auto& space = *static_cast<const RowSpaceParameter*>(parameter);
  const uint32_t first = *static_cast<const uint32_t*>(a);
  const uint32_t second = *static_cast<const uint32_t*>(b);
  const uint32_t first_row = space.rows[first];
  const uint32_t second_row = space.rows[second];
  const ByteTerms& x = space.bytes->terms(first_row);
  const ByteTerms& y = space.bytes->terms(second_row);
  const int32_t dot = ActiveListKernels().dot_byte_rows(
      space.bytes->codes(first_row), space.bytes->codes(second_row), space.padded);
  // The factors' signs are alike.
  const float product =
      space.half * x.terms.factor * space.half * y.terms.factor * static_cast<float>(dot);
  if (space.by_product) return -product - space.on_mean[first] - space.on_mean[second];
  const float lengths = space.half * space.half * (x.length * x.length + y.length * y.length);
  return lengths - 2 * product;
}

class RowSpace : public hnswlib::SpaceInterface<float> {
 public:
  explicit RowSpace(const ListCoding& coding) {
    parameter_.by_product = coding.config().metric == Metric::kInnerProduct;
    parameter_.half = coding.squared_l2() ? 0.5F : 1;
    parameter_.padded = PaddedBytes(coding.dim());
  }

  size_t get_data_size() override { return sizeof(uint32_t); }
  hnswlib::DISTFUNC<float> get_dist_func() override { return RowDistance; }
  void* get_dist_func_param() override { return &parameter_; }
  RowSpaceParameter& parameter() { return parameter_; }

 private:
  RowSpaceParameter parameter_;
};

// Scratch of one thread's searches.
struct SearchScratch {
  struct Entry {
    float score;
    uint32_t node;
    bool expanded;
    friend bool operator<(const Entry& a, const Entry& b) { return a.score < b.score; }
  };
  std::vector<uint64_t> visited;  // one bit a node
  std::vector<Entry> pool;        // the nearest so far, sorted
  std::vector<uint32_t> batch;

  // Whether the node was new.
  bool Visit(uint32_t node) {
    uint64_t& word = visited[node / 64];
    const uint64_t bit = uint64_t{1} << (node % 64);
    if ((word & bit) != 0) return false;
    word |= bit;
    return true;
  }
};

// One search over the links that hnswlib made. Not its own searchKnn(): that counts each hop in an
// atomic that all threads share, keeps ef in the index, and touches one neighbour's vector at a
// time where all of a node's neighbours can be fetched together.
class GraphSearch {
 public:
  GraphSearch(const Index& index, absl::Span<const uint32_t> rows, const ListCoding& coding,
              const ByteRows& bytes, const ListQuery& query, size_t ef,
              std::optional<uint32_t> without, absl::FunctionRef<bool()> stopped,
              SearchScratch& scratch)
      : index_(index),
        rows_(rows),
        bytes_(bytes),
        query_(query),
        padded_(PaddedBytes(coding.dim())),
        terms_(ListCentres::TermsOf(query, coding.squared_l2(), coding.mean_reference())),
        ef_(ef),
        without_(without),
        stopped_(stopped),
        scratch_(scratch) {
    scratch_.visited.assign((index.cur_element_count + 63) / 64, 0);
    scratch_.pool.clear();
  }

  void Run() {
    scratch_.batch.assign(1, Descend());
    scratch_.Visit(scratch_.batch[0]);
    size_t next = RankBatch();
    while (next < scratch_.pool.size()) {
      SearchScratch::Entry& entry = scratch_.pool[next];
      if (entry.expanded) {
        ++next;
        continue;
      }
      entry.expanded = true;
      if (stopped_()) return;
      CollectNeighbours(index_.get_linklist0(entry.node), /*unvisited_only=*/true);
      next = std::min(next, RankBatch());
    }
  }

  size_t scored() const { return scored_; }

 private:
  // Greedy walk from the entry point through the sparse upper levels.
  uint32_t Descend() {
    uint32_t node = index_.enterpoint_node_;
    float nearest = Score(node);
    for (int level = index_.maxlevel_; level > 0; --level) {
      for (bool moved = true; moved;) {
        moved = false;
        CollectNeighbours(index_.get_linklist(node, level), /*unvisited_only=*/false);
        for (const uint32_t neighbour : scratch_.batch) {
          const float score = Score(neighbour);
          if (!(score < nearest)) continue;  // nor where it is no number
          nearest = score;
          node = neighbour;
          moved = true;
        }
      }
    }
    return node;
  }

  void CollectNeighbours(const hnswlib::linklistsizeint* list, bool unvisited_only) {
    const size_t count = index_.getListCount(const_cast<hnswlib::linklistsizeint*>(list));
    const auto* const nodes = reinterpret_cast<const hnswlib::tableint*>(list + 1);
    scratch_.batch.clear();
    for (size_t i = 0; i < count; ++i) {
      if (rows_[nodes[i]] == without_) continue;
      if (unvisited_only && !scratch_.Visit(nodes[i])) continue;
      scratch_.batch.push_back(nodes[i]);
      bytes_.Prefetch(rows_[nodes[i]]);
    }
  }

  float Score(uint32_t node) {
    ++scored_;
    const uint32_t row = rows_[node];
    const ByteTerms& coded = bytes_.terms(row);
    const ByteDot dot =
        ActiveListKernels().dot_byte_row(bytes_.codes(row), padded_, query_.split.bytes);
    return terms_.base + terms_.along * coded.terms.along +
           coded.terms.factor * query_.split.Product(dot);
  }

  // Puts the batch where it belongs in the pool; the first position that changed.
  size_t RankBatch() {
    std::vector<SearchScratch::Entry>& pool = scratch_.pool;
    size_t first = pool.size();
    for (const uint32_t node : scratch_.batch) {
      const SearchScratch::Entry entry = {Score(node), node, false};
      if (pool.size() == ef_) {
        if (entry.score >= pool.back().score) continue;
        pool.pop_back();
      }
      const auto place = std::upper_bound(pool.begin(), pool.end(), entry);
      first = std::min(first, static_cast<size_t>(place - pool.begin()));
      pool.insert(place, entry);
    }
    return first;
  }

  const Index& index_;
  const absl::Span<const uint32_t> rows_;
  const ByteRows& bytes_;
  const ListQuery& query_;
  const size_t padded_;
  const ListTerms terms_;
  const size_t ef_;
  const std::optional<uint32_t> without_;
  const absl::FunctionRef<bool()> stopped_;
  SearchScratch& scratch_;
  size_t scored_ = 0;
};

// <y, m> of a row, from its code.
float OnMean(const ListCoding& coding, const SplitBytes& mean, const ByteRows& bytes,
             uint32_t row) {
  const ByteDot dot =
      ActiveListKernels().dot_byte_row(bytes.codes(row), PaddedBytes(coding.dim()), mean.bytes);
  return -bytes.terms(row).terms.factor * mean.Product(dot);
}

hnswlib::linklistsizeint* LinksOf(const Index& index, uint32_t node, size_t level) {
  return level == 0 ? index.get_linklist0(node) : index.get_linklist(node, static_cast<int>(level));
}

}  // namespace

struct HnswGraph::Impl {
  std::shared_ptr<const ListCoding> coding;
  SplitBytes mean;
  RowSpace space;  // before the index, which points at its parameter
  Index index;
  std::vector<bool> linked;  // by row, up to the largest

  Impl(std::shared_ptr<const ListCoding> of, size_t capacity, const GraphOptions& options)
      : coding(std::move(of)),
        space(*coding),
        index(&space, capacity, options.m, options.ef_construction, options.seed) {
    Split(coding->rotated_mean(), mean);
    space.parameter().rows.reserve(capacity);
    if (space.parameter().by_product) space.parameter().on_mean.reserve(capacity);
    TrimLabelLocks(index);
  }

  // The row becomes that of the next node. May throw.
  void AddRow(uint32_t row) {
    space.parameter().rows.push_back(row);
    if (linked.size() <= row) linked.resize(row + 1);
    linked[row] = true;
  }
};

HnswGraph::HnswGraph(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HnswGraph::~HnswGraph() = default;

absl::StatusOr<std::unique_ptr<HnswGraph>> HnswGraph::Create(
    std::shared_ptr<const ListCoding> coding, size_t capacity, const GraphOptions& options) {
  if (absl::Status status = CheckOptions(options, capacity); !status.ok()) return status;
  std::unique_ptr<Impl> impl;
  const absl::Status status =
      Catching(absl::StrCat("making a graph for ", capacity, " vectors"),
               [&] { impl = std::make_unique<Impl>(std::move(coding), capacity, options); });
  if (!status.ok()) return status;
  return std::unique_ptr<HnswGraph>(new HnswGraph(std::move(impl)));
}

size_t HnswGraph::size() const { return impl_->index.cur_element_count; }
size_t HnswGraph::capacity() const { return impl_->index.max_elements_; }
uint32_t HnswGraph::rows_end() const { return static_cast<uint32_t>(impl_->linked.size()); }
bool HnswGraph::Has(uint32_t row) const { return row < rows_end() && impl_->linked[row]; }

absl::Status HnswGraph::Link(const ByteRows& bytes, uint32_t row) {
  Index& index = impl_->index;
  RowSpaceParameter& space = impl_->space.parameter();
  const auto node = static_cast<uint32_t>(index.cur_element_count);
  return Catching(absl::StrCat("linking vector ", node), [&] {
    space.bytes = &bytes;
    impl_->AddRow(row);
    if (space.by_product) {
      space.on_mean.push_back(OnMean(*impl_->coding, impl_->mean, bytes, row));
    }
    index.addPoint(&node, node, -1);
    // The table from labels to nodes serves updates only, which are never made here.
    index.label_lookup_.clear();
  });
}

size_t HnswGraph::Search(const ByteRows& bytes, const ListQuery& query, size_t ef,
                         std::optional<uint32_t> without, absl::FunctionRef<bool()> stopped,
                         std::vector<Found>& found) const {
  found.clear();
  if (size() == 0) return 0;
  thread_local SearchScratch scratch;
  GraphSearch search(impl_->index, impl_->space.parameter().rows, *impl_->coding, bytes, query,
                     std::max<size_t>(ef, 1), without, stopped, scratch);
  search.Run();
  for (const auto& entry : scratch.pool) {
    found.push_back({impl_->space.parameter().rows[entry.node], entry.score});
  }
  return search.scored();
}

absl::Span<const uint32_t> HnswGraph::rows() const { return impl_->space.parameter().rows; }
absl::Span<const float> HnswGraph::on_mean() const { return impl_->space.parameter().on_mean; }
size_t HnswGraph::m() const { return impl_->index.M_; }
uint32_t HnswGraph::entry() const { return impl_->index.enterpoint_node_; }
size_t HnswGraph::level(uint32_t node) const {
  return static_cast<size_t>(impl_->index.element_levels_[node]);
}

absl::Span<const uint32_t> HnswGraph::links(uint32_t node, size_t level) const {
  const hnswlib::linklistsizeint* const list = LinksOf(impl_->index, node, level);
  return {list + 1, impl_->index.getListCount(const_cast<hnswlib::linklistsizeint*>(list))};
}

size_t HnswGraph::MostLinks(size_t level) const {
  return level == 0 ? impl_->index.maxM0_ : impl_->index.maxM_;
}

void HnswGraph::SetLinks(uint32_t node, size_t level, absl::Span<const uint32_t> links) {
  hnswlib::linklistsizeint* const list = LinksOf(impl_->index, node, level);
  impl_->index.setListCount(list, static_cast<unsigned short>(links.size()));
  std::copy(links.begin(), links.end(), list + 1);
}

absl::StatusOr<std::unique_ptr<HnswGraph>> HnswGraph::Restore(
    std::shared_ptr<const ListCoding> coding, Nodes nodes) {
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<HnswGraph> graph,
                            Create(std::move(coding), nodes.rows.size(), {.m = nodes.m}));
  Index& index = graph->impl_->index;
  for (uint32_t node = 0; node < nodes.rows.size(); ++node) {
    graph->impl_->AddRow(nodes.rows[node]);
    std::memset(index.get_linklist0(node), 0, index.size_data_per_element_);
    const size_t levels = nodes.levels[node];
    if (levels > 0) {
      void* const upper = std::calloc(levels, index.size_links_per_element_);
      if (upper == nullptr) return absl::ResourceExhaustedError("reading a graph: no memory");
      index.linkLists_[node] = static_cast<char*>(upper);
    }
    // The index frees the upper levels of the nodes that it counts.
    index.element_levels_[node] = static_cast<int>(levels);
    index.cur_element_count = node + 1;
  }
  graph->impl_->space.parameter().on_mean = std::move(nodes.on_mean);
  index.enterpoint_node_ = nodes.entry;
  index.maxlevel_ = nodes.levels[nodes.entry];
  return graph;
}

size_t HnswGraph::PredictBytes(size_t capacity, const GraphOptions& options) {
  constexpr size_t kAllocatorOverhead = 16;
  const size_t links = sizeof(hnswlib::linklistsizeint) + options.m * sizeof(hnswlib::tableint);
  const size_t ground =
      links + options.m * sizeof(hnswlib::tableint) + sizeof(uint32_t) + sizeof(hnswlib::labeltype);
  // A node has an upper level with probability 1/m, a further one with 1/m^2, ...
  const size_t upper = (links + kAllocatorOverhead) / (options.m - 1) + 1;
  const size_t beside = sizeof(uint32_t) + sizeof(float);  // its row, and that row on the mean
  const size_t per_node = ground + upper + sizeof(void*) + sizeof(int) + sizeof(std::mutex) +
                          sizeof(hnswlib::vl_type) + beside;
  return capacity * per_node + std::min(capacity, kLabelLocks) * sizeof(std::mutex) + sizeof(Impl);
}

}  // namespace stowage
