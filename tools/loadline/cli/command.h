#ifndef TOOLS_LOADLINE_CLI_COMMAND_H_
#define TOOLS_LOADLINE_CLI_COMMAND_H_

#include <memory>
#include <ostream>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/cli/flags.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/results/exit_code.h"

namespace loadline::cli {

// Where a command writes, and what it may assume about that.
struct Terminal {
  std::ostream& out;
  std::ostream& err;
  bool color = false;  // `out` is a terminal that heeds control sequences; NO_COLOR is not set
  std::ostream* progress = nullptr;  // `err`, where that is such a terminal

  // What the command `name` has to say, escaped, as a line of `err`.
  void Say(absl::string_view name, absl::string_view message) const {
    err << "loadline " << name << ": " << report::EscapeTerminal(message) << "\n";
  }
};

// One subcommand. Main makes each once, hands the words to the flags of the one that was named, and
// runs it.
class Command {
 public:
  virtual ~Command() = default;

  // What the subcommand is and which flags it has. They write to this object, which outlives them.
  virtual Usage Describe() = 0;

  // Does the work after parsing.
  virtual absl::StatusOr<results::ExitCode> Run(const Terminal& terminal) = 0;
};

// Runs the command `name`; an error is said, and is kInvalid.
inline results::ExitCode RunAndSay(Command& command, absl::string_view name,
                                   const Terminal& terminal) {
  const absl::StatusOr<results::ExitCode> code = command.Run(terminal);
  if (!code.ok()) terminal.Say(name, code.status().message());
  return code.value_or(results::ExitCode::kInvalid);
}

std::unique_ptr<Command> MakeCheckCommand();     // result files held to a policy's absolute limits
std::unique_ptr<Command> MakeCompareCommand();   // two sets of result files held to each other
std::unique_ptr<Command> MakeDuetCommand();      // two programs measured until it is known
std::unique_ptr<Command> MakeNoiseCommand();     // how much each benchmark varies by process
std::unique_ptr<Command> MakeRunCommand();       // each benchmark in a process of its own
std::unique_ptr<Command> MakeSelftestCommand();  // what duet can and cannot see on this machine

// Builds two commits, and runs the command that `make_duet` makes on the two programs: it is given
// --base BIN and --new BIN, --filter and --budget where they were given, and what stood after "--".
// It says the exit code.
using CommandMaker = std::unique_ptr<Command> (*)();
std::unique_ptr<Command> MakeBranchesCommand(CommandMaker make_duet);

}  // namespace loadline::cli

#endif  // TOOLS_LOADLINE_CLI_COMMAND_H_
