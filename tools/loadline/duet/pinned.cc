#include "tools/loadline/duet/pinned.h"

#include <algorithm>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/suite_arguments.h"

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

// The CPU time of an iteration, a repetition each.
absl::StatusOr<std::vector<double>> Read(const PinnedSide& side,
                                         const absl::StatusOr<run::ChildOutcome>& outcome,
                                         const PinnedOptions& options, results::ResultFile& file) {
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
  std::vector<double> times;
  for (const results::Row& row : file.rows) {
    if (row.error_occurred) return absl::AbortedError(row.error_message);
    if (row.skipped) return absl::AbortedError(absl::StrCat("skipped: ", row.skip_message));
    if (row.measured() && row.cpu_time_ns.value_or(0) > 0) times.push_back(*row.cpu_time_ns);
  }
  if (times.empty()) return absl::AbortedError("no repetition took any CPU time");
  return times;
}

}  // namespace

absl::StatusOr<PinnedSample> RunAtOnce(const PinnedSide& base, const PinnedSide& candidate,
                                       const PinnedOptions& options) {
  absl::StatusOr<run::ChildOutcome> base_outcome;
  std::thread other([&] { base_outcome = Start(base, options); });
  const absl::StatusOr<run::ChildOutcome> new_outcome = Start(candidate, options);
  other.join();
  PinnedSample result;
  const auto base_times = Read(base, base_outcome, options, result.base);
  if (!base_times.ok()) return OfSide(base_times.status(), "base");
  const auto new_times = Read(candidate, new_outcome, options, result.candidate);
  if (!new_times.ok()) return OfSide(new_times.status(), "new");
  std::vector<SlicePair> pairs;
  for (size_t i = 0; i < std::min(base_times->size(), new_times->size()); ++i) {
    pairs.push_back({(*base_times)[i], (*new_times)[i], i % 2 == 0});
  }
  result.sample = Summarize(pairs);
  return result;
}

}  // namespace loadline::duet
