#ifndef TOOLS_LOADLINE_RUN_RUN_H_
#define TOOLS_LOADLINE_RUN_RUN_H_

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace loadline::run {

struct RunOptions {
  std::string suite;                         // a Google Benchmark program; empty: none
  std::string init_probe;                    // docs/formats.md, "Initialisation probe"; empty: none
  std::string filter;                        // --benchmark_filter; empty: all
  std::string profile = "ci";                // "tiny", "smoke", "ci", "full"
  int repetitions = 1;                       // processes a benchmark, at least 1
  uint64_t seed = 1;                         // of the order, and LOADLINE_SEED of every child
  double time_limit_seconds = 120;           // a process
  int starts = 30;                           // of each scenario of the probe, at least 1
  std::vector<std::string> suite_arguments;  // given to the suite, before ours
  std::string out;                           // the result file
};

// What the run reads or starts, and its result file must not replace.
std::vector<std::string> InputsOf(const RunOptions& options);

struct RunSummary {
  size_t rows = 0;          // measurements in the file, error rows included
  size_t errors = 0;        // error rows
  bool incomplete = false;  // interrupted: the file holds what was done
};

// What a comparison with another such run could call, a sentence without a full stop.
std::string WhatRepetitionsTell(size_t benchmarks, int repetitions);

// Measures every benchmark in a fresh process of its own, in rounds of random order, and writes one
// result file, complete or not at all. What goes wrong with a benchmark (crash, time limit,
// non-zero exit, no result) is an error row, and the run goes on. `terminal` takes the line of
// progress, `notes` WhatRepetitionsTell before the first measurement; null: none. To be called
// under an Interruption, which ends the run early with a valid file. Errors: a program cannot be
// started or lists nothing it could run, the file cannot be written; early where that can be known.
absl::StatusOr<RunSummary> Run(const RunOptions& options, std::ostream* terminal,
                               std::ostream* notes = nullptr);

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_RUN_H_
