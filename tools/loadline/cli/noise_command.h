#ifndef TOOLS_LOADLINE_CLI_NOISE_COMMAND_H_
#define TOOLS_LOADLINE_CLI_NOISE_COMMAND_H_

#include <memory>

#include "tools/loadline/cli/command.h"

namespace loadline::cli {

// `loadline noise --suite BIN`: records how much each benchmark varies between processes.
std::unique_ptr<Command> MakeNoiseCommand();

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_NOISE_COMMAND_H_
