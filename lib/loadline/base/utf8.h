#ifndef LOADLINE_BASE_UTF8_H_
#define LOADLINE_BASE_UTF8_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace loadline {

// One character at the beginning of a text that may be anything.
struct Utf8Char {
  uint32_t code_point = 0xFFFD;  // U+FFFD, the replacement character, where !valid
  size_t size = 1;               // bytes; where !valid those that U+FFFD stands for
  bool valid = false;            // shortest form, no surrogate, at most U+10FFFF
};

// The first character of `text`, which must not be empty. What is no UTF-8 is taken apart as
// Unicode 15, section 3.9 ("U+FFFD Substitution of Maximal Subparts") recommends: the longest
// beginning of a sequence that could have become one, or else a single byte. A valid character is
// never part of it.
Utf8Char FirstUtf8Char(absl::string_view text);

// Characters that a terminal, editor or log viewer acts on instead of showing: controls (Cc, C1
// too), format characters such as the bidirectional overrides (Cf), line and paragraph separators
// (Zl, Zp), noncharacters. Unicode 15.
bool IsUnprintable(uint32_t code_point);

}  // namespace loadline

#endif  // LOADLINE_BASE_UTF8_H_
