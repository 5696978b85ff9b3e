#ifndef TOOLS_LOADLINE_POLICY_POSSIBLE_VALUE_H_
#define TOOLS_LOADLINE_POLICY_POSSIBLE_VALUE_H_

#include "absl/strings/string_view.h"
#include "tools/loadline/policy/quantity.h"

namespace loadline::policy {

// Why no measurement of `counter`, whose values are of dimension `dimension`, can come out as
// `value` ("a recall is from 0 to 1"); empty where one can, and for what is not finite. Durations,
// sizes and shares are not negative. Where the name says a difference ("rss_net_bytes",
// "clock_skew_ns", "recall_delta") any value can come out.
absl::string_view ImpossibleBecause(absl::string_view counter, Dimension dimension, double value);

}  // namespace loadline::policy

#endif  // TOOLS_LOADLINE_POLICY_POSSIBLE_VALUE_H_
