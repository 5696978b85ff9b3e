#ifndef TOOLS_LOADLINE_CLI_CHECK_COMMAND_H_
#define TOOLS_LOADLINE_CLI_CHECK_COMMAND_H_

#include <memory>

#include "tools/loadline/cli/command.h"

namespace loadline::cli {

// `loadline check RESULT... --policy FILE`: result files held to a policy's absolute limits.
std::unique_ptr<Command> MakeCheckCommand();

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_CHECK_COMMAND_H_
