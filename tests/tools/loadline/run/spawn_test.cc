#include "tools/loadline/run/spawn.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

namespace loadline::run {
namespace {

SpawnOptions ShellScript(const std::string& script) {
  return {.arguments = {"/bin/sh", "-c", script}};
}

int WaitFor(pid_t pid) {
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EndFamily(pid);
  return status;
}

std::vector<int> BlockedSignals() {
  sigset_t set;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &set);
  std::vector<int> blocked;
  for (int signal = 1; signal < 32; ++signal) {
    if (sigismember(&set, signal) == 1) blocked.push_back(signal);
  }
  return blocked;
}

int seen_signals = 0;
void Count(int) { ++seen_signals; }

TEST(Spawn, StartsAChildThatSignalsReach) {
  const auto pid = Spawn(ShellScript("kill -TERM $$; exit 7"));
  ASSERT_TRUE(pid.ok()) << pid.status();
  const int status = WaitFor(*pid);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(WTERMSIG(status), SIGTERM);
}

TEST(Spawn, LeavesTheSignalsOfThisProcessAsTheyWere) {
  const std::vector<int> before = BlockedSignals();
  const auto previous = ::signal(SIGTERM, Count);
  const auto pid = Spawn(ShellScript("kill -TERM $$"));
  ASSERT_TRUE(pid.ok()) << pid.status();
  WaitFor(*pid);
  EXPECT_EQ(seen_signals, 0) << "the child ran a handler of this process";
  ASSERT_EQ(::raise(SIGTERM), 0);
  EXPECT_EQ(seen_signals, 1) << "the child took the handler of this process away";
  EXPECT_EQ(BlockedSignals(), before);
  ::signal(SIGTERM, previous);
}

TEST(Spawn, LeavesASignalIgnoredThatIsIgnoredHere) {
  const auto previous = ::signal(SIGHUP, SIG_IGN);
  const auto pid = Spawn(ShellScript("kill -HUP $$; exit 7"));
  ::signal(SIGHUP, previous);
  ASSERT_TRUE(pid.ok()) << pid.status();
  const int status = WaitFor(*pid);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(Spawn, SaysWhyAProgramCannotBeStarted) {
  const auto missing = Spawn({.arguments = {"/no/such/program"}});
  EXPECT_EQ(missing.status().code(), absl::StatusCode::kNotFound) << missing.status();
  const auto directory = Spawn({.arguments = {"/"}});
  EXPECT_EQ(directory.status().code(), absl::StatusCode::kPermissionDenied) << directory.status();
}

// In a process that has no other children.
TEST(Spawn, LeavesNoChildWhereAProgramCannotBeStarted) {
  const pid_t alone = ::fork();
  if (alone == 0) {
    const bool started = Spawn({.arguments = {"/no/such/program"}}).ok();
    ::_exit(!started && ::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(alone, &status, 0), alone);
  EXPECT_EQ(status, 0);
}

TEST(Spawn, ChangesNeitherTheEnvironmentNorTheGroupOfThisProcess) {
  const pid_t group = ::getpgrp();
  SpawnOptions options = ShellScript("test \"$SPAWN_TEST\" = planted");
  options.environment = {{"SPAWN_TEST", "planted"}};
  const auto pid = Spawn(options);
  ASSERT_TRUE(pid.ok()) << pid.status();
  EXPECT_EQ(WaitFor(*pid), 0);
  EXPECT_EQ(::getenv("SPAWN_TEST"), nullptr);
  EXPECT_EQ(::getpgrp(), group);
}

}  // namespace
}  // namespace loadline::run
