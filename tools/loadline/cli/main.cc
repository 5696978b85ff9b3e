#include "tools/loadline/cli/main.h"

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/help.h"
#include "tools/loadline/cli/parse_flags.h"
#include "tools/loadline/policy/nearest_name.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/results/exit_code.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::cli {
namespace {

constexpr int kUsage = static_cast<int>(results::ExitCode::kInvalid);

// Every subcommand of the tool.
std::unique_ptr<Command> MakeBranches() { return MakeBranchesCommand(&MakeDuetCommand); }
constexpr CommandMaker kCommands[] = {&MakeBranches,       &MakeCheckCommand, &MakeCompareCommand,
                                      &MakeDuetCommand,    &MakeNoiseCommand, &MakeRunCommand,
                                      &MakeSelftestCommand};

constexpr char kFooter[] = R"(`loadline COMMAND --help` explains a command, with an example.

Exit codes, the same everywhere: 0 pass, 1 regression or limit broken, 2 usage or invalid input,
3 inconclusive, 4 environments not comparable, 5 benchmark missing, failed or crashed.)";

bool IsSet(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && value[0] != '\0';
}

// A terminal that heeds control sequences.
bool IsTerminal(int fd) {
  return ::isatty(fd) != 0 && IsSet("TERM") && absl::string_view(std::getenv("TERM")) != "dumb";
}

Terminal TerminalOf(std::ostream& out, std::ostream& err) {
  return {out, err, &out == &std::cout && IsTerminal(STDOUT_FILENO) && !IsSet("NO_COLOR"),
          &err == &std::cerr && IsTerminal(STDERR_FILENO) ? &err : nullptr};
}

class Tool {
 public:
  Tool(std::ostream& out, std::ostream& err) : terminal_(TerminalOf(out, err)) {
    for (const CommandMaker make : kCommands) {
      commands_.push_back(make());
      usages_.push_back(commands_.back()->Describe());
    }
  }

  int Run(const std::vector<std::string>& words) {
    if (words.empty()) return Fail(usage_, "no command is given");
    if (const Usage* const usage = Find(words[0]); usage != nullptr) {
      return RunCommand(*usage, {words.begin() + 1, words.end()});
    }
    if (absl::StartsWith(words[0], "-")) return RunFlag(words);
    return Fail(usage_, absl::StrCat(results::Quoted(words[0]), " is no command",
                                     policy::DidYouMean(words[0], CommandNames())));
  }

 private:
  const Usage* Find(absl::string_view name) const {
    const auto found = absl::c_find_if(usages_, [&](const Usage& u) { return u.name == name; });
    return found == usages_.end() ? nullptr : &*found;
  }

  int RunCommand(const Usage& usage, const std::vector<std::string>& words) {
    const absl::StatusOr<Request> request = ParseFlags(usage, words);
    if (!request.ok()) return Fail(usage, request.status().message());
    if (*request == Request::kHelp) {
      terminal_.out << Help(usage);
      return 0;
    }
    Command& command = *commands_[static_cast<size_t>(&usage - usages_.data())];
    return static_cast<int>(RunAndSay(command, usage.name, terminal_));
  }

  // A flag of the tool itself; help may be asked of a command, too.
  int RunFlag(const std::vector<std::string>& words) {
    const absl::StatusOr<Request> request = ParseFlags(usage_, {words[0]});
    if (!request.ok()) return Fail(usage_, request.status().message());
    if (*request == Request::kHelp) {
      const Usage* const command = words.size() > 1 ? Find(words[1]) : nullptr;
      terminal_.out << (command == nullptr ? Help(usage_, usages_) : Help(*command));
      return 0;
    }
    if (!version_) return Fail(usage_, "no command is given");
    terminal_.out << "loadline " LOADLINE_VERSION "\n";
    return 0;
  }

  std::vector<std::string> CommandNames() const {
    std::vector<std::string> names;
    for (const Usage& usage : usages_) names.push_back(usage.name);
    return names;
  }

  int Fail(const Usage& usage, absl::string_view message) const {
    const std::string name = absl::StrCat("loadline", usage.name.empty() ? "" : " ", usage.name);
    terminal_.err << name << ": " << report::EscapeTerminal(message) << "\nSee `" << name
                  << " --help`.\n";
    return kUsage;
  }

  Terminal terminal_;
  bool version_ = false;
  const Usage usage_ = {"",
                        "Holds benchmarks to marks",
                        {{"--version", Switch(&version_), "Print the version"}},
                        kFooter};
  std::vector<std::unique_ptr<Command>> commands_;
  std::vector<Usage> usages_;  // of each command
};

}  // namespace

int Main(absl::Span<const char* const> args, std::ostream& out, std::ostream& err) {
  try {
    return Tool(out, err).Run({args.begin(), args.end()});
  } catch (const std::exception& error) {
    err << "loadline: " << report::EscapeTerminal(error.what()) << "\n";
    return kUsage;
  }
}

}  // namespace loadline::cli
