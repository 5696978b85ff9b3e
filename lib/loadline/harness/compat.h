#ifndef LOADLINE_HARNESS_COMPAT_H_
#define LOADLINE_HARNESS_COMPAT_H_

// Everything that differs between Google Benchmark 1.7.1 and 1.9.x, so that nothing else in the
// project asks for a version. What an object offers is found out from the object; only what it
// means (the semantics of its times) is looked up by the version found at configure time.

#include <benchmark/benchmark.h>

#include <map>
#include <string>

namespace loadline::harness {

// "1.7.1": the Google Benchmark this library was built against.
std::string BenchmarkLibraryVersion();

// What `real_time` and rate counters mean on rows of several threads:
//   "per_thread_divided"    before 1.9.0: wall time divided by the number of threads
//   "wall_rates_per_thread" 1.9.0 to 1.9.4: true wall time, kIsRate counters are a thread's share
//   "wall"                  from 1.9.5: true wall time, rates of the whole process
// Figures of different semantics are not comparable on threaded rows. This library's own counters
// do not depend on it.
std::string TimeSemantics();

// What --benchmark_min_time wants after its number: nothing before 1.8, "s" since.
const char* MinTimeUnit();

// Whether --benchmark_min_time=Nx sets the iterations of a thread, as it does since 1.8.
bool SetsIterationsByFlag();

// Whether this row is an error or was skipped: 1.7 says error_occurred, 1.8 and newer `skipped`.
template <typename Run>
bool RunFailed(const Run& run) {
  if constexpr (requires { run.error_occurred; }) {
    return run.error_occurred;
  } else {
    return run.skipped != decltype(run.skipped){};
  }
}

// The message of such a row.
template <typename Run>
std::string& RunMessage(Run& run) {
  if constexpr (requires { run.error_message; }) {
    return run.error_message;
  } else {
    return run.skip_message;
  }
}

// Hands ReportRunsConfig (1.8 and newer) on to `inner`. The function is no `override`: in 1.7 there
// is nothing to override.
class ReporterBase : public benchmark::BenchmarkReporter {
 public:
  explicit ReporterBase(benchmark::BenchmarkReporter& inner) : inner_(inner) {}
  void ReportRunsConfig(double min_time, bool has_explicit_iterations,
                        benchmark::IterationCount iterations) {
    Forward(inner_, min_time, has_explicit_iterations, iterations);
  }

 protected:
  benchmark::BenchmarkReporter& inner() { return inner_; }

 private:
  template <typename Reporter>
  static void Forward(Reporter& reporter, double min_time, bool has_explicit_iterations,
                      benchmark::IterationCount iterations) {
    if constexpr (requires {
                    reporter.ReportRunsConfig(min_time, has_explicit_iterations, iterations);
                  }) {
      reporter.ReportRunsConfig(min_time, has_explicit_iterations, iterations);
    }
  }

  benchmark::BenchmarkReporter& inner_;
};

// Adds a context key unless the program has set it already: then the program's value stands.
void AddContextOnce(const std::string& key, const std::string& value);

// While it lives, reporters do not see context keys that start with "loadline.": some thirty keys
// are for files, not for people. Not thread-safe; for the duration of one ReportContext.
class HiddenContext {
 public:
  HiddenContext();
  ~HiddenContext();
  HiddenContext(const HiddenContext&) = delete;
  HiddenContext& operator=(const HiddenContext&) = delete;

 private:
  std::map<std::string, std::string>* const all_;
  std::map<std::string, std::string> shown_;
};

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_COMPAT_H_
