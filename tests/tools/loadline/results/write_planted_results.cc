#include <cstdlib>
#include <fstream>
#include <iostream>

#include "tests/tools/loadline/results/planted_results.h"

// Writes a large result file, to time reading and comparing by hand.
int main(int argc, char** argv) {
  if (argc < 2 || argc > 7) {
    std::cerr << "usage: " << argv[0]
              << " FILE [BENCHMARKS [REPETITIONS [SEED [FACTOR [COUNTERS]]]]]\n";
    return 2;
  }
  loadline::results::PlantedResults options;
  if (argc > 2) options.benchmarks = std::atoi(argv[2]);
  if (argc > 3) options.repetitions = std::atoi(argv[3]);
  if (argc > 4) options.seed = std::strtoull(argv[4], nullptr, 10);
  if (argc > 5) options.factor = std::atof(argv[5]);
  if (argc > 6) options.counters = std::atoi(argv[6]);
  std::ofstream out(argv[1], std::ios::binary);
  out << loadline::results::MakePlantedResults(options) << std::flush;
  if (out) return 0;
  std::cerr << argv[0] << ": cannot write " << argv[1] << "\n";
  return 1;
}
