#ifndef TOOLS_LOADLINE_CLI_DUET_COMMAND_H_
#define TOOLS_LOADLINE_CLI_DUET_COMMAND_H_

#include <memory>

#include "tools/loadline/cli/command.h"

namespace loadline::cli {

// `loadline duet`: two programs, measured against each other until it is known which is faster.
std::unique_ptr<Command> MakeDuetCommand();

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_DUET_COMMAND_H_
