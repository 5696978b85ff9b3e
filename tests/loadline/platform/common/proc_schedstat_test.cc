#include "loadline/platform/common/proc_schedstat.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>

namespace loadline::platform {
namespace {

TEST(SchedstatRunDelayNanos, IsTheSecondFigure) {
  EXPECT_EQ(SchedstatRunDelayNanos("128811 2187416 5\n"), 2187416);
  EXPECT_EQ(SchedstatRunDelayNanos("0 0 1\n"), 0);
}

TEST(SchedstatRunDelayNanos, HasNoAnswerWhereTheKernelDoesNotCount) {
  EXPECT_EQ(SchedstatRunDelayNanos("0 0 0\n"), std::nullopt);
}

TEST(SchedstatRunDelayNanos, RejectsWhatHasAnotherForm) {
  for (const std::string text :
       {"", "\n", "1 2", "1 2 3 4", "1 x 3", "1 -2 3", "1 9223372036854775808 3"}) {
    EXPECT_EQ(SchedstatRunDelayNanos(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace loadline::platform
