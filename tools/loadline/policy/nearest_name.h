#ifndef TOOLS_LOADLINE_POLICY_NEAREST_NAME_H_
#define TOOLS_LOADLINE_POLICY_NEAREST_NAME_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadline::policy {

// `; did you mean "NAME"?`: the known name at the smallest edit distance (insert, delete, replace),
// the first of several; nothing when none is within half of the length of `given`.
std::string DidYouMean(absl::string_view given, absl::Span<const std::string> known);

}  // namespace loadline::policy

#endif  // TOOLS_LOADLINE_POLICY_NEAREST_NAME_H_
