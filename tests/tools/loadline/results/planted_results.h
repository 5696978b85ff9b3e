#ifndef TESTS_TOOLS_LOADLINE_RESULTS_PLANTED_RESULTS_H_
#define TESTS_TOOLS_LOADLINE_RESULTS_PLANTED_RESULTS_H_

#include <cstdint>
#include <string>

namespace loadline::results {

struct PlantedResults {
  int benchmarks = 10;
  int repetitions = 10;
  bool aggregates = true;  // mean, median, stddev and cv of each benchmark
  int counters = 0;        // user counters a row
  double factor = 1;       // all times are multiplied by it
  uint64_t seed = 1;       // of the noise, about 2 %
};

// A result file as Google Benchmark 1.7.1 writes it, byte for byte in its layout. The same options
// give the same text. 10,000 benchmarks of 10 repetitions with aggregates are 56 MB.
std::string MakePlantedResults(const PlantedResults& options);

}  // namespace loadline::results

#endif  // TESTS_TOOLS_LOADLINE_RESULTS_PLANTED_RESULTS_H_
