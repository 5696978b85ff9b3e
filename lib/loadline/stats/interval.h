#ifndef LOADLINE_STATS_INTERVAL_H_
#define LOADLINE_STATS_INTERVAL_H_

#include <limits>

namespace loadline::stats {

// A closed interval of numbers. A bound is infinite where the sample is too small for a finite one
// at the confidence that was asked; the default says nothing at all.
struct Interval {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
};

}  // namespace loadline::stats

#endif  // LOADLINE_STATS_INTERVAL_H_
