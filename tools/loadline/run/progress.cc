#include "tools/loadline/run/progress.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/child_process.h"

namespace loadline::run {
namespace {

constexpr char kClearLine[] = "\r\x1b[K";

}  // namespace

Progress::Progress(std::ostream* terminal, size_t total)
    : terminal_(terminal), total_(total), start_nanos_(MonotonicNanos()) {}

Progress::~Progress() {
  if (terminal_ != nullptr) *terminal_ << kClearLine << std::flush;
}

void Progress::Show(size_t done, absl::string_view what) {
  if (terminal_ == nullptr) return;
  std::string left;
  if (done > 0) {
    const double each = SecondsSince(start_nanos_) / static_cast<double>(done);
    left = absl::StrFormat(", %.0f s left", each * static_cast<double>(total_ - done));
  }
  constexpr size_t kNameWidth = 50;
  const std::string name = results::EscapeUnprintable(what.substr(0, kNameWidth));
  *terminal_ << kClearLine << absl::StrCat(done, "/", total_, left, "  ", name) << std::flush;
}

StepLine::StepLine(std::ostream* terminal, std::string what) {
  if (terminal == nullptr) return;
  thread_ = std::thread([this, terminal, text = results::EscapeUnprintable(what)] {
    const int64_t start = MonotonicNanos();
    int64_t shown = -1;
    while (!done_) {
      const int64_t seconds = (MonotonicNanos() - start) / 1'000'000'000;
      if (seconds != shown) {
        *terminal << kClearLine << absl::StrCat(text, ", ", seconds, " s") << std::flush;
      }
      shown = seconds;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    *terminal << kClearLine << std::flush;
  });
}

StepLine::~StepLine() {
  done_ = true;
  if (thread_.joinable()) thread_.join();
}

}  // namespace loadline::run
