#ifndef LOADLINE_MONITOR_VALID_UTF8_H_
#define LOADLINE_MONITOR_VALID_UTF8_H_

#include <string>

#include "absl/strings/string_view.h"

namespace loadline {

// `text` with U+FFFD in place of what is no UTF-8 (FirstUtf8Char), so that an export that must be
// UTF-8 is.
std::string ValidUtf8(absl::string_view text);

}  // namespace loadline

#endif  // LOADLINE_MONITOR_VALID_UTF8_H_
