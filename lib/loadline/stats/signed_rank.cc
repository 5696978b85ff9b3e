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

}  // namespace loadline::stats
