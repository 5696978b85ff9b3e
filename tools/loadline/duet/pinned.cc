#include "tools/loadline/duet/pinned.h"

#include <sys/resource.h>

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/duet/slices_in_turns.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/suite_runner.h"

namespace loadline::duet {
namespace {

absl::StatusOr<run::ChildOutcome> Start(const PinnedSide& side, const PinnedOptions& options) {
  run::ChildOptions child;
  child.arguments = run::SuiteCommandLine(
      side.program, options.arguments,
      {absl::StrCat("--benchmark_filter=", options.filter),
       absl::StrFormat("--benchmark_min_time=%.6f", options.min_seconds),
       absl::StrCat("--benchmark_repetitions=", options.repetitions),
       "--benchmark_report_aggregates_only=false", absl::StrCat("--benchmark_out=", side.out_path),
       "--benchmark_out_format=json"});
  child.environment = side.environment;
  child.time_limit_seconds = options.time_limit_seconds;
  child.max_stdout_bytes = 0;
  child.cpu = options.cpu;
  return run::RunChild(child);
}

double MonotonicSecondsNow() { return static_cast<double>(run::MonotonicNanos()) / 1e9; }

// Of the processes that this one has started, without those that have not ended.
double CpuSecondsOfChildren() {
  struct rusage usage {};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  const auto seconds = [](const struct timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// One repetition of a side.
struct Repetition {
  double cpu_ns = 0;  // an iteration
  double iterations = 0;
};

absl::StatusOr<std::vector<Repetition>> Read(const PinnedSide& side,
                                             const absl::StatusOr<run::ChildOutcome>& outcome,
                                             const PinnedOptions& options,
                                             results::ResultFile& file) {
  LOADLINE_RETURN_IF_ERROR(outcome.status());
  if (outcome->end == run::ChildOutcome::End::kInterrupted) {
    return absl::CancelledError("interrupted");
  }
  if (!outcome->ok()) {
    return absl::UnavailableError(
        absl::StrCat("the process ended: ", run::Describe(*outcome, options.time_limit_seconds)));
  }
  auto read = results::ReadResultFile(side.out_path);
  if (!read.ok()) {
    return absl::UnavailableError(absl::StrCat("no result: ", read.status().message()));
  }
  file = *std::move(read);
  std::vector<Repetition> repetitions;
  for (const results::Row& row : file.rows) {
    if (row.error_occurred) return absl::AbortedError(row.error_message);
    if (row.skipped) return absl::AbortedError(absl::StrCat("skipped: ", row.skip_message));
    if (!row.measured() || row.cpu_time_ns.value_or(0) <= 0) continue;
    repetitions.push_back({*row.cpu_time_ns, static_cast<double>(row.iterations)});
  }
  if (repetitions.empty()) return absl::AbortedError("no repetition took any CPU time");
  return repetitions;
}

}  // namespace

absl::StatusOr<PinnedSample> RunAtOnce(const PinnedSide& base, const PinnedSide& candidate,
                                       const PinnedOptions& options) {
  const double start = MonotonicSecondsNow();
  const double cpu_start = CpuSecondsOfChildren();
  absl::StatusOr<run::ChildOutcome> base_outcome;
  std::thread other([&] { base_outcome = Start(base, options); });
  const absl::StatusOr<run::ChildOutcome> new_outcome = Start(candidate, options);
  other.join();
  const double cpu_seconds = CpuSecondsOfChildren() - cpu_start;
  const double wall_seconds = MonotonicSecondsNow() - start;
  PinnedSample result;
  const auto base_times = Read(base, base_outcome, options, result.base);
  if (!base_times.ok()) return OfSide(base_times.status(), "base");
  const auto new_times = Read(candidate, new_outcome, options, result.candidate);
  if (!new_times.ok()) return OfSide(new_times.status(), "new");
  SampledSlices slices{.counted_are_long = true};
  for (size_t i = 0; i < std::min(base_times->size(), new_times->size()); ++i) {
    const Repetition& of_base = (*base_times)[i];
    const Repetition& of_new = (*new_times)[i];
    slices.counted.push_back(
        {of_base.cpu_ns, of_new.cpu_ns, i % 2 == 0, of_base.iterations, of_new.iterations});
  }
  result.sample = Summarize(std::move(slices));
  result.sample.waited_seconds = std::max(0.0, wall_seconds - cpu_seconds);
  return result;
}

}  // namespace loadline::duet
