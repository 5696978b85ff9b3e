#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/branches/built_sides.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/parse_flags.h"
#include "tools/loadline/cli/shared_flags.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/results/exit_code.h"
#include "tools/loadline/run/interruption.h"

namespace loadline::cli {
namespace {

constexpr char kBranchesFooter[] = R"(Example:
  loadline branches --base main --new HEAD
  loadline branches --base v1.2 --new my_branch --preset release --target my_benchmark
  loadline branches --base main --new HEAD --source-dir cpp
  loadline branches --base main --new HEAD --configure-arg=-DWITH_TESTS=OFF -- --format markdown

Both commits are checked out and built below TMPDIR in the same way, and removed at the end; your
checkout, index and branches stay as they are. Only the benchmark program is built.

Exit codes:
  2  usage, a commit that is not there, a side that does not build
  5  interrupted before anything was compared
  Otherwise those of `loadline duet`.)";

class BranchesCommand : public Command {
 public:
  explicit BranchesCommand(CommandMaker make_duet) : make_duet_(make_duet) {}

  Usage Describe() override {
    return {
        "branches",
        "Build two commits of a CMake project and run `loadline duet` on them",
        {{"--base", Text("REF", &options_.base),
          "The commit to hold against: a branch, a tag, an id", kRequired},
         {"--new", Text("REF", &options_.candidate), "The commit to judge", kRequired},
         {"--repo", Text("DIR", &options_.repo), "A folder of the git repository"},
         {"--source-dir", Text("DIR", &options_.build.source_dir),
          "The CMake project's folder, from the top of the repository"},
         {"--target", Text("NAME", &options_.target),
          "The benchmark program; needed where several link Google Benchmark"},
         {"--preset", Text("NAME", &options_.build.preset), "Configure preset, instead of Release"},
         {"--configure-arg", TextEach("ARG", &options_.build.configure_args),
          "One more argument for cmake, as --configure-arg=-DX=1; repeatable"},
         FilterFlag(&filter_),
         {"--budget", Text("SECONDS", &budget_), "Seconds that a benchmark may take"},
         {"ARGS", Texts("", &duet_arguments_), "After --: more flags of `loadline duet`"}},
        kBranchesFooter};
  }

  absl::StatusOr<results::ExitCode> Run(const Terminal& terminal) override {
    // What is wrong with duet's flags is known before a long build.
    LOADLINE_RETURN_IF_ERROR(MakeDuet("base", "new").status());
    const run::Interruption interruption;
    const auto sides = branches::BuiltSides::Create(
        options_, [&](const std::string& text) { Say(text, terminal); }, terminal.progress);
    if (!sides.ok()) {
      Say(sides.status().message(), terminal);
      return absl::IsCancelled(sides.status()) ? results::ExitCode::kNotMeasured
                                               : results::ExitCode::kInvalid;
    }
    LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Command> duet,
                              MakeDuet((*sides)->base_program(), (*sides)->new_program()));
    const results::ExitCode code = RunAndSay(*duet, "duet", terminal);
    const absl::Status removed = (*sides)->Remove();
    if (!removed.ok()) Say(removed.message(), terminal);
    return code;
  }

 private:
  // Duet, with its flags taken.
  absl::StatusOr<std::unique_ptr<Command>> MakeDuet(const std::string& base,
                                                    const std::string& candidate) const {
    std::vector<std::string> words = {"--base", base, "--new", candidate};
    if (!filter_.empty()) words.push_back(absl::StrCat("--filter=", filter_));
    if (!budget_.empty()) words.push_back(absl::StrCat("--budget=", budget_));
    words.insert(words.end(), duet_arguments_.begin(), duet_arguments_.end());
    std::unique_ptr<Command> duet = make_duet_();
    const absl::StatusOr<Request> request = ParseFlags(duet->Describe(), words);
    if (request.ok() && *request == Request::kRun) return duet;
    return absl::InvalidArgumentError(
        absl::StrCat("what duet is given: ", request.ok() ? "--help; ask `loadline duet --help`"
                                                          : request.status().message()));
  }

  // Several lines are what a compiler said.
  static void Say(absl::string_view message, const Terminal& terminal) {
    absl::string_view prefix = "loadline branches: ";
    for (const absl::string_view line : absl::StrSplit(message, '\n')) {
      terminal.err << prefix << report::EscapeTerminal(line) << "\n";
      prefix = "";
    }
  }

  const CommandMaker make_duet_;
  branches::BranchesOptions options_;
  std::string filter_;
  std::string budget_;
  std::vector<std::string> duet_arguments_;
};

}  // namespace

std::unique_ptr<Command> MakeBranchesCommand(CommandMaker make_duet) {
  return std::make_unique<BranchesCommand>(make_duet);
}

}  // namespace loadline::cli
