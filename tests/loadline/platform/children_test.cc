#include "loadline/platform/children.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>

#include "tests/support/temp_dir.h"

namespace loadline::platform {
namespace {

TEST(Children, HoldOneWhoseNameHasLineBreaksAndParentheses) {
  if (!AdoptOrphans()) GTEST_SKIP() << "nobody is told of children here";
  const testing::TempDir dir;
  const std::string program = dir.Path(") 1\n(2\n");  // a process is called what its file is
  std::filesystem::create_symlink("/bin/sleep", program);
  int started[2];
  ASSERT_EQ(::pipe(started), 0);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::fcntl(started[1], F_SETFD, FD_CLOEXEC);
    ::close(started[0]);
    ::execl(program.c_str(), program.c_str(), "60", nullptr);
    ::_exit(127);
  }
  ::close(started[1]);
  char byte = 0;
  ASSERT_EQ(::read(started[0], &byte, 1), 0) << "closed when it has become its program";
  EXPECT_THAT(Children(), ::testing::Contains(pid));
  ::kill(pid, SIGKILL);
  ASSERT_EQ(::waitpid(pid, nullptr, 0), pid);
  ::close(started[0]);
}

}  // namespace
}  // namespace loadline::platform
