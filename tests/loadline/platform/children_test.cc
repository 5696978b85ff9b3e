#include "loadline/platform/children.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace loadline::platform {
namespace {

TEST(Children, HoldOneWhoseNameHasLineBreaksAndParentheses) {
  int named[2];
  ASSERT_EQ(::pipe(named), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::prctl(PR_SET_NAME, ") 1\n(2\n");
    if (::write(named[1], "x", 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(named[0], &byte, 1), 1);
  EXPECT_THAT(Children(), ::testing::Contains(pid));
  ::kill(pid, SIGKILL);
  ASSERT_EQ(::waitpid(pid, nullptr, 0), pid);
  for (const int end : named) ::close(end);
}

}  // namespace
}  // namespace loadline::platform
#endif
