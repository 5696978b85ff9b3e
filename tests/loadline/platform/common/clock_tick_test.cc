#include "loadline/platform/common/clock_tick.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <random>

namespace loadline::platform {
namespace {

// A clock of steps of `tick` ns, of which each reading takes `cost` ns or, now and then, more.
class SteppingClock {
 public:
  SteppingClock(double tick, double cost) : tick_(tick), cost_(cost) {}
  int64_t operator()() {
    now_ += cost_ * (random_() % 4 == 0 ? 1 + static_cast<double>(random_() % 100) / 25 : 1);
    return static_cast<int64_t>(std::floor(now_ / tick_) * tick_);
  }

 private:
  const double tick_;
  const double cost_;
  double now_ = 1e15;
  std::mt19937_64 random_{7};
};

std::optional<int64_t> StepFound(double tick, double cost) {
  SteppingClock clock(tick, cost);
  return ClockStep([&clock] { return clock(); }, 20'000);
}

TEST(ClockStep, FindsAStepLongerThanAReading) {
  const std::optional<int64_t> step = StepFound(125.0 / 3, 13.3);
  ASSERT_TRUE(step.has_value());
  EXPECT_GE(*step, 41);
  EXPECT_LE(*step, 42);
}

TEST(ClockStep, FindsAStepShorterThanAReading) {
  const std::optional<int64_t> step = StepFound(10.013, 23);
  ASSERT_TRUE(step.has_value());
  EXPECT_GE(*step, 9);
  EXPECT_LE(*step, 11);
}

TEST(ClockStep, FindsSingleNanoseconds) {
  EXPECT_EQ(StepFound(1, 24), 1);
  EXPECT_EQ(StepFound(1, 0.4), 1);
}

TEST(ClockStep, FindsMicroseconds) { EXPECT_EQ(StepFound(1'000, 25), 1'000); }

TEST(ClockStep, HasNoAnswerForAClockThatStandsStill) {
  EXPECT_EQ(ClockStep([] { return int64_t{5}; }, 1'000), std::nullopt);
  EXPECT_EQ(ClockStep([] { return int64_t{5}; }, 0), std::nullopt);
}

TEST(ClockStep, TakesNoStepFromAClockThatGoesBack) {
  int64_t now = 1'000'000;
  EXPECT_EQ(ClockStep([&now] { return now -= 10; }, 100), std::nullopt);
}

}  // namespace
}  // namespace loadline::platform
