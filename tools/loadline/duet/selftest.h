#ifndef TOOLS_LOADLINE_DUET_SELFTEST_H_
#define TOOLS_LOADLINE_DUET_SELFTEST_H_

#include <cstddef>
#include <map>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/loadline/duet/duet.h"

namespace loadline::duet {

struct SelftestOptions {
  // `candidate` is not used: base is tested against itself. `budget_seconds` is a test's.
  DuetOptions duet;
  double margin = 0.01;                       // a fraction
  size_t rounds = 10;                         // tests of each benchmark and kind
  std::vector<double> spikes = {0.02, 0.03};  // shares of work
};

// Tests of the program against itself.
struct FalseAlarms {
  size_t tests = 0;  // a benchmark each
  size_t worse = 0;  // called worse, at the level of a gate of all benchmarks
  size_t better = 0;
  size_t suites = 0;  // whole rounds
  size_t suites_with_alarm = 0;
  std::vector<double> seconds;  // until proved unchanged both ways, of those that were
};

// Tests of the program against itself with a known share of work more.
struct Found {
  double spike = 0;
  size_t tests = 0;
  std::vector<double> seconds;    // until it was called worse, of those in which it was
  std::vector<double> estimates;  // of all: fractions
};

// Tests of one benchmark, of whatever kind, and how many of them ended undecided.
struct LeftOpen {
  size_t tests = 0;
  size_t open = 0;
};

struct SelftestOutcome {
  Mode mode = Mode::kLockStep;
  size_t benchmarks = 0;
  FalseAlarms false_alarms;
  std::vector<Found> found;                   // a spike each; empty in pinned mode
  std::map<std::string, LeftOpen> left_open;  // by benchmark
  std::vector<std::string> failures;  // "NAME: what went wrong": these benchmarks took no part
  bool interrupted = false;
  double seconds = 0;
};

// What duet would see on this machine, now, under this load: every round tests each benchmark
// against itself, and once for each spike. To be called under an Interruption. Errors as of
// RunDuet.
absl::StatusOr<SelftestOutcome> RunSelftest(const SelftestOptions& options, std::ostream* terminal);

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_SELFTEST_H_
