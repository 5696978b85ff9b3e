#include "tools/loadline/cli/main.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/cli/branches_command.h"
#include "tools/loadline/cli/check_command.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/compare_command.h"
#include "tools/loadline/cli/duet_command.h"
#include "tools/loadline/cli/noise_command.h"
#include "tools/loadline/cli/run_command.h"
#include "tools/loadline/cli/selftest_command.h"
#include "tools/loadline/judge/exit_code.h"
#include "tools/loadline/judge/nearest_name.h"
#include "tools/loadline/report/escape.h"

namespace loadline::cli {
namespace {

constexpr int kUsage = static_cast<int>(judge::ExitCode::kInvalid);
constexpr size_t kHelpColumn = 34;

// Every subcommand of the tool.
struct CommandEntry {
  const char* name;
  std::unique_ptr<Command> (*make)();
};
std::unique_ptr<Command> MakeBranches() { return MakeBranchesCommand(&MakeDuetCommand); }
constexpr CommandEntry kCommands[] = {
    {"branches", &MakeBranches},        {"check", &MakeCheckCommand},
    {"compare", &MakeCompareCommand},   {"duet", &MakeDuetCommand},
    {"noise", &MakeNoiseCommand},       {"run", &MakeRunCommand},
    {"selftest", &MakeSelftestCommand},
};

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

// What the user may write where `app` is, for hints.
std::vector<std::string> KnownWords(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  for (const CLI::App* command : app.get_subcommands(nullptr)) words.push_back(command->get_name());
  return words;
}

class Tool {
 public:
  Tool(std::ostream& out, std::ostream& err)
      : terminal_(TerminalOf(out, err)), app_("Holds benchmarks to marks", "loadline") {
    app_.require_subcommand(1);
    app_.set_version_flag("--version", "loadline " LOADLINE_VERSION, "Print the version");
    app_.set_help_flag("-h,--help", "Print this help");
    app_.get_formatter()->column_width(kHelpColumn);
    app_.footer(kFooter);
    for (const CommandEntry& entry : kCommands) {
      CLI::App* subcommand = app_.add_subcommand(entry.name);
      commands_.emplace_back(subcommand, entry.make());
      commands_.back().second->Declare(*subcommand);
    }
  }

  int Run(absl::Span<const char* const> args) {
    // CLI11 takes its words from the back.
    std::vector<std::string> words(args.rbegin(), args.rend());
    try {
      app_.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
      terminal_.out << Help(CLI::AppFormatMode::Normal);
      return 0;
    } catch (const CLI::CallForAllHelp&) {
      terminal_.out << Help(CLI::AppFormatMode::All);
      return 0;
    } catch (const CLI::CallForVersion& version) {
      terminal_.out << version.what() << "\n";
      return 0;
    } catch (const CLI::ParseError& error) {
      return Usage(error);
    }
    for (const auto& [subcommand, command] : commands_) {
      if (subcommand->parsed()) return command->Run(terminal_);
    }
    return kUsage;
  }

 private:
  // The subcommand that was named, or the tool itself.
  const CLI::App& Parsed() const {
    for (const auto& [subcommand, command] : commands_) {
      if (subcommand->parsed()) return *subcommand;
    }
    return app_;
  }

  std::string Help(CLI::AppFormatMode mode) const {
    const CLI::App& app = Parsed();
    return app.help(&app == &app_ ? "" : "loadline", mode);
  }

  int Usage(const CLI::ParseError& error) {
    const CLI::App& app = Parsed();
    const std::string name = &app == &app_ ? "loadline" : "loadline " + app.get_name();
    terminal_.err << name << ": " << report::EscapeTerminal(error.what()) << Hint(app) << "\nSee `"
                  << name << " --help`.\n";
    return kUsage;
  }

  // A suggestion for the first word that nothing took.
  std::string Hint(const CLI::App& app) const {
    for (std::string word : app_.remaining(/*recurse=*/true)) {
      word = word.substr(0, word.find('='));
      const std::string hint = judge::DidYouMean(word, KnownWords(app));
      if (!hint.empty()) return hint;
    }
    return std::string();
  }

  Terminal terminal_;
  CLI::App app_;
  std::vector<std::pair<CLI::App*, std::unique_ptr<Command>>> commands_;
};

}  // namespace

int Main(absl::Span<const char* const> args, std::ostream& out, std::ostream& err) {
  try {
    return Tool(out, err).Run(args);
  } catch (const std::exception& error) {
    err << "loadline: " << report::EscapeTerminal(error.what()) << "\n";
    return kUsage;
  }
}

}  // namespace loadline::cli
