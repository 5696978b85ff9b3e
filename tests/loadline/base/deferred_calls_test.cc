#include "loadline/base/deferred_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "loadline/base/log.h"

namespace loadline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DeferredCallsTest : public ::testing::Test {
 protected:
  void Note(std::string what) {
    CallOutside([this, what] { noted_.push_back(what); });
  }
  std::vector<std::string> noted_;
};

TEST_F(DeferredCallsTest, RunAtOnceWhereNothingDefersThem) {
  Note("a");
  EXPECT_THAT(noted_, ElementsAre("a"));
}

TEST_F(DeferredCallsTest, RunInOrderWhenTheOutermostEnds) {
  {
    const DeferredCalls outer;
    {
      const DeferredCalls inner;
      Note("a");
    }
    Note("b");
    EXPECT_THAT(noted_, IsEmpty());
  }
  EXPECT_THAT(noted_, ElementsAre("a", "b"));
}

TEST_F(DeferredCallsTest, WaitForWhereTheDeferralWasMovedTo) {
  std::optional<DeferredCalls> moved;
  {
    DeferredCalls here;
    moved.emplace(std::move(here));
  }
  Note("a");
  EXPECT_THAT(noted_, IsEmpty());
  moved.reset();
  EXPECT_THAT(noted_, ElementsAre("a"));
}

TEST_F(DeferredCallsTest, MayDeferCallsThemselves) {
  {
    const DeferredCalls outer;
    CallOutside([this] {
      const DeferredCalls again;
      Note("within");
      EXPECT_THAT(noted_, IsEmpty());
    });
    Note("after");
  }
  EXPECT_THAT(noted_, ElementsAre("within", "after"));
}

TEST_F(DeferredCallsTest, OfOneThreadAreNoneOfAnothers) {
  const DeferredCalls here;
  std::thread([this] { Note("there"); }).join();
  EXPECT_THAT(noted_, ElementsAre("there"));
}

TEST_F(DeferredCallsTest, IncludeLogRecords) {
  SetLogSink([this](const LogRecord& record) { noted_.push_back(record.message); });
  {
    const DeferredCalls here;
    Log({.level = LogLevel::kError, .component = "test", .message = "late", .fields = {}});
    EXPECT_THAT(noted_, IsEmpty());
  }
  SetLogSink(nullptr);
  EXPECT_THAT(noted_, ElementsAre("late"));
}

}  // namespace
}  // namespace loadline
