#ifndef LOADLINE_BASE_LOG_H_
#define LOADLINE_BASE_LOG_H_

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace loadline {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// "debug", "info", "warning", "error".
absl::string_view LogLevelName(LogLevel level);

// One line a library has to say: which component, what happened, and the facts as key=value.
struct LogRecord {
  LogLevel level = LogLevel::kInfo;
  std::string component;  // "storage", "registry", ...
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields;
};

// `level=warning component=storage msg="..." key="value"`: values are quoted and escaped, so one
// record is always one line and carries nothing to a terminal that it would act on: no control
// character (C1 too), separator or bidirectional override, and no byte that is not UTF-8.
std::string FormatLogRecord(const LogRecord& record);

using LogSink = std::function<void(const LogRecord&)>;

// The host application's sink for the whole process and the lowest level it wants. The default
// sink writes FormatLogRecord lines to standard error from kWarning up. The sink may be called
// from any thread, one call at a time. A null sink silences the library. Must not be called by a
// sink. A record that a sink throws at, or logs itself, goes to standard error.
void SetLogSink(LogSink sink, LogLevel lowest = LogLevel::kWarning);

// Whether a record of `level` would reach the sink; costs one relaxed load.
bool LogEnabled(LogLevel level);

// Gives the record to the sink if its level is enabled; within a DeferredCalls of this thread, when
// that ends. Thread-safe.
void Log(LogRecord record);

// Whether the calling thread is inside the sink. Other threads may be waiting for it to return, so
// it must not wait for them.
bool InLogSink();

}  // namespace loadline

#endif  // LOADLINE_BASE_LOG_H_
