#include "loadline/platform/common/proc_schedstat.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace loadline::platform {

std::optional<int64_t> SchedstatRunDelayNanos(absl::string_view text) {
  const std::vector<absl::string_view> figures =
      absl::StrSplit(absl::StripAsciiWhitespace(text), ' ');
  uint64_t ran = 0, delay = 0, times = 0;
  if (figures.size() != 3 || !absl::SimpleAtoi(figures[0], &ran) ||
      !absl::SimpleAtoi(figures[1], &delay) || !absl::SimpleAtoi(figures[2], &times)) {
    return std::nullopt;
  }
  if (times == 0 || delay > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
  return static_cast<int64_t>(delay);
}

}  // namespace loadline::platform
