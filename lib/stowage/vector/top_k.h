#ifndef STOWAGE_VECTOR_TOP_K_H_
#define STOWAGE_VECTOR_TOP_K_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace stowage {

// A row found by a search, in the total order of results: by distance, then by id.
struct RankedRow {
  float distance = 0;
  uint64_t id = 0;
  uint32_t slot = 0;

  friend bool operator<(const RankedRow& a, const RankedRow& b) {
    if (a.distance != b.distance) return a.distance < b.distance;
    return a.id < b.id;
  }
};

// Keeps the k smallest of the rows offered, k >= 1.
class TopK {
 public:
  explicit TopK(size_t k) : k_(k) { heap_.reserve(k); }

  // Rows at a larger distance than this are not kept; infinity until k rows are there.
  float limit() const {
    return heap_.size() < k_ ? std::numeric_limits<float>::infinity() : heap_.front().distance;
  }

  void Offer(const RankedRow& row) {
    if (heap_.size() < k_) {
      heap_.push_back(row);
      std::push_heap(heap_.begin(), heap_.end());
    } else if (row < heap_.front()) {
      std::pop_heap(heap_.begin(), heap_.end());
      heap_.back() = row;
      std::push_heap(heap_.begin(), heap_.end());
    }
  }

  // The rows kept, nearest first. Leaves this empty.
  std::vector<RankedRow> TakeSorted() {
    std::sort_heap(heap_.begin(), heap_.end());
    return std::move(heap_);
  }

 private:
  size_t k_;
  std::vector<RankedRow> heap_;  // a heap, the worst row first
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_TOP_K_H_
