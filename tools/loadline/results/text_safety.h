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

// The first character. REQUIRES: not empty.
TextChar FirstChar(absl::string_view text);

bool IsValidUtf8(absl::string_view text);

// Characters that a terminal, editor or log viewer acts on instead of showing: controls (Cc),
// format characters such as the bidirectional overrides (Cf), line and paragraph separators,
// noncharacters. Unicode 15.
bool IsUnprintable(uint32_t code_point);

// The text as \xNN for every byte of an unprintable character and for every invalid byte;
// everything else, backslashes too, stays. Applying it twice changes nothing.
std::string EscapeUnprintable(absl::string_view text);

// For messages: in double quotes, escaped, at most 80 characters and then "...".
std::string Quoted(absl::string_view text);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_TEXT_SAFETY_H_
