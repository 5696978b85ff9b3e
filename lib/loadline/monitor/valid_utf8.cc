#include "loadline/monitor/valid_utf8.h"

#include "loadline/base/utf8.h"

namespace loadline {

std::string ValidUtf8(absl::string_view text) {
  constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Char c = FirstUtf8Char(text);
    const absl::string_view shown = c.valid ? text.substr(0, c.size) : kReplacement;
    out.append(shown.data(), shown.size());
    text.remove_prefix(c.size);
  }
  return out;
}

}  // namespace loadline
