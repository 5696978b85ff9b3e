#ifndef TOOLS_LOADLINE_SAMPLES_MACHINE_LOAD_H_
#define TOOLS_LOADLINE_SAMPLES_MACHINE_LOAD_H_

#include <optional>
#include <string>

#include "tools/loadline/results/result_file.h"

namespace loadline::samples {

// Above it, per CPU, a machine had something else to do.
inline constexpr double kBusyLoadPerCpu = 0.5;

// What wanted to run on a machine while a file's figures were taken: load averages of a minute.
struct MachineLoad {
  std::optional<double> before;
  std::optional<double> after;  // the run's own threads are in it
  double cpus = 1;
  double own = 1;  // what the run may add itself: a thread for a CPU, at most

  // The larger of the two, without what the run added; 0 at least.
  double PerCpu() const;
  // "load 0.2 before and 10.05 after it, 2 CPUs".
  std::string Text() const;
};

// Absent where the file says no load, or not how many CPUs there are.
std::optional<MachineLoad> LoadOf(const results::ResultFile& file);

}  // namespace loadline::samples

#endif  // TOOLS_LOADLINE_SAMPLES_MACHINE_LOAD_H_
