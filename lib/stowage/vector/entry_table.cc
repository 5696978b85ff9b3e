#include "stowage/vector/entry_table.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <new>
#include <utility>

#include "loadline/base/status_macros.h"
#include "stowage/vector/distance.h"

namespace stowage {
namespace {

// Whether sums of floats could leave their range. By Cauchy and Schwarz no partial sum of |q_i x_i|
// is above |q| |x|, and none of (q_i - x_i)^2 above (|q| + |x|)^2.
bool MayOverflow(Metric metric, double query, double other) {
  constexpr double kLimit = 1e37;
  if (metric == Metric::kSquaredL2) return (query + other) * (query + other) > kLimit;
  return query * other > kLimit;
}

float Saturated(double distance) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(distance, -kLargest, kLargest));
}

}  // namespace

absl::Status EntryTable::Reserve(size_t count) {
  const size_t wanted = std::max<size_t>(size_, used_ + count);
  try {
    free_.reserve(wanted);
    if (chunks_->size() << kShift >= wanted) return absl::OkStatus();
    Chunks more = *chunks_;
    while (more.size() << kShift < wanted) more.push_back(std::shared_ptr<Chunk>(new Chunk()));
    used_in_chunk_.resize(more.size());
    chunks_ = std::make_shared<const Chunks>(std::move(more));
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError("no memory for more vectors; use smaller batches");
  }
  return absl::OkStatus();
}

uint32_t EntryTable::Take() {
  uint32_t number = size_;
  if (!free_.empty() && free_.front() < size_) {
    std::pop_heap(free_.begin(), free_.end(), std::greater<>());
    number = free_.back();
    free_.pop_back();
  } else {
    free_.clear();
    ++size_;
  }
  ++used_;
  ++used_in_chunk_[number >> kShift];
  return number;
}

absl::Status EntryTable::TakeAll(absl::Span<const uint32_t> numbers) {
  if (numbers.empty()) return absl::OkStatus();
  LOADLINE_RETURN_IF_ERROR(Reserve(numbers.back() + 1));
  for (const uint32_t number : numbers) {
    while (size_ < number) free_.push_back(size_++);  // in ascending order: a heap
    ++size_;
    ++used_;
    ++used_in_chunk_[number >> kShift];
  }
  return absl::OkStatus();
}

void EntryTable::GiveBack(absl::Span<const uint32_t> numbers) {
  for (const uint32_t number : numbers) {
    free_.push_back(number);
    std::push_heap(free_.begin(), free_.end(), std::greater<>());
    --used_in_chunk_[number >> kShift];
  }
  used_ -= numbers.size();
  size_t chunks = chunks_->size();
  while (chunks > 0 && used_in_chunk_[chunks - 1] == 0) --chunks;
  if (chunks == chunks_->size()) return;
  used_in_chunk_.resize(chunks);
  size_ = std::min(size_, static_cast<uint32_t>(chunks << kShift));
  chunks_ = std::make_shared<const Chunks>(chunks_->begin(),
                                           chunks_->begin() + static_cast<ptrdiff_t>(chunks));
}

size_t EntryTable::BytesFor(size_t entries) {
  const size_t chunks = (entries + (size_t{1} << kShift) - 1) >> kShift;
  return chunks * (sizeof(Chunk) + 64) + entries * sizeof(uint32_t);
}

float ExactDistance(Metric metric, absl::Span<const float> query, double query_length,
                    absl::Span<const float> values, float factor, double max_length) {
  const size_t n = query.size();
  const bool in_double = MayOverflow(metric, query_length, max_length);
  if (metric == Metric::kSquaredL2) {
    return in_double ? Saturated(SquaredL2InDouble(query.data(), values.data(), n))
                     : ActiveKernels().squared_l2(query.data(), values.data(), n);
  }
  const float distance =
      in_double ? Saturated(1 - DotInDouble(query.data(), values.data(), n) * double{factor})
                : 1 - ActiveKernels().dot(query.data(), values.data(), n) * factor;
  // Rounding must not take a cosine out of its range.
  return metric == Metric::kCosine ? std::clamp(distance, 0.0F, 2.0F) : distance;
}

}  // namespace stowage
