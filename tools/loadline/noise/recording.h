#ifndef TOOLS_LOADLINE_NOISE_RECORDING_H_
#define TOOLS_LOADLINE_NOISE_RECORDING_H_

#include <cstddef>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/run/run.h"

namespace loadline::noise {

// How much one metric of one benchmark varied between processes.
struct Spread {
  std::string benchmark;  // run name
  std::string metric;
  double sigma_log = 0;  // standard deviation (n - 1) of the logarithm of a process's value
  size_t processes = 0;  // n, at least stats::kFewestForASpread
};

struct Recording {
  std::vector<Spread> spreads;        // by benchmark in the order of the list, then metric
  std::vector<std::string> failures;  // benchmarks without spreads, and processes that failed
  bool incomplete = false;            // interrupted: the spreads are of what was done
};

// The spreads between the processes of a result file of `loadline run`: of every metric that
// comparisons judge, where each process that measured the benchmark has a value above zero. A
// process's value is what a comparison takes for it: the median of its repetitions.
Recording SpreadsOf(const results::ResultFile& runs);

// The noise file (docs/formats.md, "Noise file"): what was measured, and after it the spreads.
results::ResultFile NoiseFile(results::ResultFile runs, const Recording& recording);

// Runs the suite, `options.repetitions` processes a benchmark, all in one random order, so that a
// drift of the machine is part of the spread, and writes the noise file to `options.out`, complete
// or not at all; no file when there is no spread to write. `terminal` and Interruption are as of
// run::Run, and so are the errors.
absl::StatusOr<Recording> Record(const run::RunOptions& options, std::ostream* terminal);

}  // namespace loadline::noise

#endif  // TOOLS_LOADLINE_NOISE_RECORDING_H_
