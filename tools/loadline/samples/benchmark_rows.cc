#include "tools/loadline/samples/benchmark_rows.h"

#include <map>
#include <tuple>
#include <utility>

#include "absl/hash/hash.h"
#include "tools/loadline/samples/machine.h"

namespace loadline::samples {

using results::ResultFile;
using results::Row;
using results::RunType;

std::vector<BenchmarkRows> GroupRows(absl::Span<const ResultFile> files) {
  std::vector<BenchmarkRows> benchmarks;
  std::map<std::tuple<std::string, std::string, size_t>, size_t> index;
  for (const ResultFile& file : files) {
    const Host host = HostOf(file);
    // Where Google Benchmark has the benchmarks of a name in its list, numbered.
    std::map<std::string, std::map<std::pair<int64_t, int64_t>, size_t>> places;
    for (const Row& row : file.rows) {
      if (row.run_type != RunType::kIteration) continue;
      size_t namesakes = 0;
      if (row.measured()) {
        auto& known = places[row.run_name];
        const std::pair place(row.family_index, row.per_family_instance_index);
        namesakes = known.emplace(place, known.size()).first->second;
      }
      const auto [at, inserted] =
          index.emplace(std::tuple(host.name, row.run_name, namesakes), benchmarks.size());
      if (inserted) {
        BenchmarkRows& made = benchmarks.emplace_back();
        made.name = row.run_name;
        made.source = file.source;
        made.namesakes = namesakes;
      }
      BenchmarkRows& benchmark = benchmarks[at->second];
      if (row.measured()) benchmark.measured.push_back({&row, &file});
      benchmark.failed += row.error_occurred ? 1 : 0;
      benchmark.skipped += row.skipped && !row.error_occurred ? 1 : 0;
    }
  }
  return benchmarks;
}

std::set<std::string> AggregatesAlone(const ResultFile& file) {
  std::set<std::string> names;
  for (const Row& row : file.rows) {
    if (row.run_type == RunType::kAggregate && !results::IsFit(row)) names.insert(row.run_name);
  }
  for (const Row& row : file.rows) {
    if (row.run_type == RunType::kIteration) names.erase(row.run_name);
  }
  return names;
}

uint64_t FingerprintOf(const ResultFile& file) {
  uint64_t rows = 0;
  for (const Row& row : file.rows) {
    if (row.measured()) rows = FingerprintOf(rows, row);
  }
  return FingerprintOf(rows, file.ContextText("date"));
}

uint64_t FingerprintOf(uint64_t rows, const Row& row) {
  for (const auto& [name, value] : row.counters) rows = absl::HashOf(rows, value);
  return absl::HashOf(rows, row.run_name, row.repetition_index, row.real_time_ns.value_or(0),
                      row.cpu_time_ns.value_or(0));
}

uint64_t FingerprintOf(uint64_t rows, absl::string_view date) {
  return rows == 0 ? 0 : absl::HashOf(rows, date);
}

}  // namespace loadline::samples
