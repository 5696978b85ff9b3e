#include "tools/loadline/results/text_safety.h"

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace loadline::results {

Utf8Char FirstChar(absl::string_view text) {
  Utf8Char c = FirstUtf8Char(text);
  if (!c.valid) c.size = 1;
  return c;
}

bool IsValidUtf8(absl::string_view text) {
  if (absl::c_all_of(text, absl::ascii_isascii)) return true;
  for (; !text.empty(); text.remove_prefix(FirstUtf8Char(text).size)) {
    if (!FirstUtf8Char(text).valid) return false;
  }
  return true;
}

std::string EscapeUnprintable(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const Utf8Char c = FirstChar(text);
    if (c.valid && !IsUnprintable(c.code_point)) {
      out.append(text.data(), c.size);
    } else {
      for (size_t i = 0; i < c.size; ++i) {
        absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(text[i]));
      }
    }
    text.remove_prefix(c.size);
  }
  return out;
}

std::string Quoted(absl::string_view text, size_t most_chars) {
  size_t end = 0;
  size_t chars = 0;
  for (; end < text.size() && chars < most_chars; ++chars) {
    end += FirstChar(text.substr(end)).size;
  }
  return absl::StrCat("\"", EscapeUnprintable(text.substr(0, end)),
                      end < text.size() ? "...\"" : "\"");
}

}  // namespace loadline::results
