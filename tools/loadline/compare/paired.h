#ifndef TOOLS_LOADLINE_COMPARE_PAIRED_H_
#define TOOLS_LOADLINE_COMPARE_PAIRED_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace loadline::compare {

// One benchmark's restarts: fresh processes of both sides, measured together.
struct PairedSeries {
  std::vector<double> log_ratios;  // ln(new / base) of each restart's primary time, as measured
  // Some restarts by themselves show the new side clearly worse, others clearly not, so that it is
  // the layout of the process, not the program, that decides; and the same for better.
  bool layout_worse = false;
  bool layout_better = false;
  size_t most_restarts = 0;  // that there would have been without an answer
};

// What `loadline duet` knows besides two sides' values.
struct PairedRuns {
  absl::flat_hash_map<std::string, PairedSeries> benchmarks;  // by run name
  std::vector<std::string> doubts;  // each keeps the verdict from being a pass: exit code 3
  std::vector<std::string> notes;
};

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_PAIRED_H_
