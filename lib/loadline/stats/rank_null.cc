#include "loadline/stats/rank_null.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "loadline/stats/normal.h"

namespace loadline::stats {
namespace {

// P(W <= w) for w up to the middle, of the P(W = w).
std::vector<double> LowerHalfSums(const std::vector<double>& mass, uint64_t max) {
  std::vector<double> at_most(max / 2 + 1);
  double sum = 0;
  for (size_t w = 0; w < at_most.size(); ++w) {
    sum += mass[w];
    at_most[w] = sum;
  }
  return at_most;
}

std::vector<double> SignedRankMass(uint64_t n) {
  std::vector<double> mass(n * (n + 1) / 2 + 1, 0);
  mass[0] = 1;
  for (uint64_t rank = 1; rank <= n; ++rank) {
    // Downwards, so that mass[w - rank] still is that of the ranks before.
    for (uint64_t w = rank * (rank + 1) / 2 + 1; w-- > 0;) {
      mass[w] = (mass[w] + (w >= rank ? mass[w - rank] : 0)) / 2;
    }
  }
  return mass;
}

// The greatest of i + j values is one of the first sample with probability i / (i + j), and then
// exceeds all j of the second.
std::vector<double> RankSumMass(uint64_t m, uint64_t n) {
  // by_size[i]: the mass for i values of the first sample and the current j of the second.
  std::vector<std::vector<double>> by_size(m + 1);
  for (auto& mass : by_size) mass = {1};
  for (uint64_t j = 1; j <= n; ++j) {
    for (uint64_t i = 1; i <= m; ++i) {
      const double first_share = static_cast<double>(i) / static_cast<double>(i + j);
      std::vector<double>& mass = by_size[i];
      const std::vector<double>& without_first = by_size[i - 1];
      mass.resize(i * j + 1, 0);
      for (double& p : mass) p *= 1 - first_share;
      for (size_t u = 0; u < without_first.size(); ++u) {
        mass[u + j] += first_share * without_first[u];
      }
    }
  }
  return std::move(by_size[m]);
}

// The same few sample sizes come again for every benchmark of a suite.
template <typename Make>
std::shared_ptr<const RankNull> Recent(uint64_t a, uint64_t b, Make make) {
  struct Entry {
    uint64_t a = 0;
    uint64_t b = 0;
    std::shared_ptr<const RankNull> null;
  };
  constexpr size_t kKept = 8;
  static thread_local Entry recent[kKept];
  static thread_local size_t oldest = 0;
  for (const Entry& entry : recent) {
    if (entry.null != nullptr && entry.a == a && entry.b == b) return entry.null;
  }
  Entry& replaced = recent[oldest++ % kKept];
  replaced = {a, b, make()};
  return replaced.null;
}

}  // namespace

RankNull::RankNull(uint64_t max, double deviation, std::vector<double> at_most)
    : max_(max), deviation_(deviation), at_most_(std::move(at_most)) {}

std::shared_ptr<const RankNull> RankNull::SignedRank(uint64_t n) {
  return Recent(n, 0, [n] {
    const uint64_t max = n * (n + 1) / 2;
    const double size = static_cast<double>(n);
    const double deviation = std::sqrt(size * (size + 1) * (2 * size + 1) / 24);
    std::vector<double> at_most;
    if (n <= kMaxExactPairs) at_most = LowerHalfSums(SignedRankMass(n), max);
    return std::shared_ptr<const RankNull>(new RankNull(max, deviation, std::move(at_most)));
  });
}

std::shared_ptr<const RankNull> RankNull::RankSum(uint64_t m, uint64_t n) {
  if (m > n) std::swap(m, n);
  return Recent(m, n, [m, n] {
    const uint64_t max = m * n;
    const double first = static_cast<double>(m);
    const double second = static_cast<double>(n);
    const double deviation = std::sqrt(first * second * (first + second + 1) / 12);
    std::vector<double> at_most;
    if (max <= kMaxExactProduct) at_most = LowerHalfSums(RankSumMass(m, n), max);
    return std::shared_ptr<const RankNull>(new RankNull(max, deviation, std::move(at_most)));
  });
}

double RankNull::AtMost(uint64_t w) const {
  if (w >= max_) return 1;
  if (!is_exact()) {
    const double middle = static_cast<double>(max_) / 2;
    const double z = (static_cast<double>(w) + 0.5 - middle) / deviation_;
    return NormalTail(-z);
  }
  if (w < at_most_.size()) return std::min(1.0, at_most_[w]);
  return 1 - at_most_[max_ - w - 1];
}

uint64_t RankNull::CountWithin(double tail) const {
  const double limit = tail * (1 + 1e-9);
  uint64_t first = 0;  // AtMost() grows with w: halve between what is within and what is not
  uint64_t last = max_ + 1;
  while (first < last) {
    const uint64_t middle = first + (last - first) / 2;
    if (AtMost(middle) <= limit) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  return first;
}

}  // namespace loadline::stats
