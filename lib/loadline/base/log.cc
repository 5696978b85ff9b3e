#include "loadline/base/log.h"

#include <atomic>
#include <cstdio>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/deferred_calls.h"
#include "loadline/base/mutex.h"
#include "loadline/base/utf8.h"

namespace loadline {
namespace {

// As a C string literal, but with the printable characters beyond ASCII as they are.
std::string Escaped(absl::string_view text) {
  std::string out;
  size_t kept = 0;  // bytes before this one are in `out`
  size_t at = 0;
  while (at < text.size()) {
    const Utf8Char c = FirstUtf8Char(text.substr(at));
    if (c.valid && c.size > 1 && !IsUnprintable(c.code_point)) {
      absl::StrAppend(&out, absl::CHexEscape(text.substr(kept, at - kept)),
                      text.substr(at, c.size));
      kept = at + c.size;
    }
    at += c.size;
  }
  absl::StrAppend(&out, absl::CHexEscape(text.substr(kept)));
  return out;
}

void WriteToStandardError(const LogRecord& record) {
  const std::string line = absl::StrCat(FormatLogRecord(record), "\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

struct SinkHolder {
  Mutex mutex;
  LogSink sink ABSL_GUARDED_BY(mutex) = WriteToStandardError;
  std::atomic<int> lowest{static_cast<int>(LogLevel::kWarning)};
};

SinkHolder& Holder() {
  static SinkHolder* const holder = new SinkHolder;  // never destroyed: logging works during exit
  return *holder;
}

constexpr int kNoLevel = static_cast<int>(LogLevel::kError) + 1;

thread_local bool in_sink = false;

class SinkScope {
 public:
  SinkScope() { in_sink = true; }
  ~SinkScope() { in_sink = false; }
  SinkScope(const SinkScope&) = delete;
  SinkScope& operator=(const SinkScope&) = delete;
};

}  // namespace

absl::string_view LogLevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "unknown";
}

std::string FormatLogRecord(const LogRecord& record) {
  std::string line = absl::StrCat("level=", LogLevelName(record.level),
                                  " component=", absl::CHexEscape(record.component), " msg=\"",
                                  Escaped(record.message), "\"");
  for (const auto& [key, value] : record.fields) {
    absl::StrAppend(&line, " ", absl::CHexEscape(key), "=\"", Escaped(value), "\"");
  }
  return line;
}

void SetLogSink(LogSink sink, LogLevel lowest) {
  SinkHolder& holder = Holder();
  // The old sink ends up in `sink` and is destroyed without the lock: what it owns may log.
  MutexLock lock(holder.mutex);
  holder.lowest.store(sink ? static_cast<int>(lowest) : kNoLevel, std::memory_order_relaxed);
  holder.sink.swap(sink);
}

bool LogEnabled(LogLevel level) {
  return static_cast<int>(level) >= Holder().lowest.load(std::memory_order_relaxed);
}

bool InLogSink() { return in_sink; }

namespace {

void GiveToSink(const LogRecord& record) {
  if (in_sink) return WriteToStandardError(record);  // this thread holds the lock
  SinkHolder& holder = Holder();
  MutexLock lock(holder.mutex);
  if (!holder.sink) return;
  const SinkScope scope;
  try {
    holder.sink(record);
  } catch (...) {
    WriteToStandardError(record);  // whoever logs is not to fail for it
  }
}

}  // namespace

void Log(LogRecord record) {
  if (!LogEnabled(record.level)) return;
  CallOutside([record = std::move(record)] { GiveToSink(record); });
}

}  // namespace loadline
