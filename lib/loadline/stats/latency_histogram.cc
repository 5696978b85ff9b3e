#include "loadline/stats/latency_histogram.h"

#include <algorithm>

#include "loadline/stats/nearest_rank.h"

namespace loadline::stats {

uint64_t LatencyBuckets::MidpointOf(size_t index) {
  constexpr size_t kSubBuckets = size_t{1} << kSubBucketBits;
  if (index < 2 * kSubBuckets) return index;
  const size_t shift = index / kSubBuckets - 1;
  const uint64_t lowest = static_cast<uint64_t>(index - shift * kSubBuckets) << shift;
  return lowest + (uint64_t{1} << shift) / 2;
}

LatencyHistogram::LatencyHistogram() : counts_(LatencyBuckets::kCount, 0) {}

void LatencyHistogram::AddBucket(size_t index, uint64_t count) {
  if (count == 0) return;
  const uint64_t nanos = LatencyBuckets::MidpointOf(index);
  counts_[index] += count;
  total_count_ += count;
  total_nanos_ += nanos * count;
  max_nanos_ = std::max(max_nanos_, nanos);
  min_nanos_ = std::min(min_nanos_, nanos);
}

void LatencyHistogram::Merge(const LatencyHistogram& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  total_count_ += other.total_count_;
  total_nanos_ += other.total_nanos_;
  max_nanos_ = std::max(max_nanos_, other.max_nanos_);
  min_nanos_ = std::min(min_nanos_, other.min_nanos_);
}

void LatencyHistogram::Reset() {
  std::fill(counts_.begin(), counts_.end(), 0);
  total_count_ = 0;
  total_nanos_ = 0;
  max_nanos_ = 0;
  min_nanos_ = UINT64_MAX;
}

double LatencyHistogram::mean_nanos() const {
  if (total_count_ == 0) return 0;
  return static_cast<double>(total_nanos_) / static_cast<double>(total_count_);
}

uint64_t LatencyHistogram::QuantileNanos(double q) const {
  if (total_count_ == 0) return 0;
  const uint64_t rank = NearestRank(q, total_count_);
  if (rank == 1) return min_nanos_;
  if (rank == total_count_) return max_nanos_;
  uint64_t at_most = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    at_most += counts_[i];
    if (at_most >= rank) {
      return std::clamp(LatencyBuckets::MidpointOf(i), min_nanos_, max_nanos_);
    }
  }
  return max_nanos_;
}

}  // namespace loadline::stats
