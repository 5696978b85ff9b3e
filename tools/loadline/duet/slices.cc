#include "tools/loadline/duet/slices.h"

#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/suite_runner.h"

namespace loadline::duet {
namespace {

using turns::TurnMessage;

constexpr double kSliceSeconds = 0.001;
constexpr double kSampleSeconds = 0.12;  // of both sides' slices together
constexpr size_t kFewestPairs = 6;
constexpr size_t kMostPairs = 16;
constexpr double kMostIterations = 1e12;
constexpr size_t kBlocks = 5;  // of the long arm
constexpr double kRepetitionSeconds = 0.02;
constexpr int kRepetitions = 5;

struct Pace {
  double call_seconds = INFINITY;  // of the faster side
  double setup_seconds = 0;        // of that, outside the measured loop
};

absl::StatusOr<Pace> PaceOf(const SlicePlan& plan, BenchProcess& base, BenchProcess& candidate) {
  Pace pace;
  for (const auto& [process, side] : {std::pair(&base, "base"), std::pair(&candidate, "new")}) {
    const auto slice = process->Run(plan.iterations, 0, plan.min_seconds);
    if (!slice.ok()) return OfSide(slice.status(), side);
    const double call = slice->call_wall_ns / 1e9;
    const double measured =
        std::min(call, slice->real_ns * static_cast<double>(slice->iterations) / 1e9);
    if (call < pace.call_seconds) pace = {call, call - measured};
  }
  return pace;
}

// Slices of both sides that are as long as they have to be.
absl::StatusOr<SlicePlan> Plan(BenchProcess& base, BenchProcess& candidate) {
  const bool free = base.sets_iterations() && candidate.sets_iterations();
  SlicePlan plan;
  if (!free) plan.min_seconds = kSliceSeconds;
  plan.iterations = free ? 1 : 0;
  double call_seconds = INFINITY;
  bool confirmed = !free;
  while (true) {
    LOADLINE_ASSIGN_OR_RETURN(const Pace pace, PaceOf(plan, base, candidate));
    call_seconds = std::min(call_seconds, pace.call_seconds);
    // A slice that is mostly set-up is lengthened until it is mostly the benchmark, or long.
    const double wanted = std::max(kSliceSeconds, std::min(pace.setup_seconds, 0.02));
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
  const double pairs = kSampleSeconds / (2 * std::max(call_seconds, 1e-6));
  plan.pairs = std::clamp(static_cast<size_t>(std::min(pairs, 1e6)), kFewestPairs, kMostPairs);
  plan.pairs += plan.pairs % 2;  // as many with base first as with new first
  return plan;
}

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
        const absl::Status ran = RunOne(is_base, slice, min_seconds, pair);
        if (!ran.ok()) return OfSide(ran, is_base ? "base" : "new");
      }
      base_first_ = !base_first_;
      if (pair.base_ns > 0 && pair.new_ns > 0) pairs.push_back(pair);
    }
    return absl::OkStatus();
  }

 private:
  absl::Status RunOne(bool is_base, const SpikedSlice& slice, double min_seconds, SlicePair& pair) {
    const uint64_t owned = is_base ? 0 : slice.iterations;
    const uint64_t iterations = slice.iterations + (is_base ? 0 : slice.more);
    LOADLINE_ASSIGN_OR_RETURN(const TurnMessage ran,
                              (is_base ? base_ : candidate_).Run(iterations, owned, min_seconds));
    (is_base ? pair.base_ns : pair.new_ns) = options_.real_time ? ran.own_ns : ran.cpu_ns;
    double& operations = is_base ? pair.base_operations : pair.new_operations;
    operations = static_cast<double>(ran.iterations);
    // Times are divided by the iterations that are owned up to.
    if (slice.more > 0 && !is_base) {
      operations *= static_cast<double>(slice.iterations) / static_cast<double>(iterations);
    }
    return absl::OkStatus();
  }

  BenchProcess& base_;
  BenchProcess& candidate_;
  const SliceOptions& options_;
  bool base_first_;
};

