#include "loadline/platform/common/clock_tick.h"

#include <set>

namespace loadline::platform {
namespace {

// Every interval between successive readings that occurred, and 0.
std::set<int64_t> DistinctIntervals(absl::FunctionRef<int64_t()> read, int readings) {
  std::set<int64_t> intervals = {0};
  int64_t previous = read();
  for (int i = 1; i < readings; ++i) {
    const int64_t now = read();
    if (now > previous) intervals.insert(now - previous);
    previous = now;
  }
  return intervals;
}

}  // namespace

std::optional<int64_t> ClockStep(absl::FunctionRef<int64_t()> read, int readings) {
  // k steps of 41.67 appear as one of two neighbouring whole numbers. Runs of neighbours are
  // therefore one interval; a run of three or more says that the clock resolves single units.
  std::optional<int64_t> smallest_gap;
  int64_t run_start = 0;
  int64_t previous = 0;
  for (const int64_t interval : DistinctIntervals(read, readings)) {
    if (interval - previous > 1) {
      const int64_t gap = interval - run_start;
      if (!smallest_gap.has_value() || gap < *smallest_gap) smallest_gap = gap;
      run_start = interval;
    } else if (interval - run_start >= 2 || (interval == 1 && run_start == 0)) {
      return 1;
    }
    previous = interval;
  }
  return smallest_gap;
}

}  // namespace loadline::platform
