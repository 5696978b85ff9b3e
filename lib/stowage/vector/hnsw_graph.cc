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
#include <queue>
#include <random>
#include <stdexcept>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "stowage/vector/distance.h"

namespace hnswlib_of_stowage {
#include "hnswlib/hnswlib.h"
}  // namespace hnswlib_of_stowage

namespace stowage {
namespace {

namespace hnswlib = hnswlib_of_stowage::hnswlib;
using Index = hnswlib::HierarchicalNSW<float>;

// hnswlib has an array of so many locks, 2.5 MiB for even the smallest graph, and takes one by
// label modulo that number. Labels are slots here: no lock above the capacity is ever taken.
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

struct CodeSpaceParameter {
  Metric metric = Metric::kCosine;
  size_t padded_dimension = 0;
  CodeView codes;
};

float DistanceBetweenCodes(Metric metric, size_t padded, const std::byte* a, const std::byte* b) {
  const CodeHeader& of_b = HeaderOf(b);
  const int32_t dot = ActiveKernels().dot_int8(CodesOf(a), CodesOf(b), padded, of_b.sum);
  return CodeDistance(metric, HeaderOf(a), of_b, dot);
}

// A point is its slot number; the distance looks up the codes.
float CodeSpaceDistance(const void* a, const void* b, const void* parameter) {
  const auto& space = *static_cast<const CodeSpaceParameter*>(parameter);
  return DistanceBetweenCodes(space.metric, space.padded_dimension,
                              space.codes.code(*static_cast<const uint32_t*>(a)),
                              space.codes.code(*static_cast<const uint32_t*>(b)));
}

class CodeSpace : public hnswlib::SpaceInterface<float> {
 public:
  explicit CodeSpace(const StoreConfig& config)
      : parameter_{config.metric, PaddedDimension(config.dimension), {}} {}

  size_t get_data_size() override { return sizeof(uint32_t); }
  hnswlib::DISTFUNC<float> get_dist_func() override { return CodeSpaceDistance; }
  void* get_dist_func_param() override { return &parameter_; }
  CodeSpaceParameter& parameter() { return parameter_; }
  const CodeSpaceParameter& parameter() const { return parameter_; }

 private:
  CodeSpaceParameter parameter_;
};

bool HasCopyAmongLinks(const Index& index, const CodeView& codes, uint32_t node) {
  hnswlib::linklistsizeint* const list = index.get_linklist0(node);
  const auto* const nodes = reinterpret_cast<const hnswlib::tableint*>(list + 1);
  return std::any_of(nodes, nodes + index.getListCount(list), [&](uint32_t other) {
    return std::memcmp(codes.code(node), codes.code(other), codes.stride) == 0;
  });
}

// Scratch of one thread's searches.
struct SearchScratch {
  struct Entry {
    float distance;
    uint32_t slot;
    bool expanded;
  };
  std::vector<uint64_t> visited;  // one bit a node
  std::vector<Entry> pool;        // the nearest so far, sorted
  std::vector<uint32_t> batch;
  std::vector<const int8_t*> codes;
  std::vector<int32_t> dots;

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
  GraphSearch(const Index& index, const CodeSpaceParameter& space, const EncodedQuery& query,
              size_t ef, SearchScratch& scratch)
      : index_(index), space_(space), query_(query), ef_(ef), scratch_(scratch) {
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
      CollectNeighbours(index_.get_linklist0(entry.slot), /*unvisited_only=*/true);
      next = std::min(next, RankBatch());
    }
  }

