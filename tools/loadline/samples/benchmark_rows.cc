#include "tools/loadline/samples/benchmark_rows.h"

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

#include "tools/loadline/samples/host.h"

namespace loadline::samples {
namespace {

using results::ResultFile;
using results::Row;

// Tells benchmarks of one name in one file by where Google Benchmark has them in its list.
class Namesakes {
 public:
  // How many others of the row's name came before the row's own.
  size_t Before(const Row& row) {
    if (!row.measured()) return 0;
    std::map<Place, size_t>& known = known_[row.run_name];
    const Place place(row.family_index, row.per_family_instance_index);
    return known.emplace(place, known.size()).first->second;
  }

 private:
  using Place = std::pair<int64_t, int64_t>;
  std::map<std::string, std::map<Place, size_t>> known_;  // the places of a name, numbered
};

}  // namespace

std::vector<BenchmarkRows> GroupRows(absl::Span<const ResultFile> files) {
  std::vector<BenchmarkRows> benchmarks;
  std::map<std::tuple<std::string, std::string, size_t>, size_t> index;
  for (const ResultFile& file : files) {
    const Host host = HostOf(file);
    Namesakes namesakes;
    for (const Row& row : file.rows) {
      if (row.run_type != results::RunType::kIteration) continue;
      const size_t before = namesakes.Before(row);
      const auto [at, inserted] =
          index.emplace(std::tuple(host.name, row.run_name, before), benchmarks.size());
      if (inserted) {
        benchmarks.push_back({.name = row.run_name,
                              .source = file.source,
                              .namesakes = before,
                              .measured = {},
                              .failed = 0,
                              .skipped = 0});
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
    const bool aggregate = row.run_type == results::RunType::kAggregate;
    if (aggregate && !results::IsFit(row)) names.insert(row.run_name);
  }
  for (const Row& row : file.rows) {
    if (row.run_type == results::RunType::kIteration) names.erase(row.run_name);
  }
  return names;
}

}  // namespace loadline::samples
