#ifndef TOOLS_LOADLINE_NOISE_SPREAD_TABLE_H_
#define TOOLS_LOADLINE_NOISE_SPREAD_TABLE_H_

#include <cstddef>
#include <optional>
#include <string>

#include "tools/loadline/noise/recording.h"

namespace loadline::noise {

// The smallest change for the worse, as a fraction of the base, that four of five comparisons of
// `processes` a side call with this spread, the default margin and alpha, as one of `family`
// questions; of fewer than three the recorded spread stands in. Absent when nothing can be called.
std::optional<double> SmallestCallable(const Spread& spread, size_t processes, size_t family);

// For people: the spread of every metric that decides a comparison, in percent, and what a
// comparison can call with one process a side and with `processes` a side, escaped, with a line of
// titles and a newline at the end. The other metrics are in the file alone.
std::string SpreadTable(const Recording& recording, size_t processes);

}  // namespace loadline::noise

#endif  // TOOLS_LOADLINE_NOISE_SPREAD_TABLE_H_
