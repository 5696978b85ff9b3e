#ifndef TOOLS_LOADLINE_RESULTS_TOKENS_H_
#define TOOLS_LOADLINE_RESULTS_TOKENS_H_

#include <cstddef>
#include <optional>
#include <string>

#include "tools/loadline/results/fault.h"

namespace loadline::results {

inline constexpr size_t kMaxNumberBytes = 64;

// The pass over the bytes before they are parsed. Refuses what the parser would swallow or choke
// on: an empty text, a script, NUL, numbers of more than kMaxNumberBytes.
// Writes the non-finite words outside strings in the one spelling that the parser knows ("NaN",
// "Inf", "Infinity"), in place, so that offsets stay true.
std::optional<Fault> PrepareTokens(std::string& text);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_TOKENS_H_
