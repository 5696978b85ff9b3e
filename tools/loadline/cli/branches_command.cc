#include "tools/loadline/cli/branches_command.h"

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tools/loadline/branches/built_sides.h"
#include "tools/loadline/judge/exit_code.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/run/interruption.h"

namespace loadline::cli {
namespace {

constexpr char kFooter[] = R"(Example:
  loadline branches --base main --new HEAD
  loadline branches --base v1.2 --new my_branch --preset release --target my_benchmark
  loadline branches --base main --new HEAD --configure-arg=-DWITH_TESTS=OFF -- --format markdown

Both commits are checked out and built below TMPDIR in the same way, and removed at the end; your
checkout, index and branches stay as they are. Only the benchmark program is built.

Exit codes:
  2  usage, a commit that is not there, a side that does not build
  5  interrupted before anything was compared
  Otherwise those of `loadline duet`.)";

// The command on a parser of its own: what is wrong with its flags is known before a long build.
class DuetCall {
 public:
  DuetCall(std::unique_ptr<Command> command, const std::vector<std::string>& words)
      : app_("", "duet"), command_(std::move(command)) {
    app_.set_help_flag();
    command_->Declare(app_);
    // CLI11 takes its words from the back.
    app_.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  }
  int Run(const Terminal& terminal) { return command_->Run(terminal); }

 private:
  CLI::App app_;
  std::unique_ptr<Command> command_;
};

class BranchesCommand : public Command {
 public:
  explicit BranchesCommand(std::unique_ptr<Command> (*make_duet)()) : make_duet_(make_duet) {}

  void Declare(CLI::App& app) override {
    app.description("Build two commits of a CMake project and run `loadline duet` on them");
    app.add_option("--base", options_.base, "The commit to hold against: a branch, a tag, an id")
        ->required()
        ->option_text("REF");
    app.add_option("--new", options_.fresh, "The commit to judge")->required()->option_text("REF");
    app.add_option("--repo", options_.repo, "A folder of the git repository")
        ->option_text("DIR [.]");
    app.add_option("--target", options_.target,
                   "The benchmark program; needed where several link Google Benchmark")
        ->option_text("NAME");
    app.add_option("--preset", options_.build.preset, "Configure preset, instead of Release")
        ->option_text("NAME");
    app.add_option("--configure-arg", options_.build.configure_args,
                   "One more argument for cmake, as --configure-arg=-DX=1; repeatable")
        ->expected(1)
        ->allow_extra_args(false)
        ->option_text("ARG ...");
    app.add_option("--filter", filter_, "Only benchmarks whose name matches")->option_text("RE");
    app.add_option("--budget", budget_, "Seconds that a benchmark may take")
        ->option_text("SECONDS");
    app.add_option("ARGS", duet_arguments_, "After --: more flags of `loadline duet`");
    app.footer(kFooter);
  }

  int Run(const Terminal& terminal) override {
    try {
      DuetCall(make_duet_(), DuetWords("base", "new"));
    } catch (const CLI::ParseError& error) {
      Say(absl::StrCat("what duet is given: ", error.what()), terminal);
      return static_cast<int>(judge::ExitCode::kInvalid);
    }
    const run::Interruption interruption;
    const auto sides = branches::BuiltSides::Create(
        options_, [&](const std::string& text) { Say(text, terminal); }, terminal.progress);
    if (!sides.ok()) return Fail(sides.status(), terminal);
    const int code =
        DuetCall(make_duet_(), DuetWords((*sides)->base_program(), (*sides)->new_program()))
            .Run(terminal);
    const absl::Status removed = (*sides)->Remove();
    if (!removed.ok()) Say(removed.message(), terminal);
    return code;
  }

 private:
  std::vector<std::string> DuetWords(const std::string& base, const std::string& fresh) const {
    std::vector<std::string> words = {"--base", base, "--new", fresh};
    if (!filter_.empty()) words.push_back(absl::StrCat("--filter=", filter_));
    if (!budget_.empty()) words.push_back(absl::StrCat("--budget=", budget_));
    words.insert(words.end(), duet_arguments_.begin(), duet_arguments_.end());
    return words;
  }

  // Several lines are what a compiler said.
  static void Say(absl::string_view message, const Terminal& terminal) {
    absl::string_view prefix = "loadline branches: ";
    for (const absl::string_view line : absl::StrSplit(message, '\n')) {
      terminal.err << prefix << report::EscapeTerminal(line) << "\n";
      prefix = "";
    }
  }

  static int Fail(const absl::Status& status, const Terminal& terminal) {
    Say(status.message(), terminal);
    return static_cast<int>(absl::IsCancelled(status) ? judge::ExitCode::kNotMeasured
                                                      : judge::ExitCode::kInvalid);
  }

  std::unique_ptr<Command> (*const make_duet_)();
  branches::BranchesOptions options_;
  std::string filter_;
  std::string budget_;
  std::vector<std::string> duet_arguments_;
};

}  // namespace

std::unique_ptr<Command> MakeBranchesCommand(std::unique_ptr<Command> (*make_duet)()) {
  return std::make_unique<BranchesCommand>(make_duet);
}

}  // namespace loadline::cli
