#ifndef LOADLINE_STATS_LATENCY_HISTOGRAM_H_
#define LOADLINE_STATS_LATENCY_HISTOGRAM_H_

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace loadline::stats {

// Log-linear buckets for latencies in nanoseconds: values below 512 have a bucket each; above,
// every power of two is cut into 256 equal buckets, so a bucket's midpoint is within 1/512
// (0.195 %) of every value in it. Values past kMaxNanos (274 s) count in the last bucket.
struct LatencyBuckets {
  static constexpr int kSubBucketBits = 8;
  static constexpr int kMaxBits = 38;
  static constexpr size_t kCount = (size_t{kMaxBits - kSubBucketBits} + 1)
                                   << kSubBucketBits;  // 7,936
  static constexpr uint64_t kMaxNanos = (uint64_t{1} << kMaxBits) - 1;

  static constexpr size_t IndexOf(uint64_t nanos) {
    if (nanos > kMaxNanos) nanos = kMaxNanos;
    if (nanos < (uint64_t{2} << kSubBucketBits)) return static_cast<size_t>(nanos);
    const int shift = static_cast<int>(std::bit_width(nanos)) - kSubBucketBits - 1;
    return (static_cast<size_t>(shift) << kSubBucketBits) + static_cast<size_t>(nanos >> shift);
  }
  // The middle of the bucket, in nanoseconds.
  static uint64_t MidpointOf(size_t index);
};

// Counts of latencies; 63.5 KiB, allocated at construction. Merging is exact: a merged histogram
// equals the histogram of all the values. Thread-compatible.
class LatencyHistogram {
 public:
  LatencyHistogram();

  void Record(uint64_t nanos) { RecordMany(nanos, 1); }
  // `count` operations that took `nanos` each (a timed batch: pass the batch's mean).
  void RecordMany(uint64_t nanos, uint64_t count) {
    counts_[LatencyBuckets::IndexOf(nanos)] += count;
    total_count_ += count;
    total_nanos_ += nanos * count;
    if (nanos > max_nanos_) max_nanos_ = nanos;
    if (nanos < min_nanos_) min_nanos_ = nanos;
  }
  // Adds `count` values to bucket `index`, for snapshots of concurrent counters; `min`, `max` and
  // the sum take the bucket's midpoint.
  void AddBucket(size_t index, uint64_t count);
  void Merge(const LatencyHistogram& other);
  void Reset();

  uint64_t count() const { return total_count_; }
  uint64_t min_nanos() const { return total_count_ == 0 ? 0 : min_nanos_; }  // exact
  uint64_t max_nanos() const { return max_nanos_; }                          // exact; 0 when empty
  uint64_t total_nanos() const { return total_nanos_; }                      // exact
  double mean_nanos() const;                                                 // exact; 0 when empty

  // The smallest recorded value v (to bucket precision, clamped to [min, max]) with at least
  // ceil(q * count) values <= v: the nearest-rank quantile. q in [0, 1]; 0 when empty.
  uint64_t QuantileNanos(double q) const;

 private:
  std::vector<uint64_t> counts_;
  uint64_t total_count_ = 0;
  uint64_t total_nanos_ = 0;
  uint64_t max_nanos_ = 0;
  uint64_t min_nanos_ = UINT64_MAX;
};

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_LATENCY_HISTOGRAM_H_