 private:
  // Greedy walk from the entry point through the sparse upper levels.
  uint32_t Descend() {
    uint32_t node = index_.enterpoint_node_;
    float nearest = Distances({&node, 1})[0];
    for (int level = index_.maxlevel_; level > 0; --level) {
      for (bool moved = true; moved;) {
        moved = false;
        CollectNeighbours(index_.get_linklist(node, level), /*unvisited_only=*/false);
        const absl::Span<const float> distances = Distances(scratch_.batch);
        for (size_t i = 0; i < distances.size(); ++i) {
          if (distances[i] >= nearest) continue;
          nearest = distances[i];
          node = scratch_.batch[i];
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
      if (unvisited_only && !scratch_.Visit(nodes[i])) continue;
      scratch_.batch.push_back(nodes[i]);
      const std::byte* const code = space_.codes.code(nodes[i]);
      for (size_t byte = 0; byte < space_.codes.stride; byte += 64) {
        __builtin_prefetch(code + byte);
      }
    }
  }

  absl::Span<const float> Distances(absl::Span<const uint32_t> nodes) {
    const CodeHeader& of_query = HeaderOf(query_.code_bytes());
    scratch_.codes.resize(nodes.size());
    scratch_.dots.resize(nodes.size());
    distances_.resize(nodes.size());
    for (size_t i = 0; i < nodes.size(); ++i) {
      scratch_.codes[i] = CodesOf(space_.codes.code(nodes[i]));
    }
    ActiveKernels().dot_int8_rows(CodesOf(query_.code_bytes()), of_query.sum, scratch_.codes.data(),
                                  nodes.size(), space_.padded_dimension, scratch_.dots.data());
    for (size_t i = 0; i < nodes.size(); ++i) {
      distances_[i] = CodeDistance(space_.metric, of_query, HeaderOf(space_.codes.code(nodes[i])),
                                   scratch_.dots[i]);
    }
    return distances_;
  }

  // Puts the batch where it belongs in the pool; the first position that changed.
  size_t RankBatch() {
    std::vector<SearchScratch::Entry>& pool = scratch_.pool;
    size_t first = pool.size();
    const absl::Span<const float> distances = Distances(scratch_.batch);
    for (size_t i = 0; i < distances.size(); ++i) {
      const SearchScratch::Entry entry = {distances[i], scratch_.batch[i], false};
      if (pool.size() == ef_) {
        if (entry.distance >= pool.back().distance) continue;
        pool.pop_back();
      }
      const auto place =
          std::upper_bound(pool.begin(), pool.end(), entry,
                           [](const auto& a, const auto& b) { return a.distance < b.distance; });
      first = std::min(first, static_cast<size_t>(place - pool.begin()));
      pool.insert(place, entry);
    }
    return first;
  }

  const Index& index_;
  const CodeSpaceParameter& space_;
  const EncodedQuery& query_;
  const size_t ef_;
  SearchScratch& scratch_;
  std::vector<float> distances_;
};

}  // namespace

struct HnswGraph::Impl {
  CodeSpace space;  // before the index, which points at its parameter
  Index index;
  size_t copies = 0;

  Impl(const StoreConfig& config, size_t capacity, const GraphOptions& options)
      : space(config), index(&space, capacity, options.m, options.ef_construction, options.seed) {
    TrimLabelLocks(index);
  }
};

HnswGraph::HnswGraph(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HnswGraph::~HnswGraph() = default;

absl::StatusOr<std::unique_ptr<HnswGraph>> HnswGraph::Create(const StoreConfig& config,
                                                             size_t capacity,
                                                             const GraphOptions& options) {
  if (absl::Status status = CheckOptions(options, capacity); !status.ok()) return status;
  std::unique_ptr<Impl> impl;
  const absl::Status status =
      Catching(absl::StrCat("making a graph for ", capacity, " vectors"),
               [&] { impl = std::make_unique<Impl>(config, capacity, options); });
  if (!status.ok()) return status;
  return std::unique_ptr<HnswGraph>(new HnswGraph(std::move(impl)));
}

size_t HnswGraph::size() const { return impl_->index.cur_element_count; }
size_t HnswGraph::copies() const { return impl_->copies; }
size_t HnswGraph::capacity() const { return impl_->index.max_elements_; }

void HnswGraph::SetCodes(CodeView codes) { impl_->space.parameter().codes = std::move(codes); }

absl::Status HnswGraph::Reserve(size_t capacity) {
  if (capacity <= impl_->index.max_elements_) return absl::OkStatus();
  return Catching(absl::StrCat("growing a graph to ", capacity, " vectors"), [&] {
    impl_->index.resizeIndex(capacity);
    TrimLabelLocks(impl_->index);
  });
}

absl::Status HnswGraph::InsertNext() {
  Index& index = impl_->index;
  const auto slot = static_cast<uint32_t>(index.cur_element_count);
  return Catching(absl::StrCat("linking vector ", slot), [&] {
    index.addPoint(&slot, slot, -1);
    // The table from labels to nodes serves updates only, which are never made here.
    index.label_lookup_.clear();
    if (HasCopyAmongLinks(index, impl_->space.parameter().codes, slot)) ++impl_->copies;
  });
}

void HnswGraph::Search(const EncodedQuery& query, size_t ef,
                       std::vector<GraphCandidate>& found) const {
  found.clear();
  if (size() == 0) return;
  thread_local SearchScratch scratch;
  GraphSearch(impl_->index, impl_->space.parameter(), query, std::max<size_t>(ef, 1), scratch)
      .Run();
  for (const auto& entry : scratch.pool) found.push_back({entry.distance, entry.slot});
}

size_t HnswGraph::PredictBytes(size_t capacity, const GraphOptions& options) {
  constexpr size_t kAllocatorOverhead = 16;
  const size_t links = sizeof(hnswlib::linklistsizeint) + options.m * sizeof(hnswlib::tableint);
  const size_t ground =
      links + options.m * sizeof(hnswlib::tableint) + sizeof(uint32_t) + sizeof(hnswlib::labeltype);
  // A node has an upper level with probability 1/m, a further one with 1/m^2, ...
  const size_t upper = (links + kAllocatorOverhead) / (options.m - 1) + 1;
  const size_t per_node =
      ground + upper + sizeof(void*) + sizeof(int) + sizeof(std::mutex) + sizeof(hnswlib::vl_type);
  return capacity * per_node + std::min(capacity, kLabelLocks) * sizeof(std::mutex) + sizeof(Impl);
}

}  // namespace stowage
