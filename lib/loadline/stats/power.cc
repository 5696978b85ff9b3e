#include "loadline/stats/power.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "loadline/stats/normal.h"
#include "loadline/stats/rank_null.h"
#include "loadline/stats/sample.h"

namespace loadline::stats {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();
constexpr size_t kFewestWithSpread = 3;
// From here on the shift goes with the root of the number; below, the steps of the exact test show.
constexpr uint64_t kSmooth = 20;

// Mean and variance of a rank statistic.
struct Moments {
  double mean = 0;
  double variance = 0;
};

// The chance of a statistic >= `needed`, a whole number: normal with continuity correction.
double ChanceOf(const Moments& moments, double needed) {
  const double excess = moments.mean - (needed - 0.5);
  if (moments.variance <= 1e-9) return excess >= 0 ? 1 : 0;
  return NormalTail(-excess / std::sqrt(moments.variance));
}

// The shift in [0, reach] where chance(shift), which grows, comes to `goal`.
template <typename Chance>
double ShiftOf(double goal, double reach, Chance chance) {
  double below = 0;
  double above = reach;
  for (int halving = 0; halving < 40; ++halving) {
    const double middle = below + (above - below) / 2;
    (chance(middle) >= goal ? above : below) = middle;
  }
  return above;
}

// The shift that a spread lets the rule see. `further(k)`: what to add when the last k values of
// the statistic make it fire, as a share of the way from the shift seen half the time.
template <typename Chance, typename Further>
double DetectableBy(const RankNull& null, double alpha, double reach, Chance chance,
                    Further further) {
  const uint64_t k = null.CountWithin(alpha);
  if (k == 0 || std::isinf(reach)) return kInfinite;
  const double needed = static_cast<double>(null.max() - k + 1);
  const auto fires = [&](double shift) { return ChanceOf(chance(shift), needed); };
  const double seen = ShiftOf(kPower, reach, fires);
  const double share = further(k);
  return share == 0 ? seen : seen + share * (seen - ShiftOf(0.5, reach, fires));
}

// When one value on the wrong side is enough to stop the rule, the power hangs on how far out the
// farthest value of a comparison lies, and a sample shows only its own. How far the next sample's
// may lie is reckoned from how much farther out its farthest is than its second: DetectableBy's
// share.
double ShareForOutlier(double farthest_to_second) {
  return std::clamp(3 * (farthest_to_second - 1.4), 0.0, 2.5);
}

// How much farther from the centre the farthest value lies than the second; `distances` are sorted.
double FarthestToSecond(absl::Span<const double> distances) {
  if (distances.size() < 2 || distances.back() == 0) return 1;
  return distances.back() / distances[distances.size() - 2];
}

// The spread of one side: how often shifted values overtake unshifted ones, by all pairs and
// triples of different values.
class SideSpread {
 public:
  explicit SideSpread(absl::Span<const double> sample) : sorted_(sample.begin(), sample.end()) {
    std::sort(sorted_.begin(), sorted_.end());
  }

  double weight() const {
    return sorted_.size() < kFewestWithSpread ? 0 : static_cast<double>(sorted_.size());
  }
  double range() const { return weight() > 0 ? sorted_.back() - sorted_.front() : 0; }

  void AddDistancesTo(std::vector<double>& distances) const {
    if (weight() == 0) return;
    const double centre = Median(sorted_);
    for (const double value : sorted_) distances.push_back(std::abs(value - centre));
  }

  struct Overtaking {
    double one = 0;        // P(X < Y + shift)
    double two_above = 0;  // P(X < Y + shift and X < Y' + shift)
    double two_below = 0;  // P(X < Y + shift and X' < Y + shift)
  };

  // REQUIRES: weight() > 0.
  Overtaking At(double shift) const {
    const size_t size = sorted_.size();
    Overtaking sums;
    size_t first = 0;  // of those that overtake value i when shifted
    size_t last = 0;   // one past those that value i overtakes when shifted
    for (size_t i = 0; i < size; ++i) {
      while (sorted_[i] - sorted_[first] >= shift && first < i) ++first;
      while (last < size && (last <= i || sorted_[last] - sorted_[i] < shift)) ++last;
      const double above = static_cast<double>(size - first - 1);
      const double below = static_cast<double>(last - 1);
      sums.one += below;
      sums.two_above += above * (above - 1);
      sums.two_below += below * (below - 1);
    }
    const double n = static_cast<double>(size);
    const double triples = n * (n - 1) * (n - 2);
    return {sums.one / (n * (n - 1)), sums.two_above / triples, sums.two_below / triples};
  }

 private:
  std::vector<double> sorted_;
};

// The spread of two independent samples, and what it means for others of m and n values.
class UnpairedSpread {
 public:
  UnpairedSpread(absl::Span<const double> base, absl::Span<const double> changed)
      : base_(base),
        changed_(changed),
        farthest_to_second_(FarthestToSecond(Distances(base_, changed_))) {}

