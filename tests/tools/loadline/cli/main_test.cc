#include "tools/loadline/cli/main.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "support/temp_dir.h"
#include "tests/support/test_path.h"

namespace loadline::cli {
namespace {

using ::loadline::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kSuite[] = R"sh(#!/bin/sh
case "$*" in *--benchmark_list_tests=true*) echo One ;; *) exit 1 ;; esac
)sh";

constexpr char kNoTerminals[] = "no terminal can be opened here: is /dev/pts mounted?";

// What `loadline run` writes to standard error where that is a terminal of this kind; nothing where
// the machine has no terminals, as a bare chroot.
std::optional<std::string> WrittenToTerminal(const char* term) {
  const TempDir dir;
  const std::string suite = dir.WriteFile("suite.sh", kSuite);
  ::chmod(suite.c_str(), 0700);
  const int screen = ::posix_openpt(O_RDWR | O_NOCTTY);
  if (screen < 0) return std::nullopt;
  EXPECT_EQ(::grantpt(screen), 0);
  EXPECT_EQ(::unlockpt(screen), 0);
  const int terminal = ::open(::ptsname(screen), O_RDWR | O_NOCTTY);
  const std::string tool = testing::TestPath("loadline");
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::dup2(terminal, STDERR_FILENO);
    ::setenv("TERM", term, 1);
    ::execl(tool.c_str(), tool.c_str(), "run", "--suite", suite.c_str(), "--out",
            dir.Path("out").c_str(), nullptr);
    ::_exit(127);
  }
  ::close(terminal);
  std::string written;
  char buffer[4096];
  // Fails when nobody has the terminal open any more.
  for (ssize_t got; (got = ::read(screen, buffer, sizeof(buffer))) > 0;) {
    written.append(buffer, static_cast<size_t>(got));
  }
  ::close(screen);
  int status = 0;
  ::waitpid(pid, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 5);
  return written;
}

TEST(Main, DrawsProgressOnATerminal) {
  const auto written = WrittenToTerminal("xterm");
  if (!written.has_value()) GTEST_SKIP() << kNoTerminals;
  EXPECT_THAT(*written, HasSubstr("\x1b[K"));
}

TEST(Main, SendsNoControlSequencesToATerminalThatHeedsNone) {
  for (const char* term : {"dumb", ""}) {
    const auto written = WrittenToTerminal(term);
    if (!written.has_value()) GTEST_SKIP() << kNoTerminals;
    EXPECT_THAT(*written, Not(HasSubstr("\x1b")));
  }
}

}  // namespace
}  // namespace loadline::cli
