#ifndef TOOLS_LOADLINE_CLI_FRACTION_H_
#define TOOLS_LOADLINE_CLI_FRACTION_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace loadline::cli {

// "5%" or "0.05", the value of `flag`: a fraction above 0 and below `limit`. kInvalidArgument names
// the flag and what it wants.
absl::StatusOr<double> ParseFraction(absl::string_view flag, absl::string_view text, double limit);

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_FRACTION_H_
