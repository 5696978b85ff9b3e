#ifndef TOOLS_LOADLINE_SAMPLES_BENCHMARK_ROWS_H_
#define TOOLS_LOADLINE_SAMPLES_BENCHMARK_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/results/result_file.h"

namespace loadline::samples {

// All iteration rows of one benchmark on one host. Points into the files.
struct BenchmarkRows {
  struct Measured {
    const results::Row* row;
    const results::ResultFile* file;
  };
  std::string name;      // its run name
  std::string source;    // the first file that has it
  size_t namesakes = 0;  // benchmarks of this name before it in a file
  std::vector<Measured> measured;
  size_t failed = 0;
  size_t skipped = 0;
};

// The rows of all files by host and run name, in the order of the first of each. Benchmarks of one
// name in a file are told apart by "family_index" and "per_family_instance_index"; in the next file
// the first is taken for the first again.
std::vector<BenchmarkRows> GroupRows(absl::Span<const results::ResultFile> files);

// The run names of a file of which there are aggregates and nothing else.
std::set<std::string> AggregatesAlone(const results::ResultFile& file);

// Tells copies of a result file: equal for files that hold the same measurements in the same order
// and were written at the same date; 0 where nothing was measured. Means nothing outside the
// process.
uint64_t FingerprintOf(const results::ResultFile& file);
// The same, row by row: `rows` is 0, then what was returned for the measured row before.
uint64_t FingerprintOf(uint64_t rows, const results::Row& row);
uint64_t FingerprintOf(uint64_t rows, absl::string_view date);

}  // namespace loadline::samples

#endif  // TOOLS_LOADLINE_SAMPLES_BENCHMARK_ROWS_H_
