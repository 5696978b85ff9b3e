#include "tools/loadline/run/progress.h"

#include <chrono>
#include <sstream>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::run {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(StepLine, SaysWhatIsDoneAndForHowLongAndThenNothing) {
  std::ostringstream terminal;
  {
    const StepLine line(&terminal, "building base\x1b[2J");
    std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  }
  EXPECT_THAT(terminal.str(), HasSubstr("building base\\x1b[2J, 0 s"));
  EXPECT_THAT(terminal.str(), HasSubstr(", 1 s"));
  EXPECT_THAT(terminal.str(), Not(HasSubstr("base\x1b")));
  EXPECT_THAT(terminal.str(), EndsWith("\r\x1b[K"));
}

TEST(StepLine, ShowsNothingWhereThereIsNoTerminal) { const StepLine line(nullptr, "building"); }

}  // namespace
}  // namespace loadline::run
