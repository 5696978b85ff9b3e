#include "loadline/stats/rank_sum.h"

#include <limits>

#include "loadline/stats/pairwise_values.h"
#include "loadline/stats/rank_null.h"
#include "loadline/stats/sample.h"

namespace loadline::stats {
namespace {

bool Answers(absl::Span<const double> base, absl::Span<const double> changed) {
  return !base.empty() && !changed.empty() && AllFinite(base) && AllFinite(changed);
}

}  // namespace

double HodgesLehmannShift(absl::Span<const double> base, absl::Span<const double> changed) {
  if (!Answers(base, changed)) return std::numeric_limits<double>::quiet_NaN();
  return PairwiseDifferences(base, changed).Median();
}

Interval RankSumInterval(absl::Span<const double> base, absl::Span<const double> changed,
                         double confidence) {
  if (!Answers(base, changed)) return {};
  const auto null = RankNull::RankSum(base.size(), changed.size());
  const uint64_t k = null->CountWithin((1 - confidence) / 2);
  if (k == 0) return {};
  const PairwiseDifferences differences(base, changed);
  return {differences.Nth(k), differences.Nth(differences.count() + 1 - k)};
}

double RankSumPValueGreater(absl::Span<const double> base, absl::Span<const double> changed,
                            double shift) {
  if (!Answers(base, changed)) return 1;
  const PairwiseDifferences differences(base, changed);
  return RankNull::RankSum(base.size(), changed.size())->AtMost(differences.CountAtMost(shift));
}

double RankSumPValueLess(absl::Span<const double> base, absl::Span<const double> changed,
                         double shift) {
  if (!Answers(base, changed)) return 1;
  const PairwiseDifferences differences(base, changed);
  const uint64_t at_least = differences.count() - differences.CountBelow(shift);
  return RankNull::RankSum(base.size(), changed.size())->AtMost(at_least);
}

}  // namespace loadline::stats
