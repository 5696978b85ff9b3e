#ifndef TESTS_TOOLS_LOADLINE_RESULTS_PLANTED_RUNS_H_
#define TESTS_TOOLS_LOADLINE_RESULTS_PLANTED_RUNS_H_

#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::results {

// Result files in memory, with planted figures.

inline Row PlantedRow(const std::string& name, double nanos, int64_t repetition = 0,
                      int64_t repetitions = 1) {
  Row row;
  row.name = row.run_name = name;
  row.iterations = 1000;
  row.time_unit = "ns";
  row.real_time_ns = row.cpu_time_ns = nanos;
  row.repetition_index = repetition;
  row.repetitions = repetitions;
  return row;
}

inline Row FailedRow(const std::string& name, const std::string& message) {
  Row row;
  row.name = row.run_name = name;
  row.error_occurred = true;
  row.error_message = message;
  return row;
}

inline void SetContext(ResultFile& file, const std::string& key, Json value) {
  for (Json::Member& member : file.context) {
    if (member.first == key) {
      member.second = std::move(value);
      return;
    }
  }
  file.context.emplace_back(key, std::move(value));
}

// A file of `loadline run` on a machine whose environment is said completely.
inline ResultFile IsolatedRun(const std::string& source, std::vector<Row> rows, int processes) {
  ResultFile file;
  file.source = source;
  file.rows = std::move(rows);
  for (const auto& [key, value] : std::vector<std::pair<std::string, std::string>>{
           {"host_name", "planted"},
           {"num_cpus", "4"},
           {"mhz_per_cpu", "3000"},
           {"loadline.isolation", "one process a benchmark and repetition"},
           {"loadline.repetitions", absl::StrCat(processes)},
           {"loadline.host.cpu_model", "Planted CPU"},
           {"loadline.build_type", "Release"},
           {"loadline.optimized", "true"},
           {"loadline.assertions", "false"},
           {"loadline.sanitizer", "none"},
           {"loadline.compiler", "GNU 12.2.0"},
           {"loadline.allocator", "malloc"},
           {"loadline.gb_version", "1.7.1"},
           {"loadline.executable_hash", absl::StrCat("crc32c:", source)}}) {
    SetContext(file, key, Json(value));
  }
  return file;
}

// Deviations in (-1, 1) that do not repeat: the fractional parts of multiples of the golden ratio,
// from `phase` on.
inline double Deviation(int i, int phase) {
  const double x = 0.6180339887498949 * (i + 1) + 0.37 * phase;
  return 2 * (x - std::floor(x)) - 1;
}

// One benchmark's rows: a process each, within `spread` (a fraction) around `nanos`.
inline std::vector<Row> PlantedRows(const std::string& name, double nanos, double spread,
                                    int processes, int phase) {
  std::vector<Row> rows;
  for (int i = 0; i < processes; ++i) {
    rows.push_back(PlantedRow(name, nanos * (1 + spread * Deviation(i, phase)), i, processes));
  }
  return rows;
}

inline std::vector<Row> operator+(std::vector<Row> a, const std::vector<Row>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

}  // namespace loadline::results

#endif  // TESTS_TOOLS_LOADLINE_RESULTS_PLANTED_RUNS_H_
