#ifndef LOADLINE_HARNESS_MEASURING_REPORTER_H_
#define LOADLINE_HARNESS_MEASURING_REPORTER_H_

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "loadline/harness/compat.h"

namespace loadline::harness {

// What the display and the file reporter of one process share: the memory of the benchmark that
// is being reported, read once, and the warnings already given. Not thread-safe; Google Benchmark
// reports between benchmarks, from one thread.
class RunObserver {
 public:
  struct Options {
    // Repetitions of all benchmarks are mixed: no memory figure belongs to one benchmark.
    bool interleaved = false;
    std::ostream* warnings = nullptr;  // not owned; lives as long as the observer
    // Called once, before the first report: adds the context keys.
    std::function<void()> add_context;
  };
  explicit RunObserver(Options options);

  // To be called when the context is reported, before the first benchmark runs.
  void BeforeContext();
  // Copies of `runs` with the harness's counters, and what would break strict JSON mended.
  std::vector<benchmark::BenchmarkReporter::Run> Complete(
      const std::vector<benchmark::BenchmarkReporter::Run>& runs);

 private:
  using Run = benchmark::BenchmarkReporter::Run;
  struct Memory {
    std::optional<uint64_t> peak_bytes;
    bool isolated = false;  // no other benchmark ran in this process before
  };

  void CompleteRun(Run& run, const Memory& memory);
  void Warn(const std::string& line);
  // The memory of the benchmark these runs are of: read at its first report, after which fixtures
  // are released and the peak starts anew for the next benchmark.
  Memory MemoryOf(const Run& run);

  const Options options_;
  const int usable_cpus_;
  bool context_added_ = false;
  std::optional<std::pair<int64_t, int64_t>> current_;  // family, instance
  int benchmarks_seen_ = 0;
  Memory memory_;
  std::set<std::string> warned_;
};

// Stands in front of any reporter and hands everything on, completed by the observer, with numbers
// as in the C locale:
//   rss_peak_bytes  the most memory the process had since the previous benchmark ended, fixture
//                   and all (for the first benchmark: since the context was reported; where the OS
//                   cannot start a peak anew: since the process started). Not what child processes
//                   had. Not in stddev and cv rows. Absent where the OS does not answer.
//   rss_isolated    1 when this was the first benchmark of its process: nothing that an earlier
//                   one left behind is in the figure
//   oversubscribed  1 when the row has more threads than the process may use CPUs
class MeasuringReporter : public ReporterBase {
 public:
  // `hide_context`: for people, our context keys are noise. Neither reference is owned.
  MeasuringReporter(benchmark::BenchmarkReporter& inner, RunObserver& observer, bool hide_context)
      : ReporterBase(inner), observer_(observer), hide_context_(hide_context) {}

  bool ReportContext(const Context& context) override;
  void ReportRuns(const std::vector<Run>& runs) override;
  void Finalize() override;

 private:
  RunObserver& observer_;
  const bool hide_context_;
};

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_MEASURING_REPORTER_H_