absl::StatusOr<run::ChildOutcome> RunSide(const BenchProcessOptions& side) {
  run::ChildOptions child;
  child.arguments = run::SuiteCommandLine(
      side.program, side.arguments,
      {absl::StrCat("--benchmark_filter=", side.filter),
       absl::StrFormat("--benchmark_min_time=%.6f", kRepetitionSeconds),
       absl::StrCat("--benchmark_repetitions=", kRepetitions),
       "--benchmark_report_aggregates_only=false", absl::StrCat("--benchmark_out=", side.file),
       "--benchmark_out_format=json"});
  child.environment = side.environment;
  child.time_limit_seconds = side.time_limit_seconds;
  child.max_stdout_bytes = 0;
  child.cpu = side.cpu;
  return run::RunChild(child);
}

// Of the processes that this one has started, without those that have not ended.
double CpuSecondsOfChildren() {
  struct rusage usage {};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const struct timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Its rows are the repetitions.
absl::StatusOr<results::ResultFile> Read(const BenchProcessOptions& side,
                                         const absl::StatusOr<run::ChildOutcome>& outcome) {
  LOADLINE_RETURN_IF_ERROR(outcome.status());
  if (outcome->end == run::ChildOutcome::End::kInterrupted) {
    return absl::CancelledError("interrupted");
  }
  if (!outcome->ok()) {
    return absl::UnavailableError(
        absl::StrCat("the process ended: ", run::Describe(*outcome, side.time_limit_seconds)));
  }
  auto file = results::ReadResultFile(side.file);
  if (!file.ok()) {
    return absl::UnavailableError(absl::StrCat("no result: ", file.status().message()));
  }
  for (const results::Row& row : file->rows) {
    if (row.error_occurred) return absl::AbortedError(row.error_message);
    if (row.skipped) return absl::AbortedError(absl::StrCat("skipped: ", row.skip_message));
  }
  std::erase_if(file->rows, [](const results::Row& row) {
    return !row.measured() || row.cpu_time_ns.value_or(0) <= 0;
  });
  if (file->rows.empty()) return absl::AbortedError("no repetition took any CPU time");
  return file;
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
    LOADLINE_ASSIGN_OR_RETURN(plan, Plan(base, candidate));
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
  double counted_ns = 0;
  for (const SlicePair& pair : slices.counted) counted_ns += pair.base_ns * pair.base_operations;
  slices.counted_are_long = counted_ns >= options.long_seconds * 1e9;
  if (slices.counted_are_long || !options.long_arm) return slices;
  const double block_seconds = options.long_seconds / kBlocks;
  const double slice_seconds = counted_ns / 1e9 / static_cast<double>(slices.counted.size());
  const double times = std::max(1.0, block_seconds / slice_seconds);
  const auto iterations = static_cast<uint64_t>(static_cast<double>(plan.iterations) * times);
  LOADLINE_RETURN_IF_ERROR(turns.Run(kBlocks, iterations, block_seconds, slices.blocks));
  return slices;
}

absl::StatusOr<PinnedSample> RunAtOnce(const BenchProcessOptions& base,
                                       const BenchProcessOptions& candidate) {
  const int64_t start = run::MonotonicNanos();
  const double cpu_start = CpuSecondsOfChildren();
  absl::StatusOr<run::ChildOutcome> base_outcome;
  std::thread other([&] { base_outcome = RunSide(base); });
  const absl::StatusOr<run::ChildOutcome> new_outcome = RunSide(candidate);
  other.join();
  const double cpu_seconds = CpuSecondsOfChildren() - cpu_start;
  const double wall_seconds = run::SecondsSince(start);
  auto base_file = Read(base, base_outcome);
  if (!base_file.ok()) return OfSide(base_file.status(), "base");
  auto new_file = Read(candidate, new_outcome);
  if (!new_file.ok()) return OfSide(new_file.status(), "new");
  SampledSlices slices{.counted_are_long = true};
  for (size_t i = 0; i < std::min(base_file->rows.size(), new_file->rows.size()); ++i) {
    const results::Row& of_base = base_file->rows[i];
    const results::Row& of_new = new_file->rows[i];
    slices.counted.push_back({*of_base.cpu_time_ns, *of_new.cpu_time_ns, i % 2 == 0,
                              static_cast<double>(of_base.iterations),
                              static_cast<double>(of_new.iterations)});
  }
  PairSample sample = Summarize(std::move(slices));
  sample.waited_seconds = std::max(0.0, wall_seconds - cpu_seconds);
  return PinnedSample{std::move(sample), *std::move(base_file), *std::move(new_file)};
}

}  // namespace loadline::duet
