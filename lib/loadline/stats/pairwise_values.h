#ifndef LOADLINE_STATS_PAIRWISE_VALUES_H_
#define LOADLINE_STATS_PAIRWISE_VALUES_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace loadline::stats {

// Values that come from every pair of a sample, in order of size but never stored: rank estimates
// and rank intervals are order statistics of them. Memory O(n); counting takes O(n), and Nth() and
// Median() at most 64 counts. Copies the sample. REQUIRES: finite numbers, not empty, at most
// 2^32 of them. Immutable, so any number of threads may read one.

// The n (n + 1) / 2 Walsh averages (x_i + x_j) / 2, i <= j, of one sample.
class WalshAverages {
 public:
  explicit WalshAverages(absl::Span<const double> sample);

  uint64_t count() const;
  uint64_t CountAtMost(double value) const;

  // The value of rank `rank`, 1 for the smallest. REQUIRES: 1 <= rank <= count().
  double Nth(uint64_t rank) const;

  // The middle value, or the mean of the middle two.
  double Median() const;

 private:
  std::vector<double> sorted_;
};

// The m * n differences changed_j - base_i of two samples.
class PairwiseDifferences {
 public:
  PairwiseDifferences(absl::Span<const double> base, absl::Span<const double> changed);

  uint64_t count() const;
  uint64_t CountAtMost(double value) const;
  uint64_t CountBelow(double value) const;

  // The value of rank `rank`, 1 for the smallest. REQUIRES: 1 <= rank <= count().
  double Nth(uint64_t rank) const;

  // The middle value, or the mean of the middle two.
  double Median() const;

 private:
  std::vector<double> base_;
  std::vector<double> changed_;
};

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_PAIRWISE_VALUES_H_
