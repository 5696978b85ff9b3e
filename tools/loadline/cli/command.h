#ifndef TOOLS_LOADLINE_CLI_COMMAND_H_
#define TOOLS_LOADLINE_CLI_COMMAND_H_

#include <ostream>

#include "tools/loadline/cli/flags.h"

namespace loadline::cli {

// Where a command writes, and what it may assume about that.
struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool color = false;  // `out` is a terminal that heeds control sequences; NO_COLOR is not set
  std::ostream* progress = nullptr;  // `err`, where that is such a terminal
};

// One subcommand. Main makes each once, hands the words to the flags of the one that was named, and
// runs it.
class Command {
 public:
  virtual ~Command() = default;

  // What the subcommand is and which flags it has. They write to this object, which outlives them.
  virtual Usage Describe() = 0;

  // Does the work after parsing; the process's exit code (tools/loadline/judge/exit_code.h).
  virtual int Run(const Terminal& terminal) = 0;
};

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_COMMAND_H_
