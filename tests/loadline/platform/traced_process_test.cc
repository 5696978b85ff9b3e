#include "loadline/platform/traced_process.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace loadline::platform {
namespace {

// How a shell ends that runs `script`, let go on whenever it stops.
int EndOfTraced(const char* script) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    BecomeTraced();
    ::execl("/bin/sh", "sh", "-c", script, nullptr);
    ::_exit(127);
  }
  bool is_program = false;
  int status = 0;
  while (::waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
    ContinueTraced(pid, status, is_program);
  }
  return status;
}

TEST(TracedProcess, DiesOfTheTrapThatItRaises) {
  for (const char* script : {"kill -TRAP $$; exit 3", "exec /bin/sh -c 'kill -TRAP $$; exit 3'"}) {
    const int status = EndOfTraced(script);
    EXPECT_TRUE(WIFSIGNALED(status)) << script;
    EXPECT_EQ(WTERMSIG(status), SIGTRAP) << script;
  }
}

TEST(TracedProcess, GoesOnAfterBecomingAnotherProgram) {
  const int status = EndOfTraced("exec /bin/sh -c 'exec /bin/sh -c \"exit 3\"'");
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 3);
}

}  // namespace
}  // namespace loadline::platform
