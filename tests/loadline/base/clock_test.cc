#include "loadline/base/clock.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <thread>

#include "tests/support/fake_clock.h"

namespace loadline {
namespace {

TEST(RealClock, NeverGoesBack) {
  int64_t previous = Clock::Real().SteadyNanos();
  for (int i = 0; i < 10'000; ++i) {
    const int64_t now = Clock::Real().SteadyNanos();
    ASSERT_GE(now, previous);
    previous = now;
  }
}

TEST(RealClock, CountsASleepInNanoseconds) {
  const int64_t before = Clock::Real().SteadyNanos();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  EXPECT_GE(Clock::Real().SteadyNanos() - before, 20'000'000);
}

TEST(RealClock, TellsTheTimeSince1970) {
  constexpr int64_t kStartOf2024 = 1'704'067'200'000'000'000;
  EXPECT_GT(Clock::Real().WallNanos(), kStartOf2024);
}

TEST(FakeClock, MovesOnlyWhenItIsMoved) {
  testing::FakeClock clock;
  const int64_t steady = clock.SteadyNanos();
  const int64_t wall = clock.WallNanos();
  EXPECT_EQ(clock.SteadyNanos(), steady);
  clock.AdvanceMillis(3);
  EXPECT_EQ(clock.SteadyNanos(), steady + 3'000'000);
  EXPECT_EQ(clock.WallNanos(), wall + 3'000'000);
}

}  // namespace
}  // namespace loadline
