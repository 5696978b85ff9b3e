#ifndef TOOLS_LOADLINE_RESULTS_TEXT_SAFETY_H_
#define TOOLS_LOADLINE_RESULTS_TEXT_SAFETY_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"
#include "loadline/base/utf8.h"

namespace loadline::results {

// The first character, of which only one byte is taken where it is invalid. REQUIRES: not empty.
Utf8Char FirstChar(absl::string_view text);

bool IsValidUtf8(absl::string_view text);

// The text as \xNN for every byte of a character that IsUnprintable() and for every invalid byte;
// everything else, backslashes too, stays. Applying it twice changes nothing.
std::string EscapeUnprintable(absl::string_view text);

// For messages: in double quotes, escaped, at most so many characters and then "...".
std::string Quoted(absl::string_view text, size_t most_chars = 80);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_TEXT_SAFETY_H_
