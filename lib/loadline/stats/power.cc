#include "loadline/stats/power.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include "loadline/stats/normal.h"
#include "loadline/stats/rank_null.h"
#include "loadline/stats/sample.h"
#include "loadline/stats/signed_rank.h"

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
// may lie is reckoned from how much farther out its farthest is than its second.
struct OutlierShare {
  double slope = 0;
  double usual = 0;  // the ratio of those two distances that needs no correction
  double least = 0;
  double most = 0;

  // DetectableBy's share.
  double For(double ratio) const { return std::clamp(slope * (ratio - usual), least, most); }
};

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
      return ShareForEdge(k) + (one_is_enough ? kForOutlier.For(farthest_to_second_) : 0);
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

  // These two calibrated by simulation. A sample shows less of the edge of its distribution than
  // the rule needs.
  static double ShareForEdge(uint64_t k) {
    const double root = 3 / static_cast<double>(k);
    return std::min(1.5, root * root);
  }
  static constexpr OutlierShare kForOutlier = {.slope = 3, .usual = 1.4, .least = 0, .most = 2.5};

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

// The spread of differences around their centre, taken as symmetric: every distance counts with
// both signs.
class PairedSpread {
 public:
  explicit PairedSpread(absl::Span<const double> differences)
      : distances_(Distances(differences)), farthest_to_second_(FarthestToSecond(distances_)) {}

  bool is_known() const { return distances_.size() >= kFewestWithSpread; }

  double Detectable(uint64_t n, double alpha) const {
    const double size = static_cast<double>(distances_.size());
    // The centre was drawn towards the values, which lie closer to it than to the true one.
    const double drawn = size / (size - 1);
    return drawn * DetectableBy(
                       *RankNull::SignedRank(n), alpha, distances_.back(),
                       [&](double shift) { return MomentsAt(shift, static_cast<double>(n)); },
                       [&](uint64_t k) { return ShareFor(k, n); });
  }

 private:
  static std::vector<double> Distances(absl::Span<const double> differences) {
    const double centre = HodgesLehmann(differences);
    std::vector<double> distances;
    for (const double value : differences) distances.push_back(std::abs(value - centre));
    std::sort(distances.begin(), distances.end());
    return distances;
  }

  // Calibrated by simulation. An outlier has the highest rank, n; the lower ranks that k leaves
  // room for take some of the weight off it.
  double ShareFor(uint64_t k, uint64_t n) const {
    if (k > n) return 0;
    const double room = static_cast<double>(k) / static_cast<double>(n);
    const OutlierShare share = {.slope = 5, .usual = 1.25 + 0.3 * room, .least = -0.3, .most = 4};
    return share.For(farthest_to_second_);
  }

  // How many of the other values, with both signs, have a positive sum with `own` when all are
  // shifted, and how many ordered pairs of two different ones.
  struct Partners {
    double count = 0;
    double pairs = 0;
  };

  Partners PartnersOf(double own, double shift) const {
    const double reach = 2 * shift + own;
    const double distance = std::abs(own);  // itself, to be left out
    const auto begin = distances_.begin();
    const auto end = distances_.end();
    double one_sign = 0;
    double both_signs = 0;
    if (reach > 0) {
      one_sign = static_cast<double>(distances_.size() - 1);
      both_signs = static_cast<double>(std::lower_bound(begin, end, reach) - begin);
      if (distance < reach) --both_signs;
    } else {
      one_sign = static_cast<double>(end - std::upper_bound(begin, end, -reach));
      if (distance > -reach) --one_sign;
    }
    const double count = one_sign + both_signs;
    return {count, count * count - count - 2 * both_signs};
  }

  // Of the signed-rank statistic under a shift: Lehmann 1975, section 4.2.
  Moments MomentsAt(double shift, double n) const {
    double positive = 0;  // P(D > 0)
    double sum = 0;       // P(D + D' > 0)
    double both = 0;      // P(D + D' > 0 and D > 0)
    double two_sums = 0;  // P(D + D' > 0 and D + D'' > 0)
    for (const double distance : distances_) {
      for (const double own : {-distance, distance}) {
        const double is_positive = own > -shift ? 1 : 0;
        const Partners partners = PartnersOf(own, shift);
        positive += is_positive / 2;
        sum += partners.count / 4;
        both += is_positive * partners.count / 4;
        two_sums += partners.pairs / 8;
      }
    }
    const double size = static_cast<double>(distances_.size());
    positive /= size;
    sum /= size * (size - 1);
    both /= size * (size - 1);
    two_sums /= size * (size - 1) * (size - 2);
    return {n * positive + n * (n - 1) / 2 * sum,
            n * positive * (1 - positive) + n * (n - 1) / 2 * sum * (1 - sum) +
                2 * n * (n - 1) * (both - positive * sum) +
                n * (n - 1) * (n - 2) * (two_sums - sum * sum)};
  }

  std::vector<double> distances_;
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

double SignedRankDetectableShift(absl::Span<const double> differences, double margin,
                                 double alpha) {
  if (!AllFinite(differences)) return kInfinite;
  const PairedSpread spread(differences);
  if (!spread.is_known()) return kInfinite;
  return margin + spread.Detectable(differences.size(), alpha);
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

uint64_t SignedRankNeeded(absl::Span<const double> differences, double margin, double alpha,
                          double target) {
  if (!AllFinite(differences)) return UINT64_MAX;
  const PairedSpread spread(differences);
  if (!spread.is_known()) return UINT64_MAX;
  return NeededFor(target - margin, [&](uint64_t n) { return spread.Detectable(n, alpha); });
}

}  // namespace loadline::stats
