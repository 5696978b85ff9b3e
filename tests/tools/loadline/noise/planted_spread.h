#ifndef TESTS_TOOLS_LOADLINE_NOISE_PLANTED_SPREAD_H_
#define TESTS_TOOLS_LOADLINE_NOISE_PLANTED_SPREAD_H_

#include <sys/stat.h>

#include <cmath>
#include <string>

#include "tests/support/temp_dir.h"

namespace loadline::noise {

// Plays a Google Benchmark program whose processes differ by a known factor: of Varies and Steady,
// every second process takes 1100 ns for 1000 ns, and every process 500 ns. The file "ran" gets the
// benchmark of every process; "hanging" is there once Hangs hangs: its
// third process.
inline constexpr char kPlantedSpread[] = R"sh(#!/bin/sh
here=$(dirname "$0")
for word in "$@"; do
  case $word in
    --benchmark_list_tests=true) printf 'Varies\nSteady\nBreaks\nHangs\n' >"$here/all"
      pattern=$(printf '%s\n' "$@" | sed -n 's/^--benchmark_filter=//p')
      grep -E "${pattern:-.}" "$here/all"; exit 0 ;;
    --benchmark_out=*) out=${word#*=} ;;
    --benchmark_filter=*) name=${word#*=} ;;
  esac
done
name=${name#^}; name=${name%\$}
echo "$name" >>"$here/ran"
turn=$(grep -c "^$name\$" "$here/ran")
case $name in
  Varies) if [ $((turn % 2)) = 0 ]; then nanos=1100; else nanos=1000; fi ;;
  Steady) nanos=500 ;;
  Breaks) echo 'broke as planned' >&2; exit 3 ;;
  Hangs) nanos=500; if [ "$turn" -gt 2 ]; then
      echo $$ >"$here/pid"; mv "$here/pid" "$here/hanging"; sleep 300; fi ;;
  *) exit 1 ;;
esac
printf '{"context":{"num_cpus":2},"benchmarks":[{"name":"%s","run_name":"%s","run_type":"iteration","iterations":1,"real_time":%s,"cpu_time":%s,"time_unit":"ns"}]}' "$name" "$name" "$nanos" "$nanos" >"$out"
)sh";

inline std::string PlantedSpread(const testing::TempDir& dir) {
  const std::string path = dir.WriteFile("suite.sh", kPlantedSpread);
  ::chmod(path.c_str(), 0700);
  return path;
}

// The deviation of the logarithm when half of an even number of processes take 10 % longer.
inline double PlantedSigma(int processes) {
  return std::log(1.1) / 2 * std::sqrt(processes / (processes - 1.0));
}

}  // namespace loadline::noise

#endif  // TESTS_TOOLS_LOADLINE_NOISE_PLANTED_SPREAD_H_
