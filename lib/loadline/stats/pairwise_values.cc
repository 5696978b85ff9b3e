#include "loadline/stats/pairwise_values.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>

namespace loadline::stats {
namespace {

std::vector<double> Sorted(absl::Span<const double> sample) {
  std::vector<double> values(sample.begin(), sample.end());
  std::sort(values.begin(), values.end());
  return values;
}

// Halved first: the sum could overflow. Rounding keeps the order, so the averages with a sorted
// list are sorted.
double Average(double a, double b) { return a / 2 + b / 2; }

// Doubles and whole numbers in the same order, without gaps: the bits of a double, negative ones
// turned around. Both zeros are the same number.
constexpr uint64_t kSign = uint64_t{1} << 63;
uint64_t KeyOf(double value) {
  const uint64_t bits = std::bit_cast<uint64_t>(value + 0.0);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}
double ValueOf(uint64_t key) {
  return std::bit_cast<double>((key & kSign) != 0 ? key & ~kSign : ~key);
}

// The smallest double v in [low, high] with count_at_most(v) >= rank: the value of that rank,
// found by halving the doubles between, not the distance, so that the answer is exact.
template <typename Values>
double SelectNth(const Values& values, uint64_t rank, double low, double high) {
  uint64_t first = KeyOf(low);
  uint64_t last = KeyOf(high);
  while (first < last) {
    const uint64_t middle = first + (last - first) / 2;
    if (values.CountAtMost(ValueOf(middle)) >= rank) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  return ValueOf(first);
}

template <typename Values>
double MedianOf(const Values& values) {
  const uint64_t count = values.count();
  const double lower = values.Nth((count + 1) / 2);
  return count % 2 == 1 ? lower : Average(lower, values.Nth(count / 2 + 1));
}

double JustBelow(double value) {
  return std::nextafter(value, -std::numeric_limits<double>::infinity());
}

}  // namespace

WalshAverages::WalshAverages(absl::Span<const double> sample) : sorted_(Sorted(sample)) {
  assert(!sample.empty());
}

uint64_t WalshAverages::count() const {
  const uint64_t n = sorted_.size();
  return n * (n + 1) / 2;
}

uint64_t WalshAverages::CountAtMost(double value) const {
  uint64_t total = 0;
  size_t end = sorted_.size();  // the partners of i that are low enough lie in [i, end)
  for (size_t i = 0; i < end; ++i) {
    while (end > i && Average(sorted_[i], sorted_[end - 1]) > value) --end;
    total += end - i;
  }
  return total;
}

double WalshAverages::Nth(uint64_t rank) const {
  return SelectNth(*this, rank, sorted_.front(), sorted_.back());
}

double WalshAverages::Median() const { return MedianOf(*this); }

PairwiseDifferences::PairwiseDifferences(absl::Span<const double> base,
                                         absl::Span<const double> changed)
    : base_(Sorted(base)), changed_(Sorted(changed)) {
  assert(!base.empty() && !changed.empty());
}

uint64_t PairwiseDifferences::count() const { return uint64_t{base_.size()} * changed_.size(); }

uint64_t PairwiseDifferences::CountAtMost(double value) const {
  uint64_t total = 0;
  size_t low_enough = 0;  // how many of changed_ are, for this base
  for (const double base : base_) {
    while (low_enough < changed_.size() && changed_[low_enough] - base <= value) ++low_enough;
    total += low_enough;
  }
  return total;
}

uint64_t PairwiseDifferences::CountBelow(double value) const {
  return CountAtMost(JustBelow(value));
}

double PairwiseDifferences::Nth(uint64_t rank) const {
  return SelectNth(*this, rank, changed_.front() - base_.back(), changed_.back() - base_.front());
}

double PairwiseDifferences::Median() const { return MedianOf(*this); }

}  // namespace loadline::stats
