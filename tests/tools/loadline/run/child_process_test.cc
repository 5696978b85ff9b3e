#include "tools/loadline/run/child_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "loadline/platform/children.h"
#include "support/status_matchers.h"

namespace loadline::run {
namespace {

using ::testing::HasSubstr;

ChildOptions Shell(const std::string& script) {
  return {.arguments = {"/bin/sh", "-c", script}, .time_limit_seconds = 60};
}

TEST(RunChild, DoesNotTakeAnUnknownEndForAGoodOne) {
  const auto before = std::signal(SIGCHLD, SIG_IGN);
  const auto outcome = RunChild(Shell("exit 7"));
  std::signal(SIGCHLD, before);
  ASSERT_FALSE(outcome.ok());
  EXPECT_THAT(outcome.status().message(), HasSubstr("how the process ended is not known"));
}

// Prints its pid, and leaves by a parent that ends at once.
constexpr char kLeavesItsSession[] = "setsid sh -c 'sleep 300 & echo $!' & wait; ";

bool Lives(const std::string& pid) { return ::kill(std::stoi(pid), 0) == 0; }

TEST(RunChild, EndsWhoLeftItsSession) {
  if (!platform::AdoptOrphans()) GTEST_SKIP() << "the OS gives orphans to init";
  const auto outcome = RunChild(Shell(kLeavesItsSession));
  ASSERT_OK(outcome);
  EXPECT_FALSE(Lives(outcome->out));
}

TEST(RunChild, EndsWhoLeftItsSessionAtTheTimeLimit) {
  if (!platform::AdoptOrphans()) GTEST_SKIP() << "the OS gives orphans to init";
  ChildOptions options = Shell(std::string(kLeavesItsSession) + "sleep 300");
  options.time_limit_seconds = 3;  // long enough for a shell's first words on a busy machine
  const auto outcome = RunChild(options);
  ASSERT_OK(outcome);
  EXPECT_EQ(outcome->end, ChildOutcome::End::kTimedOut);
  ASSERT_NE(outcome->out, "");
  EXPECT_FALSE(Lives(outcome->out));
}

TEST(RunChild, LetsOtherChildrenOfThisProcessLive) {
  const pid_t other = ::fork();
  if (other == 0) {
    ::sleep(300);
    ::_exit(0);
  }
  ASSERT_OK(RunChild(Shell(kLeavesItsSession)));
  EXPECT_EQ(::waitpid(other, nullptr, WNOHANG), 0);
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
}

}  // namespace
}  // namespace loadline::run
