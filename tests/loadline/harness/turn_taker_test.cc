// Asks planted_bench for slices, as the tool would.

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "loadline/turns/turn_channel.h"
#include "tests/support/status_matchers.h"
#include "tests/support/test_path.h"

namespace loadline::harness {
namespace {

using turns::TurnChannel;
using turns::TurnMessage;

class TurnTaker : public ::testing::Test {
 protected:
  TurnTaker() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
    const std::string program = testing::TestPath("planted_bench");
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      ::setenv(turns::kTurnsVariable, std::to_string(ends[1]).c_str(), 1);
      ::execl(program.c_str(), program.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    channel_ = std::make_unique<TurnChannel>(ends[0]);
  }
  ~TurnTaker() override {
    channel_->Close();
    int status = 0;
    EXPECT_EQ(::waitpid(pid_, &status, 0), pid_);
    EXPECT_EQ(status, 0);
  }

  TurnMessage Ask(const TurnMessage& request) {
    EXPECT_OK(channel_->Send(request));
    const auto answer = channel_->Receive(60);
    EXPECT_OK(answer);
    return answer.value_or(TurnMessage());
  }
  TurnMessage Choose(const std::string& name) {
    return Ask({.kind = TurnMessage::Kind::kChoose, .text = "^" + name + "$"});
  }
  TurnMessage RunFor(double seconds) {
    return Ask({.kind = TurnMessage::Kind::kRun, .min_seconds = seconds});
  }
  TurnMessage RunSo(uint64_t iterations) {
    return Ask({.kind = TurnMessage::Kind::kRun, .iterations = iterations});
  }

 private:
  pid_t pid_ = -1;
  std::unique_ptr<TurnChannel> channel_;
};

TEST_F(TurnTaker, LeavesTheIterationsToGoogleBenchmarkUntilTheyAreSet) {
  const TurnMessage chosen = Choose("PlainLoop");
  ASSERT_EQ(chosen.kind, TurnMessage::Kind::kChosen) << chosen.text;
  EXPECT_EQ(chosen.iterations, 1U);
  const TurnMessage free = RunFor(0.01);
  ASSERT_EQ(free.kind, TurnMessage::Kind::kRan) << free.text;
  EXPECT_GT(free.iterations, 1'000U);
  EXPECT_EQ(RunSo(7).iterations, 7U);
  EXPECT_EQ(RunSo(11).iterations, 11U);
}

TEST_F(TurnTaker, TellsAnArgumentFromIterationsThatABenchmarkSetItself) {
  EXPECT_EQ(Choose("FailsTenPercent/iterations:1000/real_time/threads:4").iterations, 0U);
  const TurnMessage ran = RunFor(0.01);
  ASSERT_EQ(ran.kind, TurnMessage::Kind::kRan) << ran.text;
  EXPECT_EQ(ran.iterations, 4'000U);
}

// However long the thread waited for a processor: what it slept belongs to the operation.
TEST_F(TurnTaker, CountsSleepAndNoWaitingForAProcessorAsABenchmarksOwnTime) {
  Choose("Sleep10ms/iterations:20/real_time/threads:1");
  const TurnMessage ran = RunFor(0.01);
  ASSERT_EQ(ran.kind, TurnMessage::Kind::kRan) << ran.text;
  EXPECT_GE(ran.own_ns, ran.cpu_ns);
  EXPECT_LE(ran.own_ns, ran.real_ns);
  if (ran.waited_ns < 0) GTEST_SKIP() << "waiting is not counted here";
  EXPECT_GT(ran.own_ns, 9e6);
}

TEST_F(TurnTaker, KnowsNoOwnTimeOfSeveralThreads) {
  Choose("Sleep10ms/iterations:20/real_time/threads:2");
  const TurnMessage ran = RunFor(0.01);
  ASSERT_EQ(ran.kind, TurnMessage::Kind::kRan) << ran.text;
  EXPECT_EQ(ran.own_ns, ran.real_ns);
}

}  // namespace
}  // namespace loadline::harness
