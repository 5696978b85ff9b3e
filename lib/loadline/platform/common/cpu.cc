#include "loadline/platform/cpu.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "loadline/base/clock.h"
#include "loadline/platform/common/clock_tick.h"

namespace loadline::platform {
namespace {

int64_t NanosOf(const timespec& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

int64_t MeasureClockTick() {
  constexpr int kReadings = 20'000;  // half a millisecond
  const std::optional<int64_t> step =
      ClockStep([] { return Clock::Real().SteadyNanos(); }, kReadings);
  if (step.has_value()) return *step;
  timespec resolution{};  // a clock coarser than all those readings: what the OS claims
  ::clock_getres(CLOCK_MONOTONIC, &resolution);
  return NanosOf(resolution);
}

}  // namespace

std::optional<int64_t> ProcessCpuNanos() {
  timespec used{};
  if (::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0) return std::nullopt;
  return NanosOf(used);
}

std::optional<LoadAverage> ReadLoadAverage() {
  double averages[3] = {};
  if (::getloadavg(averages, 3) != 3) return std::nullopt;
  return LoadAverage{averages[0], averages[1], averages[2]};
}

int64_t ClockTickNanos() {
  static const int64_t tick = MeasureClockTick();
  return tick;
}

int64_t PageSizeBytes() { return ::sysconf(_SC_PAGESIZE); }

}  // namespace loadline::platform
