#ifndef TOOLS_LOADLINE_CLI_BRANCHES_COMMAND_H_
#define TOOLS_LOADLINE_CLI_BRANCHES_COMMAND_H_

#include <memory>

#include "tools/loadline/cli/command.h"

namespace loadline::cli {

// `loadline branches --base REF --new REF`: builds both, and runs the command that `make_duet`
// makes (MakeDuetCommand) on the two programs: it is given --base BIN and --new BIN, --filter and
// --budget where they were given, and what stood after "--". It says the exit code.
std::unique_ptr<Command> MakeBranchesCommand(std::unique_ptr<Command> (*make_duet)());

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_BRANCHES_COMMAND_H_
