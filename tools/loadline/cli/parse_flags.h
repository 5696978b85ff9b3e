#ifndef TOOLS_LOADLINE_CLI_PARSE_FLAGS_H_
#define TOOLS_LOADLINE_CLI_PARSE_FLAGS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "tools/loadline/cli/flags.h"

namespace loadline::cli {

enum class Request { kRun, kHelp };

// Hands the words of a command line, after the command's name, to the flags of `usage`. All that
// stands after "--" goes to what has no dashes. kHelp where -h or --help is among the flags: then
// nothing else need be right.
//
// kInvalidArgument names the first word or flag that is wrong and what was probably meant; some
// flags have then been taken.
absl::StatusOr<Request> ParseFlags(const Usage& usage, absl::Span<const std::string> words);

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_PARSE_FLAGS_H_
