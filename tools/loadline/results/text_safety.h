#ifndef TOOLS_LOADLINE_RESULTS_TEXT_SAFETY_H_
#define TOOLS_LOADLINE_RESULTS_TEXT_SAFETY_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace loadline::results {

// One character of a text that may be anything.
struct TextChar {
  uint32_t code_point = 0;  // meaningless when !valid
  size_t size = 1;          // bytes; an invalid byte is one of its own
  bool valid = false;       // shortest-form UTF-8, no surrogate, at most U+10FFFF
};

// The first character, as FirstUtf8Char() of loadline/base/utf8.h reads it, but of what is invalid
// only one byte: it is shown byte by byte. REQUIRES: not empty.
TextChar FirstChar(absl::string_view text);

bool IsValidUtf8(absl::string_view text);

// The text as \xNN for every byte of an unprintable character (IsUnprintable() of
// loadline/base/utf8.h, as in log lines) and for every invalid byte;
// everything else, backslashes too, stays. Applying it twice changes nothing.
std::string EscapeUnprintable(absl::string_view text);

// For messages: in double quotes, escaped, at most so many characters and then "...".
std::string Quoted(absl::string_view text, size_t most_chars = 80);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_TEXT_SAFETY_H_
