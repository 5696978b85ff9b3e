#ifndef TOOLS_LOADLINE_SAMPLES_MACHINE_H_
#define TOOLS_LOADLINE_SAMPLES_MACHINE_H_

#include <optional>
#include <string>

#include "tools/loadline/results/result_file.h"

namespace loadline::samples {

// The machine that a result file was measured on, as far as its context says.
struct Host {
  std::string name;         // "unknown host" where the context names none
  std::string description;  // "Linux 6.1.0, x86_64, 2 CPUs"; empty where nothing is known
  bool reference = false;   // the machine that the policy's limits are about

  std::string Text() const;  // "NAME (DESCRIPTION)"
  friend bool operator==(const Host&, const Host&) = default;
};
// `reference` is left false: the policy says it.
Host HostOf(const results::ResultFile& file);

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

#endif  // TOOLS_LOADLINE_SAMPLES_MACHINE_H_
