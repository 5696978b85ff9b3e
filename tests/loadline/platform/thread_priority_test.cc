#include "loadline/platform/thread_priority.h"

#include <sys/resource.h>

#include <filesystem>
#include <thread>

#include "gtest/gtest.h"

namespace loadline::platform {
namespace {

// On Linux getpriority(PRIO_PROCESS, 0) is that of the calling thread; elsewhere of the process.
TEST(ThreadPriority, IsThatOfTheThreadThatGivesWayAlone) {
  const int before = ::getpriority(PRIO_PROCESS, 0);
  if (before >= 5) GTEST_SKIP() << "the process gives way already";
  int of_thread = before;
  std::thread([&] {
    GiveWayToOtherThreads();
    of_thread = ::getpriority(PRIO_PROCESS, 0);
  }).join();
  EXPECT_EQ(::getpriority(PRIO_PROCESS, 0), before);
  const bool by_thread = std::filesystem::exists("/proc/thread-self");
  EXPECT_EQ(of_thread, by_thread ? 5 : before);
}

}  // namespace
}  // namespace loadline::platform
