#include "stowage/context/project_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using loadline::testing::IsOkAndHolds;
using loadline::testing::StatusIs;

TEST(MessageRole, HasANameThatReadsBack) {
  for (MessageRole role :
       {MessageRole::kSystem, MessageRole::kUser, MessageRole::kAssistant, MessageRole::kTool}) {
    EXPECT_THAT(ParseMessageRole(MessageRoleName(role)), IsOkAndHolds(role));
  }
  EXPECT_EQ(MessageRoleName(MessageRole::kTool), "tool");
}

TEST(MessageRole, RefusesAnyOtherText) {
  for (const char* text : {"", "User", "user ", "robot", "\x1b[31m"}) {
    EXPECT_THAT(ParseMessageRole(text), StatusIs(absl::StatusCode::kInvalidArgument)) << text;
  }
}

}  // namespace
}  // namespace stowage
