#include "tools/loadline/branches/step_line.h"

#include <chrono>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/child_process.h"

namespace loadline::branches {

StepLine::StepLine(std::ostream* terminal, std::string what) : terminal_(terminal) {
  if (terminal_ == nullptr) return;
  thread_ = std::thread([this, text = results::EscapeUnprintable(what)] {
    const int64_t start = run::MonotonicNanos();
    int64_t shown = -1;
    while (!done_) {
      const int64_t seconds = (run::MonotonicNanos() - start) / 1'000'000'000;
      if (seconds != shown) {
        *terminal_ << "\r\x1b[K" << absl::StrCat(text, ", ", seconds, " s") << std::flush;
      }
      shown = seconds;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    *terminal_ << "\r\x1b[K" << std::flush;
  });
}

StepLine::~StepLine() {
  done_ = true;
  if (thread_.joinable()) thread_.join();
}

}  // namespace loadline::branches
