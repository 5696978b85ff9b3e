#include "tools/loadline/run/progress.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/child_process.h"

namespace loadline::run {

Progress::Progress(std::ostream* terminal, size_t total)
    : terminal_(terminal), total_(total), start_nanos_(MonotonicNanos()) {}

Progress::~Progress() {
  if (terminal_ != nullptr) *terminal_ << "\r\x1b[K" << std::flush;
}

void Progress::Begin(absl::string_view what) { Show(begun_++, what); }

void Progress::Show(size_t done, absl::string_view what) {
  if (terminal_ == nullptr) return;
  std::string left;
  if (done > 0) {
    const double spent = static_cast<double>(MonotonicNanos() - start_nanos_) / 1e9;
    const double rest = spent / static_cast<double>(done) * static_cast<double>(total_ - done);
    left = absl::StrFormat(", %.0f s left", rest);
  }
  constexpr size_t kNameWidth = 50;
  const std::string name = results::EscapeUnprintable(what.substr(0, kNameWidth));
  *terminal_ << "\r\x1b[K" << absl::StrCat(done, "/", total_, left, "  ", name) << std::flush;
}

}  // namespace loadline::run
