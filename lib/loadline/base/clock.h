#ifndef LOADLINE_BASE_CLOCK_H_
#define LOADLINE_BASE_CLOCK_H_

#include <cstdint>

namespace loadline {

// Where time comes from, so that tests can own it. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  // Nanoseconds since an arbitrary start; never goes back. For intervals, LRU order and alerts.
  virtual int64_t SteadyNanos() const = 0;

  // Nanoseconds since 1970-01-01 UTC; may jump either way. Only for time stamps that people read.
  virtual int64_t WallNanos() const = 0;

  // The machine's clocks; lives for ever.
  static const Clock& Real();
};

}  // namespace loadline

#endif  // LOADLINE_BASE_CLOCK_H_
