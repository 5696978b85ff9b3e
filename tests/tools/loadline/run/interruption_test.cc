#include "tools/loadline/run/interruption.h"

#include <csignal>

#include "gtest/gtest.h"

namespace loadline::run {
namespace {

TEST(Interruption, IsOverAtItsEnd) {
  {
    const Interruption first;
    EXPECT_FALSE(Interruption::Interrupted());
    std::raise(SIGINT);
    EXPECT_TRUE(Interruption::Interrupted());
  }
  EXPECT_FALSE(Interruption::Interrupted());
  const Interruption next;
  EXPECT_FALSE(Interruption::Interrupted());
}

TEST(Interruption, ReachesTheOneInsideAndStaysWithTheOneAround) {
  const Interruption around;
  {
    const Interruption inside;
    EXPECT_FALSE(Interruption::Interrupted());
    std::raise(SIGTERM);
    EXPECT_TRUE(Interruption::Interrupted());
  }
  EXPECT_TRUE(Interruption::Interrupted());
  const Interruption later;
  EXPECT_TRUE(Interruption::Interrupted());
}

TEST(Interruption, IsStillTakenByTheOneAround) {
  const Interruption around;
  { const Interruption inside; }
  std::raise(SIGHUP);
  EXPECT_TRUE(Interruption::Interrupted());
}

TEST(Interruption, LeavesASignalIgnoredThatWasIgnored) {
  const auto before = std::signal(SIGHUP, SIG_IGN);
  {
    const Interruption interruption;
    std::raise(SIGHUP);
    EXPECT_FALSE(Interruption::Interrupted());
  }
  EXPECT_EQ(std::signal(SIGHUP, before), SIG_IGN);
}

}  // namespace
}  // namespace loadline::run
