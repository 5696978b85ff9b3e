#ifndef LOADLINE_HARNESS_INIT_PROBE_H_
#define LOADLINE_HARNESS_INIT_PROBE_H_

// For programs that `loadline run --init-probe` starts (docs/formats.md, "Initialisation probe").
// Header-only and free of Google Benchmark, whose start-up would be measured with the rest: link
// loadline::loadline alone.

#include <time.h>

#include <cinttypes>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "loadline/platform/memory.h"

namespace loadline::harness {

// The moments of one start, in CLOCK_MONOTONIC nanoseconds, which every process of a machine
// shares.
class InitMoments {
 public:
  // Initialisation is done: the next call would be the user's first.
  void Ready() { ready_nanos = Now(); }
  // The first operation has returned; teardown begins.
  void FirstOperationDone() { first_op_nanos = Now(); }

  static int64_t Now() {
    struct timespec now {};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
  }

  int64_t ready_nanos = 0;
  int64_t first_op_nanos = 0;
};

struct InitScenario {
  std::string name;  // "Init/Workspace_Cold/projects:1000"; no spaces
  // Makes the data in `dir`, a path that does not exist yet, once; may be empty.
  std::function<absl::Status(const std::string& dir)> prepare;
  // Initialises, calls Ready(), does one operation, calls FirstOperationDone(), and tears down.
  std::function<absl::Status(const std::string& dir, InitMoments& moments)> start;
};

namespace internal {

inline int ReportInitError(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  return 1;
}

inline int StartScenario(const InitScenario& scenario, const std::string& dir, int64_t main_nanos) {
  InitMoments moments;
  const absl::Status status = scenario.start(dir, moments);
  const int64_t end_nanos = InitMoments::Now();
  if (!status.ok()) return ReportInitError(status);
  if (moments.ready_nanos == 0 || moments.first_op_nanos == 0) {
    return ReportInitError(absl::InternalError("the scenario did not mark its moments"));
  }
  std::printf("main_ns %" PRId64 "\nready_ns %" PRId64 "\nfirst_op_ns %" PRId64
              "\nteardown_end_ns %" PRId64 "\n",
              main_nanos, moments.ready_nanos, moments.first_op_nanos, end_nanos);
  if (const auto peak = platform::PeakMemory(); peak.bytes.has_value()) {
    std::printf("rss_peak_bytes %" PRIu64 "\n", *peak.bytes);
  }
  return 0;
}

}  // namespace internal

// The whole of a probe's main(); returns its exit code. Adds the scenario "baseline", which does
// nothing.
inline int RunInitProbe(int argc, char** argv, std::vector<InitScenario> scenarios) {
  const int64_t main_nanos = InitMoments::Now();
  scenarios.push_back({"baseline", nullptr, [](const std::string&, InitMoments& moments) {
                         moments.Ready();
                         moments.FirstOperationDone();
                         return absl::OkStatus();
                       }});
  const absl::string_view command = argc > 1 ? argv[1] : "";
  if (command == "--list" && argc == 2) {
    for (const InitScenario& scenario : scenarios) std::printf("%s\n", scenario.name.c_str());
    return 0;
  }
  if (argc == 4 && (command == "--prepare" || command == "--start")) {
    for (const InitScenario& scenario : scenarios) {
      if (scenario.name != argv[2]) continue;
      if (command == "--start") return internal::StartScenario(scenario, argv[3], main_nanos);
      const absl::Status status = scenario.prepare ? scenario.prepare(argv[3]) : absl::OkStatus();
      return status.ok() ? 0 : internal::ReportInitError(status);
    }
  }
  std::fprintf(
      stderr,
      "usage: %s --list\n       %s --prepare SCENARIO DIR\n       %s --start SCENARIO DIR\n",
      argv[0], argv[0], argv[0]);
  return 2;
}

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_INIT_PROBE_H_
