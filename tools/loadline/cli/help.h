#ifndef TOOLS_LOADLINE_CLI_HELP_H_
#define TOOLS_LOADLINE_CLI_HELP_H_

#include <string>

#include "absl/types/span.h"
#include "tools/loadline/cli/flags.h"

namespace loadline::cli {

// What --help prints: the summary, a line of usage, what each flag means, and the footer. At most
// 100 columns wide where the footer is and no word is longer than its column. `commands` are those
// of the tool itself.
std::string Help(const Usage& usage, absl::Span<const Usage> commands = {});

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_HELP_H_
