#include "loadline/base/clock.h"

#include <chrono>

namespace loadline {
namespace {

template <typename ChronoClock>
int64_t NanosOf() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(ChronoClock::now().time_since_epoch())
      .count();
}

class RealClock final : public Clock {
 public:
  int64_t SteadyNanos() const override { return NanosOf<std::chrono::steady_clock>(); }
  int64_t WallNanos() const override { return NanosOf<std::chrono::system_clock>(); }
};

}  // namespace

const Clock& Clock::Real() {
  static const RealClock clock;
  return clock;
}

}  // namespace loadline
