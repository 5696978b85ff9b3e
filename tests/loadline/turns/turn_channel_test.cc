#include "loadline/turns/turn_channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "tests/support/status_matchers.h"

namespace loadline::turns {
namespace {

using ::loadline::testing::IsOk;
using ::testing::HasSubstr;

class TurnChannelTest : public ::testing::Test {
 protected:
  TurnChannelTest() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
    raw_ = ends[1];
    tool_ = std::make_unique<TurnChannel>(ends[0]);
  }
  ~TurnChannelTest() override {
    if (raw_ >= 0) ::close(raw_);
  }
  TurnChannel& Program() {
    if (program_ == nullptr) program_ = std::make_unique<TurnChannel>(std::exchange(raw_, -1));
    return *program_;
  }

  int raw_ = -1;
  std::unique_ptr<TurnChannel> tool_;
  std::unique_ptr<TurnChannel> program_;
};

TEST_F(TurnChannelTest, CarriesEveryFieldOfAMessage) {
  const TurnMessage sent{.kind = TurnMessage::Kind::kRan,
                         .family = 7,
                         .pad_bytes = 4095,
                         .iterations = 1'000'000'007,
                         .owned_iterations = 3,
                         .min_seconds = 0.5,
                         .real_ns = 1.25,
                         .cpu_ns = 1.5,
                         .own_ns = 1.125,
                         .call_wall_ns = 2e9,
                         .waited_ns = 1e9,
                         .text = std::string("a\0b", 3)};
  ASSERT_THAT(tool_->Send(sent), IsOk());
  const auto got = Program().Receive(5);
  ASSERT_THAT(got.status(), IsOk());
  EXPECT_EQ(got->kind, sent.kind);
  EXPECT_EQ(got->family, sent.family);
  EXPECT_EQ(got->pad_bytes, sent.pad_bytes);
  EXPECT_EQ(got->iterations, sent.iterations);
  EXPECT_EQ(got->owned_iterations, sent.owned_iterations);
  EXPECT_EQ(got->min_seconds, sent.min_seconds);
  EXPECT_EQ(got->real_ns, sent.real_ns);
  EXPECT_EQ(got->cpu_ns, sent.cpu_ns);
  EXPECT_EQ(got->call_wall_ns, sent.call_wall_ns);
  EXPECT_EQ(got->own_ns, sent.own_ns);
  EXPECT_EQ(got->waited_ns, sent.waited_ns);
  EXPECT_EQ(got->text, sent.text);
}

TEST_F(TurnChannelTest, KeepsTheBoundariesOfMessagesThatArriveTogether) {
  ASSERT_THAT(tool_->Send({.kind = TurnMessage::Kind::kChoose, .text = "one"}), IsOk());
  ASSERT_THAT(tool_->Send({.kind = TurnMessage::Kind::kChoose, .text = "two"}), IsOk());
  EXPECT_EQ(Program().Receive(5)->text, "one");
  EXPECT_EQ(Program().Receive(5)->text, "two");
}

TEST_F(TurnChannelTest, SaysThatNothingCameInTime) {
  EXPECT_EQ(tool_->Receive(0.001).status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(TurnChannelTest, SaysThatTheOtherEndIsGoneAfterWhatItSaid) {
  ASSERT_THAT(Program().Send({.kind = TurnMessage::Kind::kRan, .text = "last"}), IsOk());
  Program().Close();
  EXPECT_EQ(tool_->Receive(5)->text, "last");
  EXPECT_EQ(tool_->Receive(5).status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(tool_->Send({.kind = TurnMessage::Kind::kRun}).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TurnChannelTest, RefusesWhatIsNoMessage) {
  const std::string noise(200, 'x');
  ASSERT_EQ(::write(raw_, noise.data(), noise.size()), static_cast<ssize_t>(noise.size()));
  const auto got = tool_->Receive(5);
  EXPECT_EQ(got.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(got.status().message(), HasSubstr("no message of this version"));
}

TEST_F(TurnChannelTest, RefusesATextThatIsTooLong) {
  EXPECT_EQ(tool_->Send({.text = std::string((64 << 10) + 1, 'x')}).code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace loadline::turns
