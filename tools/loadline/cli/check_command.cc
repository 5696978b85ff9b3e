#include "tools/loadline/cli/check_command.h"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/input_paths.h"
#include "tools/loadline/cli/shared_flags.h"
#include "tools/loadline/cli/verdict_output.h"
#include "tools/loadline/limits/check.h"
#include "tools/loadline/policy/policy.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/report/report.h"
#include "tools/loadline/results/result_reader.h"

namespace loadline::cli {
namespace {

constexpr char kCheckFooter[] = R"(Example:
  loadline check results.json --policy benchmarks/policies/m4.toml
  loadline check 'runs/*.json' --policy m4.toml --format junit --out verdict.xml

Exit codes:
  0  every limit holds
  1  a limit is broken
  2  usage, unreadable or invalid input, a limit that matches no benchmark or counter
  5  a benchmark failed, the run was cut short, or the files hold no benchmark
  The first of 2, 1, 5, 0 that applies.)";

class CheckCommand : public Command {
 public:
  Usage Describe() override {
    std::vector<Flag> flags = {
        {"RESULT", Texts("FILE", &results_),
         "Result files of any Google Benchmark; globs; - is standard input", kRequired},
        {"--policy", Text("FILE", &policy_), "The limits (docs/formats.md)", kRequired},
        MaxBytesFlag(&max_bytes_)};
    output_.AddFlags(flags);
    return {"check", "Hold Google Benchmark result files to the absolute limits of a policy", flags,
            kCheckFooter};
  }

  int Run(const Terminal& terminal) override {
    absl::StatusOr<limits::CheckVerdict> verdict = Judge();
    if (!verdict.ok()) return Fail(verdict.status(), terminal);
    const absl::Status written = output_.Write(
        report::Render(*verdict, output_.format(), {.color = output_.color(terminal)}), terminal);
    if (!written.ok()) return Fail(written, terminal);
    return static_cast<int>(verdict->exit_code);
  }

 private:
  absl::StatusOr<limits::CheckVerdict> Judge() {
    LOADLINE_ASSIGN_OR_RETURN(results_, ExpandInputPaths("RESULT", results_));
    std::vector<std::string> inputs = results_;
    inputs.push_back(policy_);
    LOADLINE_RETURN_IF_ERROR(CheckReadOnce(inputs));
    LOADLINE_RETURN_IF_ERROR(output_.Open(inputs));
    LOADLINE_ASSIGN_OR_RETURN(const policy::Policy policy, policy::ReadPolicy(policy_));
    std::vector<results::ResultFile> files;
    results::InputOptions options;
    options.max_bytes = max_bytes_;
    for (const std::string& path : results_) {
      LOADLINE_ASSIGN_OR_RETURN(std::vector<results::ResultFile> documents,
                                results::ReadResultFiles(path, options));
      std::move(documents.begin(), documents.end(), std::back_inserter(files));
    }
    return limits::Check(policy, files);
  }

  static int Fail(const absl::Status& status, const Terminal& terminal) {
    const absl::string_view message = status.message();
    terminal.err << "loadline check: " << report::EscapeTerminal({message.data(), message.size()})
                 << "\n";
    return static_cast<int>(results::ExitCode::kInvalid);
  }

  std::vector<std::string> results_;
  std::string policy_;
  uint64_t max_bytes_ = results::InputOptions().max_bytes;
  VerdictOutput output_;
};

}  // namespace

std::unique_ptr<Command> MakeCheckCommand() { return std::make_unique<CheckCommand>(); }

}  // namespace loadline::cli
