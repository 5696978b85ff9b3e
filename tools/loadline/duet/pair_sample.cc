#include "tools/loadline/duet/pair_sample.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "loadline/stats/sample.h"
#include "loadline/stats/signed_rank.h"

namespace loadline::duet {
namespace {

// A pair is disturbed when it is this many robust standard deviations slower than most.
constexpr double kDisturbed = 4;
constexpr double kDeviationPerMad = 1.4826;
constexpr double kSampleConfidence = 0.999;

// The pairs that count, in their order.
std::vector<SlicePair> Undisturbed(const std::vector<SlicePair>& pairs) {
  std::vector<double> sums, distances;
  for (const SlicePair& pair : pairs) {
    sums.push_back(std::log(pair.base_ns) + std::log(pair.new_ns));
  }
  const double median = stats::Median(sums);
  for (const double sum : sums) distances.push_back(std::fabs(sum - median));
  const double limit = median + kDisturbed * kDeviationPerMad * stats::Median(distances);
  // Never more than a quarter, however the rest lies.
  const double quarter = stats::Quantile(sums, 0.75);
  std::vector<SlicePair> kept;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (sums[i] <= std::max(limit, quarter)) kept.push_back(pairs[i]);
  }
  return kept;
}

void SummarizeTypical(const std::vector<SlicePair>& counted, PairSample& sample) {
  const std::vector<SlicePair> kept = Undisturbed(counted);
  sample.pairs = kept.size();
  std::vector<double> base_times, new_times, orders[2], all;
  for (const SlicePair& pair : kept) {
    base_times.push_back(pair.base_ns);
    new_times.push_back(pair.new_ns);
    orders[pair.base_first ? 0 : 1].push_back(std::log(pair.new_ns / pair.base_ns));
    all.push_back(orders[pair.base_first ? 0 : 1].back());
  }
  sample.base.typical_ns = stats::Median(base_times);
  sample.candidate.typical_ns = stats::Median(new_times);
  sample.typical_log_ratio = orders[0].empty() || orders[1].empty()
                                 ? stats::Median(all)
                                 : (stats::Median(orders[0]) + stats::Median(orders[1])) / 2;
  sample.interval = stats::SignedRankInterval(all, kSampleConfidence);
}

void AddTo(const std::vector<SlicePair>& pairs, Total SideSample::*total, PairSample& sample) {
  for (const SlicePair& pair : pairs) {
    (sample.base.*total).Add(pair.base_ns, pair.base_operations);
    (sample.candidate.*total).Add(pair.new_ns, pair.new_operations);
  }
}

}  // namespace

void Total::Add(double ns_each, double count) {
  ns += ns_each * count;
  operations += count;
}

void Total::Add(const Total& more) {
  ns += more.ns;
  operations += more.operations;
}

double SideSample::TimeOf(Estimand estimand) const {
  if (estimand == Estimand::kTypical) return typical_ns;
  const Total& total = estimand == Estimand::kMean ? counted : life;
  return total.operations > 0 ? total.mean() : 0;
}

std::optional<double> PairSample::LogRatio(Estimand estimand) const {
  if (estimand == Estimand::kTypical) return typical_log_ratio;
  if (estimand == Estimand::kLife && !is_long()) return std::nullopt;
  const double ratio = candidate.TimeOf(estimand) / base.TimeOf(estimand);
  if (!std::isfinite(ratio) || ratio <= 0) return std::nullopt;
  return std::log(ratio);
}

PairSample Summarize(SampledSlices slices) {
  PairSample sample;
  SummarizeTypical(slices.counted, sample);
  AddTo(slices.counted, &SideSample::counted, sample);
  sample.base.life = sample.base.counted;
  sample.candidate.life = sample.candidate.counted;
  AddTo(slices.warm_up, &SideSample::life, sample);
  AddTo(slices.blocks, &SideSample::life, sample);
  sample.blocks = std::move(slices.counted_are_long ? slices.counted : slices.blocks);
  return sample;
}

}  // namespace loadline::duet
