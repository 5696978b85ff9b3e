#ifndef TESTS_SUPPORT_QUIET_LOG_H_
#define TESTS_SUPPORT_QUIET_LOG_H_

#include <cstdio>

#include "loadline/base/log.h"

namespace loadline::testing {

// Silences the log while it lives: for tests that provoke the errors it would report.
class QuietLog {
 public:
  QuietLog() { SetLogSink(nullptr); }
  ~QuietLog() {
    SetLogSink([](const LogRecord& record) {
      std::fprintf(stderr, "%s\n", FormatLogRecord(record).c_str());
    });
  }
  QuietLog(const QuietLog&) = delete;
  QuietLog& operator=(const QuietLog&) = delete;
};

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_QUIET_LOG_H_
