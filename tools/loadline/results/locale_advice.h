#ifndef TOOLS_LOADLINE_RESULTS_LOCALE_ADVICE_H_
#define TOOLS_LOADLINE_RESULTS_LOCALE_ADVICE_H_

#include <cstddef>

#include "absl/strings/string_view.h"

namespace loadline::results {

// What to add to the message about a fault at `offset`: where a number there looks like one of a
// locale that people read ("3,79e+01", "38.785" for 38,785), that a locale does it and how to write
// numbers all the same; otherwise nothing.
absl::string_view AdviceOnLocale(absl::string_view text, size_t offset);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_LOCALE_ADVICE_H_
