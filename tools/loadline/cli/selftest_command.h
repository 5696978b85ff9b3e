#ifndef TOOLS_LOADLINE_CLI_SELFTEST_COMMAND_H_
#define TOOLS_LOADLINE_CLI_SELFTEST_COMMAND_H_

#include <memory>

#include "tools/loadline/cli/command.h"

namespace loadline::cli {

// `loadline selftest`: what duet can and cannot see on this machine.
std::unique_ptr<Command> MakeSelftestCommand();

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_SELFTEST_COMMAND_H_
