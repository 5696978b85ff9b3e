#ifndef TOOLS_LOADLINE_SAMPLES_HOST_H_
#define TOOLS_LOADLINE_SAMPLES_HOST_H_

#include <string>

#include "tools/loadline/results/result_file.h"

namespace loadline::samples {

// The machine that a result file was measured on, as far as its context says.
struct Host {
  std::string name;         // "unknown host" where the context names none
  std::string description;  // "Linux 6.1.0, x86_64, 2 CPUs"; empty where nothing is known
  bool reference = false;   // the machine that the policy's limits are about

  friend bool operator==(const Host&, const Host&) = default;
};
// `reference` is left false: the policy says it.
Host HostOf(const results::ResultFile& file);

}  // namespace loadline::samples

#endif  // TOOLS_LOADLINE_SAMPLES_HOST_H_
