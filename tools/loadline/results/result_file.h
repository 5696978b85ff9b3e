#ifndef TOOLS_LOADLINE_RESULTS_RESULT_FILE_H_
#define TOOLS_LOADLINE_RESULTS_RESULT_FILE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/btree_map.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/results/json.h"

namespace loadline::results {

// kIteration: one measurement. kAggregate: what Google Benchmark computed from several (mean,
// median, stddev, cv, BigO, RMS); nothing here judges those.
enum class RunType { kIteration, kAggregate };

// Numbers by name; can be non-finite.
using Counters = absl::btree_map<std::string, double>;

// One entry of a result file's "benchmarks".
struct Row {
  std::string name;      // as written, with every suffix
  std::string run_name;  // without the aggregate's suffix; `name` where the file has none
  RunType run_type = RunType::kIteration;
  std::string aggregate_name;  // "mean", ...; empty for iterations
  std::string aggregate_unit;  // "time" or "percentage"; empty where the file has none

  // -1 where the file has none.
  int64_t family_index = -1;
  int64_t per_family_instance_index = -1;
  int64_t repetitions = -1;
  int64_t repetition_index = -1;

  int64_t threads = 1;
  int64_t iterations = 0;  // at least 1 in an iteration row that did not fail
  // Nanoseconds, whatever the file's unit; can be non-finite. Absent in BigO and RMS rows, and in
  // failed rows that say none. A percentage aggregate keeps its ratio.
  std::optional<double> real_time_ns;
  std::optional<double> cpu_time_ns;
  std::string time_unit;  // "ns", "us", "ms", "s": the file's; empty where it has none

  // The benchmark failed (Google Benchmark's SkipWithError, or `loadline run` saw it crash).
  bool error_occurred = false;
  std::string error_message;
  // The benchmark chose not to run (SkipWithMessage, 1.8 and newer): no measurement, no failure.
  bool skipped = false;
  std::string skip_message;

  std::string label;
  // Every other number of the row: user counters, allocs_per_iter, cpu_coefficient, rms, ...
  Counters counters;
  // What is left, in order: strings (big_o), true and false, nested values.
  Json::Object extras;

  bool measured() const { return run_type == RunType::kIteration && !error_occurred && !skipped; }
  // A counter, or the row's own times as "real_time_ns" and "cpu_time_ns".
  std::optional<double> Counter(absl::string_view counter) const;
};

// Whether it is a fitted complexity (BigO, RMS), which belongs to several benchmarks.
bool IsFit(const Row& row);

// Of benchmarks that have aggregates and no other row: what is wrong, and what to do.
inline constexpr absl::string_view kOnlyAggregates =
    "there are only means and medians, no measurements: leave out "
    "--benchmark_report_aggregates_only, and remove ReportAggregatesOnly() from the program";

// A Google Benchmark result file. A plain value.
struct ResultFile {
  std::string source;    // the path it was read from, "-" for standard input; not part of the file
  Json::Object context;  // in order: the machine, the library, and our keys "loadline.*"
  std::vector<Row> rows;
  Json::Object extras;  // members of the file other than "context" and "benchmarks"

  // Json::AsText of a context value; empty where there is none.
  std::string ContextText(absl::string_view key) const;
  // True unless "loadline.incomplete" is absent or "false": the run was cut short.
  bool incomplete() const;
};

// Nanoseconds in one of Google Benchmark's units ("ns", "us", "ms", "s"); 0 for any other text.
double NanosPerTimeUnit(absl::string_view unit);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_RESULT_FILE_H_
