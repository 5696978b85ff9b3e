#include "loadline/platform/run_delay.h"

#include <gtest/gtest.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>
#include <optional>

namespace loadline::platform {
namespace {

int64_t MonotonicNow() {
  struct timespec now {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// To sleep is not to wait for a processor: what is counted is at most what is left of the time.
TEST(ThreadRunDelayNanos, NeverGoesBackAndHoldsNoSleep) {
  constexpr int64_t kSleepNanos = 50'000'000;
  const int64_t start = MonotonicNow();
  const std::optional<int64_t> before = ThreadRunDelayNanos();
  if (!before.has_value()) GTEST_SKIP() << "not counted here";
  ::usleep(kSleepNanos / 1000);
  const std::optional<int64_t> after = ThreadRunDelayNanos();
  const int64_t all = MonotonicNow() - start;
  ASSERT_TRUE(after.has_value());
  EXPECT_GE(*after, *before);
  EXPECT_LE(*after - *before, all - kSleepNanos);
}

}  // namespace
}  // namespace loadline::platform
