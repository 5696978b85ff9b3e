#include "tools/loadline/duet/pair_sample.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "loadline/stats/sample.h"
#include "loadline/stats/signed_rank.h"

namespace loadline::duet {
namespace {

using turns::TurnMessage;

constexpr size_t kFewestPairs = 6;
constexpr double kMostIterations = 1e12;
// A pair is disturbed when it is this many robust standard deviations slower than most.
constexpr double kDisturbed = 4;
constexpr double kDeviationPerMad = 1.4826;
constexpr double kSampleConfidence = 0.999;

double MedianDeviation(const std::vector<double>& values, double median) {
  std::vector<double> distances;
  distances.reserve(values.size());
  for (const double value : values) distances.push_back(std::fabs(value - median));
  return stats::Median(distances);
}

// The pairs that count, in their order.
std::vector<SlicePair> Undisturbed(const std::vector<SlicePair>& pairs) {
  std::vector<double> sums;
  sums.reserve(pairs.size());
  for (const SlicePair& pair : pairs) {
    sums.push_back(std::log(pair.base_ns) + std::log(pair.new_ns));
  }
  const double median = stats::Median(sums);
  const double limit = median + kDisturbed * kDeviationPerMad * MedianDeviation(sums, median);
  // Never more than a quarter, however the rest lies.
  const double quarter = stats::Quantile(sums, 0.75);
  std::vector<SlicePair> kept;
  for (size_t i = 0; i < pairs.size(); ++i) {
    if (sums[i] <= std::max(limit, quarter)) kept.push_back(pairs[i]);
  }
  return kept;
}

// The slices of both sides, as long as they have to be.
class Planner {
 public:
  Planner(BenchProcess& base, BenchProcess& candidate, const SliceOptions& options)
      : base_(base), candidate_(candidate), options_(options) {}

  absl::StatusOr<SlicePlan> Plan() {
    SlicePlan plan;
    const bool free = base_.sets_iterations() && candidate_.sets_iterations();
    if (!free) plan.min_seconds = options_.slice_seconds;
    plan.iterations = free ? 1 : 0;
    double call_seconds = INFINITY;
    bool confirmed = !free;
    while (true) {
      LOADLINE_ASSIGN_OR_RETURN(const Pace pace, Try(plan));
      call_seconds = std::min(call_seconds, pace.call_seconds);
      // A slice that is mostly set-up is lengthened until it is mostly the benchmark, or long.
      const double wanted = std::max(options_.slice_seconds, std::min(pace.setup_seconds, 0.02));
      const double measured = pace.call_seconds - pace.setup_seconds;
      if (measured >= 0.6 * wanted || !free) {
        if (std::exchange(confirmed, true)) break;
        continue;  // it looks as long when caches are cold or another process has the processor
      }
      const double factor = std::clamp(wanted / std::max(measured, 1e-9), 1.5, 10.0);
      const double next = static_cast<double>(plan.iterations) * factor;
      if (next > kMostIterations) break;
      plan.iterations = static_cast<uint64_t>(std::ceil(next));
      call_seconds = INFINITY;
      confirmed = false;
    }
    const double pairs = options_.sample_seconds / (2 * std::max(call_seconds, 1e-6));
    plan.pairs =
        std::clamp(static_cast<size_t>(std::min(pairs, 1e6)), kFewestPairs, options_.most_pairs);
    plan.pairs += plan.pairs % 2;  // as many with base first as with new first
    return plan;
  }

 private:
  struct Pace {
    double call_seconds = 0;   // of the faster side
    double setup_seconds = 0;  // of that, outside the measured loop
  };

  absl::StatusOr<Pace> Try(const SlicePlan& plan) {
    Pace pace{.call_seconds = INFINITY};
    for (const auto& [process, side] : {std::pair(&base_, "base"), std::pair(&candidate_, "new")}) {
      const auto slice = process->Run(plan.iterations, 0, plan.min_seconds);
      if (!slice.ok()) return OfSide(slice.status(), side);
      const double call = slice->call_wall_ns / 1e9;
      const double measured =
          std::min(call, slice->real_ns * static_cast<double>(slice->iterations) / 1e9);
      if (call < pace.call_seconds) pace = {call, call - measured};
    }
    return pace;
  }

  BenchProcess& base_;
  BenchProcess& candidate_;
  const SliceOptions& options_;
};

}  // namespace

absl::Status OfSide(const absl::Status& status, absl::string_view side) {
  return absl::Status(status.code(), absl::StrCat(side, ": ", status.message()));
}

PairSample Summarize(const std::vector<SlicePair>& pairs) {
  const std::vector<SlicePair> kept = Undisturbed(pairs);
  PairSample sample{.pairs = kept.size(), .dropped = pairs.size() - kept.size()};
  std::vector<double> base_times, new_times, orders[2], all;
  for (const SlicePair& pair : kept) {
    base_times.push_back(pair.base_ns);
    new_times.push_back(pair.new_ns);
    orders[pair.base_first ? 0 : 1].push_back(std::log(pair.new_ns / pair.base_ns));
    all.push_back(orders[pair.base_first ? 0 : 1].back());
  }
  sample.base_ns = stats::Median(base_times);
  sample.new_ns = stats::Median(new_times);
  sample.log_ratio = orders[0].empty() || orders[1].empty()
                         ? stats::Median(all)
                         : (stats::Median(orders[0]) + stats::Median(orders[1])) / 2;
  sample.interval = stats::SignedRankInterval(all, kSampleConfidence);
  return sample;
}

SpikedSlice WithSpike(uint64_t iterations, double spike) {
  if (spike <= 0) return {iterations, 0};
  const double more = std::max(1.0, std::round(static_cast<double>(iterations) * spike));
  return {static_cast<uint64_t>(std::llround(more / spike)), static_cast<uint64_t>(more)};
}

absl::StatusOr<std::vector<SlicePair>> RunInTurns(BenchProcess& base, BenchProcess& candidate,
                                                  const SliceOptions& options, SlicePlan& plan,
                                                  std::mt19937_64& random) {
  if (plan.pairs == 0) {
    LOADLINE_ASSIGN_OR_RETURN(plan, Planner(base, candidate, options).Plan());
  }
  const auto [iterations, more] = WithSpike(plan.iterations, options.spike);
  std::vector<SlicePair> pairs;
  bool base_first = (random() & 1) != 0;
  // The first pair warms both up and is not counted.
  for (size_t i = 0; i < plan.pairs + 1; ++i) {
    SlicePair pair{.base_first = base_first};
    for (const bool is_base : {base_first, !base_first}) {
      const auto slice = is_base ? base.Run(iterations, 0, plan.min_seconds)
                                 : candidate.Run(iterations + more, iterations, plan.min_seconds);
      if (!slice.ok()) return OfSide(slice.status(), is_base ? "base" : "new");
      (is_base ? pair.base_ns : pair.new_ns) = options.real_time ? slice->real_ns : slice->cpu_ns;
    }
    // A virtual machine takes off a process's time what its host withheld, at times all of it.
    if (i > 0 && pair.base_ns > 0 && pair.new_ns > 0) pairs.push_back(pair);
    base_first = !base_first;
  }
  if (pairs.size() * 4 < plan.pairs * 3) {
    return absl::AbortedError(absl::StrCat("only ", pairs.size(), " of ", plan.pairs,
                                           " pairs of slices took any time: the clock is too "
                                           "coarse, or stands still"));
  }
  return pairs;
}

}  // namespace loadline::duet
