#ifndef TOOLS_LOADLINE_CLI_MAIN_H_
#define TOOLS_LOADLINE_CLI_MAIN_H_

#include <ostream>

#include "absl/types/span.h"

namespace loadline::cli {

// The whole tool without the process: `args` are the words after the program's name. Returns the
// exit code; never throws, never exits. To add a subcommand, add one line to the table in main.cc.
int Main(absl::Span<const char* const> args, std::ostream& out, std::ostream& err);

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_MAIN_H_
