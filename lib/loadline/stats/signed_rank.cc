#include "loadline/stats/signed_rank.h"

#include <limits>

#include "loadline/stats/pairwise_values.h"
#include "loadline/stats/rank_null.h"
#include "loadline/stats/sample.h"

namespace loadline::stats {
namespace {

bool Answers(absl::Span<const double> sample) { return !sample.empty() && AllFinite(sample); }

}  // namespace

double HodgesLehmann(absl::Span<const double> sample) {
  if (!Answers(sample)) return std::numeric_limits<double>::quiet_NaN();
  return WalshAverages(sample).Median();
}

Interval SignedRankInterval(absl::Span<const double> sample, double confidence) {
  if (!Answers(sample)) return {};
  const uint64_t k = RankNull::SignedRank(sample.size())->CountWithin((1 - confidence) / 2);
  if (k == 0) return {};
  const WalshAverages averages(sample);
  return {averages.Nth(k), averages.Nth(averages.count() + 1 - k)};
}

double SignedRankAttainedConfidence(uint64_t n, double confidence) {
  if (n == 0) return 1;
  const auto null = RankNull::SignedRank(n);
  const uint64_t k = null->CountWithin((1 - confidence) / 2);
  return k == 0 ? 1 : 1 - 2 * null->AtMost(k - 1);
}

double SignedRankPValueGreater(absl::Span<const double> sample, double shift) {
  if (!Answers(sample)) return 1;
  const WalshAverages averages(sample);
  return RankNull::SignedRank(sample.size())->AtMost(averages.CountAtMost(shift));
}

double SignedRankPValueLess(absl::Span<const double> sample, double shift) {
  if (!Answers(sample)) return 1;
  const WalshAverages averages(sample);
  const uint64_t at_least = averages.count() - averages.CountBelow(shift);
  return RankNull::SignedRank(sample.size())->AtMost(at_least);
}

}  // namespace loadline::stats
