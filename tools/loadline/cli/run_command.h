#ifndef TOOLS_LOADLINE_CLI_RUN_COMMAND_H_
#define TOOLS_LOADLINE_CLI_RUN_COMMAND_H_

#include <memory>

#include "tools/loadline/cli/command.h"

namespace loadline::cli {

// `loadline run --suite BIN`: each benchmark in a process of its own, into one result file.
std::unique_ptr<Command> MakeRunCommand();

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_RUN_COMMAND_H_
