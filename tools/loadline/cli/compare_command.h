#ifndef TOOLS_LOADLINE_CLI_COMPARE_COMMAND_H_
#define TOOLS_LOADLINE_CLI_COMPARE_COMMAND_H_

#include <memory>

#include "tools/loadline/cli/command.h"

namespace loadline::cli {

// `loadline compare --base FILE... --new FILE...`: two sets of result files held against each
// other.
std::unique_ptr<Command> MakeCompareCommand();

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_COMPARE_COMMAND_H_
