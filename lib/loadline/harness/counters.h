#ifndef LOADLINE_HARNESS_COUNTERS_H_
#define LOADLINE_HARNESS_COUNTERS_H_

#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline::harness {

// Sets a counter that describes the whole process or run ("recall_at_10", "init_ready_ns").
// Google Benchmark sums a counter over threads, so only thread 0 sets it and the others' calls do
// nothing: call it from every thread with the same name, or from thread 0 alone. Set it in every
// run, failed ones too, with one set of names a benchmark.
void SetGauge(benchmark::State& state, absl::string_view name, double value);

// Makes counters fit for strict JSON with one key each: a name that is one of the result format's
// own keys ("threads", "iterations", ...) becomes "counter_<name>", and a counter whose value is
// not finite is left out. A warning a problem goes to `warnings`, one line without newline each.
void SanitizeCounters(absl::string_view benchmark_name, benchmark::UserCounters& counters,
                      std::vector<std::string>& warnings);

// `text` without what would break Google Benchmark's JSON, which escapes too little: control
// characters become spaces, and bytes of text that is not UTF-8 become '?'.
std::string SanitizeText(absl::string_view text);

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_COUNTERS_H_
