#ifndef TOOLS_LOADLINE_DUET_DUET_H_
#define TOOLS_LOADLINE_DUET_DUET_H_

#include <cstddef>
#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/loadline/compare/paired.h"
#include "tools/loadline/policy/policy.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::duet {

enum class Mode { kAuto, kLockStep, kPinned };

struct DuetOptions {
  std::string base;  // Google Benchmark programs
  std::string candidate;
  std::string filter;                  // --benchmark_filter; empty: all
  std::vector<std::string> arguments;  // given to both programs, before ours
  Mode mode = Mode::kAuto;
  double alpha = 0.01;
  double budget_seconds = 10;  // that a benchmark may take
  size_t most_restarts = 200;  // of a benchmark
  bool controls = true;
  uint64_t seed = 1;
  std::string profile = "ci";      // LOADLINE_PROFILE of both programs
  double time_limit_seconds = 60;  // for one answer of a program
};

// The margin of times where neither the caller nor the policy says one.
double DefaultMargin(Mode mode);

struct DuetOutcome {
  Mode mode = Mode::kLockStep;  // that was used; never kAuto
  results::ResultFile base;     // a row a sample: the median time of its slices
  results::ResultFile candidate;
  compare::PairedRuns paired;  // what the rows do not say
  bool interrupted = false;
  double seconds = 0;
  double control_seconds = 0;  // of those
};

// Measures both programs against each other until every benchmark is decided or has used up its
// budget, in rounds: a sample of every benchmark that is not decided, in random order. Margins of
// single benchmarks are `policy`'s, before them `margin` if it is not 0. `terminal` takes the line
// of progress; null: none. To be called under a run::Interruption: then the outcome is what is
// known so far. What goes wrong with a benchmark becomes an error row of both sides that begins
// with the name of the side that broke. Errors: a program cannot be started or is no benchmark
// program, lock-step is wanted of one that cannot, the work directory cannot be written.
absl::StatusOr<DuetOutcome> RunDuet(const DuetOptions& options, const policy::Policy& policy,
                                    double margin, std::ostream* terminal);

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_DUET_H_
