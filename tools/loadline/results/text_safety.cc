#include "tools/loadline/results/text_safety.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/base/utf8.h"

namespace loadline::results {
TextChar FirstChar(absl::string_view text) {
  const Utf8Char c = FirstUtf8Char(text);
  if (!c.valid) return {};
  return {.code_point = c.code_point, .size = c.size, .valid = true};
}

bool IsValidUtf8(absl::string_view text) {
  const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(text.begin(), text.end(), ascii)) return true;
  while (!text.empty()) {
    const TextChar c = FirstChar(text);
    if (!c.valid) return false;
    text.remove_prefix(c.size);
  }
  return true;
}

std::string EscapeUnprintable(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const TextChar c = FirstChar(text);
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
