#include "tools/loadline/duet/slices_in_turns.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"

namespace loadline::duet {
namespace {

using turns::TurnMessage;

constexpr size_t kFewestPairs = 6;
constexpr double kMostIterations = 1e12;
constexpr size_t kBlocks = 5;  // of the long arm

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

// A sample's slices, two at a time.
class Turns {
 public:
  Turns(BenchProcess& base, BenchProcess& candidate, const SliceOptions& options,
        std::mt19937_64& random)
      : base_(base), candidate_(candidate), options_(options), base_first_((random() & 1) != 0) {}

  // Appends so many pairs to `pairs`, without those one slice of which took no time.
  absl::Status Run(size_t count, uint64_t iterations, double min_seconds,
                   std::vector<SlicePair>& pairs) {
    const SpikedSlice slice = WithSpike(iterations, options_.spike);
    for (size_t i = 0; i < count; ++i) {
      SlicePair pair{.base_first = base_first_};
      for (const bool is_base : {base_first_, !base_first_}) {
        const absl::Status ran =
            is_base ? RunBase(slice, min_seconds, pair) : RunCandidate(slice, min_seconds, pair);
        if (!ran.ok()) return OfSide(ran, is_base ? "base" : "new");
      }
      base_first_ = !base_first_;
      if (pair.base_ns > 0 && pair.new_ns > 0) pairs.push_back(pair);
    }
    return absl::OkStatus();
  }

 private:
  double TimeOf(const TurnMessage& slice) const {
    return options_.real_time ? slice.own_ns : slice.cpu_ns;
  }

  absl::Status RunBase(const SpikedSlice& slice, double min_seconds, SlicePair& pair) {
    LOADLINE_ASSIGN_OR_RETURN(const TurnMessage ran, base_.Run(slice.iterations, 0, min_seconds));
    pair.base_ns = TimeOf(ran);
    pair.base_operations = static_cast<double>(ran.iterations);
    return absl::OkStatus();
  }

  absl::Status RunCandidate(const SpikedSlice& slice, double min_seconds, SlicePair& pair) {
    const uint64_t iterations = slice.iterations + slice.more;
    LOADLINE_ASSIGN_OR_RETURN(const TurnMessage ran,
                              candidate_.Run(iterations, slice.iterations, min_seconds));
    pair.new_ns = TimeOf(ran);
    pair.new_operations = static_cast<double>(ran.iterations);
    // Times are divided by the iterations that are owned up to.
    if (iterations > 0) {
      pair.new_operations *=
          static_cast<double>(slice.iterations) / static_cast<double>(iterations);
    }
    return absl::OkStatus();
  }

  BenchProcess& base_;
  BenchProcess& candidate_;
  const SliceOptions& options_;
  bool base_first_;
};

double BaseNanos(const std::vector<SlicePair>& pairs) {
  double ns = 0;
  for (const SlicePair& pair : pairs) ns += pair.base_ns * pair.base_operations;
  return ns;
}

}  // namespace

absl::Status OfSide(const absl::Status& status, absl::string_view side) {
  return absl::Status(status.code(), absl::StrCat(side, ": ", status.message()));
}

SpikedSlice WithSpike(uint64_t iterations, double spike) {
  if (spike <= 0) return {iterations, 0};
  const double more = std::max(1.0, std::round(static_cast<double>(iterations) * spike));
  return {static_cast<uint64_t>(std::llround(more / spike)), static_cast<uint64_t>(more)};
}

absl::StatusOr<SampledSlices> RunInTurns(BenchProcess& base, BenchProcess& candidate,
                                         const SliceOptions& options, SlicePlan& plan,
                                         std::mt19937_64& random) {
  if (plan.pairs == 0) {
    LOADLINE_ASSIGN_OR_RETURN(plan, Planner(base, candidate, options).Plan());
  }
  Turns turns(base, candidate, options, random);
  SampledSlices slices;
  LOADLINE_RETURN_IF_ERROR(turns.Run(1, plan.iterations, plan.min_seconds, slices.warm_up));
  LOADLINE_RETURN_IF_ERROR(
      turns.Run(plan.pairs, plan.iterations, plan.min_seconds, slices.counted));
  if (slices.counted.size() * 4 < plan.pairs * 3) {
    return absl::AbortedError(absl::StrCat("only ", slices.counted.size(), " of ", plan.pairs,
                                           " pairs of slices took any time: the clock is too "
                                           "coarse, or stands still"));
  }
  const double counted_ns = BaseNanos(slices.counted);
  slices.counted_are_long = counted_ns >= options.long_seconds * 1e9;
  if (slices.counted_are_long || !options.long_arm) return slices;
  const double block_seconds = options.long_seconds / kBlocks;
  const double slice_seconds = counted_ns / 1e9 / static_cast<double>(slices.counted.size());
  const double times = std::max(1.0, block_seconds / slice_seconds);
  const auto iterations = static_cast<uint64_t>(static_cast<double>(plan.iterations) * times);
  LOADLINE_RETURN_IF_ERROR(turns.Run(kBlocks, iterations, block_seconds, slices.blocks));
  return slices;
}

}  // namespace loadline::duet