  bool is_known() const { return base_.weight() + changed_.weight() > 0; }

  double Detectable(uint64_t m, uint64_t n, double alpha) const {
    return Detectable(m, n, alpha, [&](uint64_t k) {
      // An outlier is overtaken by, or overtakes, all of the other side.
      const bool one_is_enough = k <= std::max(m, n);
      return ShareForEdge(k) + (one_is_enough ? ShareForOutlier(farthest_to_second_) : 0);
    });
  }

  // Where this spread is not a sample's but the very one: nothing is to be made up for.
  double DetectableOfKnown(uint64_t m, uint64_t n, double alpha) const {
    return Detectable(m, n, alpha, [](uint64_t) { return 0.0; });
  }

 private:
  static std::vector<double> Distances(const SideSpread& base, const SideSpread& changed) {
    std::vector<double> distances;
    base.AddDistancesTo(distances);
    changed.AddDistancesTo(distances);
    std::sort(distances.begin(), distances.end());
    return distances;
  }

  template <typename Further>
  double Detectable(uint64_t m, uint64_t n, double alpha, Further further) const {
    const double reach = std::max(base_.range(), changed_.range());
    const auto moments_at = [&](double shift) {
      return MomentsAt(shift, static_cast<double>(m), static_cast<double>(n));
    };
    return DetectableBy(*RankNull::RankSum(m, n), alpha, reach, moments_at, further);
  }

  // Calibrated by simulation, as ShareForOutlier is. A sample shows less of the edge of its
  // distribution than the rule needs.
  static double ShareForEdge(uint64_t k) {
    const double root = 3 / static_cast<double>(k);
    return std::min(1.5, root * root);
  }

  // Of the Mann-Whitney statistic under a shift: Lehmann 1975, section 2.3.
  Moments MomentsAt(double shift, double m, double n) const {
    SideSpread::Overtaking p;
    for (const SideSpread* side : {&base_, &changed_}) {
      if (side->weight() == 0) continue;
      const double share = side->weight() / (base_.weight() + changed_.weight());
      const SideSpread::Overtaking own = side->At(shift);
      p.one += share * own.one;
      p.two_above += share * own.two_above;
      p.two_below += share * own.two_below;
    }
    const double square = p.one * p.one;
    return {m * n * p.one, m * n *
                               (p.one - square + (n - 1) * (p.two_above - square) +
                                (m - 1) * (p.two_below - square))};
  }

  SideSpread base_;
  SideSpread changed_;
  double farthest_to_second_ = 1;
};

template <typename Detectable>
uint64_t NeededFor(double target, Detectable detectable) {
  if (!(target > 0)) return UINT64_MAX;
  double last = kInfinite;
  for (uint64_t n = 2; n <= kSmooth; ++n) {
    last = detectable(n);
    if (last <= target) return n;
  }
  uint64_t n = kSmooth;  // a level so small that even these could not reach it
  while (std::isinf(last) && n < 1'000) last = detectable(++n);
  if (last <= target) return n;
  const double needed = std::ceil(static_cast<double>(n) * (last / target) * (last / target));
  return needed < 0x1p63 ? static_cast<uint64_t>(needed) : UINT64_MAX;
}

}  // namespace

double RankSumDetectableShift(absl::Span<const double> base, absl::Span<const double> changed,
                              double margin, double alpha) {
  if (base.empty() || changed.empty() || !AllFinite(base) || !AllFinite(changed)) return kInfinite;
  const UnpairedSpread spread(base, changed);
  if (!spread.is_known()) return kInfinite;
  return margin + spread.Detectable(base.size(), changed.size(), alpha);
}

double RankSumDetectableShift(absl::Span<const double> spread, uint64_t m, uint64_t n,
                              double margin, double alpha) {
  if (m == 0 || n == 0 || !AllFinite(spread)) return kInfinite;
  const UnpairedSpread known(spread, {});
  if (!known.is_known()) return kInfinite;
  return margin + known.DetectableOfKnown(m, n, alpha);
}

double NormalDetectableShift(double standard_error, double margin, double alpha) {
  if (!std::isfinite(standard_error) || !(alpha > 0 && alpha < 1)) return kInfinite;
  const double reach = NormalQuantile(kPower) - NormalQuantile(alpha);
  return margin + reach * standard_error;
}

uint64_t RankSumNeeded(absl::Span<const double> base, absl::Span<const double> changed,
                       double margin, double alpha, double target) {
  if (!AllFinite(base) || !AllFinite(changed)) return UINT64_MAX;
  const UnpairedSpread spread(base, changed);
  if (!spread.is_known()) return UINT64_MAX;
  return NeededFor(target - margin, [&](uint64_t n) { return spread.Detectable(n, n, alpha); });
}

}  // namespace loadline::stats
