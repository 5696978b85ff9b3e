#ifndef TOOLS_LOADLINE_POLICY_NEAREST_NAME_H_
#define TOOLS_LOADLINE_POLICY_NEAREST_NAME_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace loadline::policy {

// The known name that `given` was probably meant to be: the one at the smallest edit distance
// (insert, delete, replace), the first of several; empty when none is within half of its length.
std::string NearestName(absl::string_view given, absl::Span<const std::string> known);

// `; did you mean "NAME"?`, or nothing when there is no such name.
std::string DidYouMean(absl::string_view given, absl::Span<const std::string> known);

}  // namespace loadline::policy

#endif  // TOOLS_LOADLINE_POLICY_NEAREST_NAME_H_
