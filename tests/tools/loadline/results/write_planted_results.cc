#include <fstream>
#include <iostream>

#include "absl/strings/numbers.h"

#include "tests/tools/loadline/results/planted_results.h"

// Writes a large result file, to time reading and comparing by hand.
int main(int argc, char** argv) {
  if (argc < 2 || argc > 7) {
    std::cerr << "usage: " << argv[0]
              << " FILE [BENCHMARKS [REPETITIONS [SEED [FACTOR [COUNTERS]]]]]\n";
    return 2;
  }
  loadline::results::PlantedResults options;
  const bool understood = (argc <= 2 || absl::SimpleAtoi(argv[2], &options.benchmarks)) &&
                          (argc <= 3 || absl::SimpleAtoi(argv[3], &options.repetitions)) &&
                          (argc <= 4 || absl::SimpleAtoi(argv[4], &options.seed)) &&
                          (argc <= 5 || absl::SimpleAtod(argv[5], &options.factor)) &&
                          (argc <= 6 || absl::SimpleAtoi(argv[6], &options.counters));
  if (!understood) {
    std::cerr << argv[0] << ": want numbers after the file\n";
    return 2;
  }
  std::ofstream out(argv[1], std::ios::binary);
  out << loadline::results::MakePlantedResults(options) << std::flush;
  if (out) return 0;
  std::cerr << argv[0] << ": cannot write " << argv[1] << "\n";
  return 1;
}
