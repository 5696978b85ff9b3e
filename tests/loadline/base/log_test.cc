#include "loadline/base/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace loadline {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Collects messages for as long as it lives; then the library is silent.
class CollectingSink {
 public:
  explicit CollectingSink(LogLevel lowest) {
    SetLogSink([this](const LogRecord& record) { messages_.push_back(record.message); }, lowest);
  }
  ~CollectingSink() { SetLogSink(nullptr); }
  const std::vector<std::string>& messages() const { return messages_; }

 private:
  std::vector<std::string> messages_;
};

LogRecord Record(LogLevel level, std::string message) {
  return {level, "test", std::move(message), {}};
}

TEST(Log, GivesTheSinkWhatReachesItsLevel) {
  const CollectingSink sink(LogLevel::kWarning);
  Log(Record(LogLevel::kDebug, "debug"));
  Log(Record(LogLevel::kInfo, "info"));
  Log(Record(LogLevel::kWarning, "warning"));
  Log(Record(LogLevel::kError, "error"));
  EXPECT_THAT(sink.messages(), ElementsAre("warning", "error"));
}

TEST(Log, SaysWhichLevelsAreEnabled) {
  const CollectingSink sink(LogLevel::kInfo);
  EXPECT_FALSE(LogEnabled(LogLevel::kDebug));
  EXPECT_TRUE(LogEnabled(LogLevel::kInfo));
  EXPECT_TRUE(LogEnabled(LogLevel::kError));
}

TEST(Log, IsSilentWithoutASink) {
  SetLogSink(nullptr, LogLevel::kDebug);
  ::testing::internal::CaptureStderr();
  Log(Record(LogLevel::kError, "nobody listens"));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), IsEmpty());
}

TEST(Log, IsEnabledAtNoLevelWithoutASink) {
  SetLogSink(nullptr, LogLevel::kDebug);
  EXPECT_FALSE(LogEnabled(LogLevel::kError));
}

TEST(Log, WritesWhatASinkLogsItselfToStandardError) {
  EXPECT_FALSE(InLogSink());
  SetLogSink([](const LogRecord& record) {
    EXPECT_TRUE(InLogSink());
    if (record.message == "outer") Log(Record(LogLevel::kError, "inner"));
  });
  ::testing::internal::CaptureStderr();
  Log(Record(LogLevel::kError, "outer"));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("msg=\"inner\""));
  EXPECT_FALSE(InLogSink());
  SetLogSink(nullptr);
}

TEST(Log, WritesWhatASinkThrowsAtToStandardError) {
  SetLogSink([](const LogRecord&) { throw std::runtime_error("full"); });
  ::testing::internal::CaptureStderr();
  EXPECT_NO_THROW(Log(Record(LogLevel::kError, "kept")));
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("msg=\"kept\""));
  EXPECT_FALSE(InLogSink());
  SetLogSink(nullptr);
}

TEST(Log, DestroysASinkWhoseRestLogs) {
  struct LogsAtItsEnd {
    ~LogsAtItsEnd() { Log(Record(LogLevel::kError, "end")); }
  };
  SetLogSink([rest = std::make_shared<LogsAtItsEnd>()](const LogRecord&) {});
  std::vector<std::string> messages;
  SetLogSink([&messages](const LogRecord& record) { messages.push_back(record.message); });
  EXPECT_THAT(messages, ElementsAre("end"));
  SetLogSink(nullptr);
}

TEST(Log, CallsTheSinkForOneThreadAtATime) {
  constexpr int kThreads = 4;
  constexpr int kEach = 500;
  const CollectingSink sink(LogLevel::kInfo);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < kEach; ++j) Log(Record(LogLevel::kInfo, "line"));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(sink.messages().size(), size_t{kThreads} * kEach);
}

TEST(FormatLogRecord, IsOneLineOfKeysAndQuotedValues) {
  EXPECT_EQ(FormatLogRecord({LogLevel::kWarning, "storage", "moved away", {{"file", "a b"}}}),
            "level=warning component=storage msg=\"moved away\" file=\"a b\"");
}

TEST(FormatLogRecord, LetsNoControlCharactersOrQuotesThrough) {
  const std::string line = FormatLogRecord(
      {LogLevel::kError, "x\ny", "a\"b\nc\x1b[31m", {{"k\n", std::string("\0\r", 2)}}});
  EXPECT_THAT(line, AllOf(Not(HasSubstr("\n")), Not(HasSubstr("\r")), Not(HasSubstr("\x1b")),
                          HasSubstr("a\\\"b\\n")));
  EXPECT_EQ(line.find('\0'), std::string::npos);
}

// The line of a record whose message and one value are `text`.
std::string LineWith(const std::string& text) {
  return FormatLogRecord({LogLevel::kError, "x", text, {{"k", text}}});
}

TEST(FormatLogRecord, EscapesWhatATerminalActsOnBeyondAscii) {
  // C1 as UTF-8 (CSI, NEL) and as a byte, separators, a bidirectional override, a noncharacter.
  EXPECT_EQ(LineWith("a\xC2\x9B\xC2\x85z"),
            "level=error component=x msg=\"a\\xc2\\x9b\\xc2\\x85z\" k=\"a\\xc2\\x9b\\xc2\\x85z\"");
  for (const char* const text : {"\x9B", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAE", "\xC2\x80",
                                 "\xC2\x9F", "\xEF\xBB\xBF", "\xEF\xBF\xBF", "\xE2\x82"}) {
    for (const char byte : LineWith(text)) EXPECT_GE(byte, ' ') << text;
  }
}

TEST(FormatLogRecord, LeavesPrintableTextOfAnyLanguage) {
  EXPECT_EQ(LineWith("\xC3\xA9\xC2\xA0\xE2\x82\xAC\xF0\x9F\x9A\xA2"),
            "level=error component=x msg=\"\xC3\xA9\xC2\xA0\xE2\x82\xAC\xF0\x9F\x9A\xA2\" "
            "k=\"\xC3\xA9\xC2\xA0\xE2\x82\xAC\xF0\x9F\x9A\xA2\"");
}

TEST(LogLevelName, NamesEveryLevel) {
  EXPECT_EQ(LogLevelName(LogLevel::kDebug), "debug");
  EXPECT_EQ(LogLevelName(LogLevel::kInfo), "info");
  EXPECT_EQ(LogLevelName(LogLevel::kWarning), "warning");
  EXPECT_EQ(LogLevelName(LogLevel::kError), "error");
}

}  // namespace
}  // namespace loadline
