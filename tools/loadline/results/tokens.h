#ifndef TOOLS_LOADLINE_RESULTS_TOKENS_H_
#define TOOLS_LOADLINE_RESULTS_TOKENS_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "tools/loadline/results/fault_advice.h"
#include "tools/loadline/results/json.h"

namespace loadline::results {

// The pass over the bytes before they are parsed. Refuses what the parser would swallow or choke
// on: an empty text, a script, NUL, numbers of more than 64 bytes. Writes the non-finite words
// outside strings in the one spelling that the parser knows ("NaN", "Inf", "Infinity"), in place,
// so that offsets stay true.
std::optional<Fault> PrepareTokens(std::string& text);

// The number that a token is, which the parser has found well-formed: int64_t where it is whole and
// has 63 bits, otherwise double. Nothing where it is out of a double's range.
std::optional<Json> ToNumber(absl::string_view token);

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_TOKENS_H_
