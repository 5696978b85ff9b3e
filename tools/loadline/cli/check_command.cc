#include <algorithm>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/input_paths.h"
#include "tools/loadline/cli/shared_flags.h"
#include "tools/loadline/cli/verdict_output.h"
#include "tools/loadline/limits/check.h"
#include "tools/loadline/policy/policy.h"
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
        MaxBytesFlag(&input_.max_bytes)};
    output_.AddFlags(flags);
    return {"check", "Hold Google Benchmark result files to the absolute limits of a policy", flags,
            kCheckFooter};
  }

  absl::StatusOr<results::ExitCode> Run(const Terminal& terminal) override {
    LOADLINE_ASSIGN_OR_RETURN(results_, ExpandInputPaths("RESULT", results_));
    std::vector<std::string> inputs = results_;
    inputs.push_back(policy_);
    LOADLINE_RETURN_IF_ERROR(CheckReadOnce(inputs));
    LOADLINE_RETURN_IF_ERROR(output_.Open(inputs));
    LOADLINE_ASSIGN_OR_RETURN(const policy::Policy policy, policy::ReadPolicy(policy_));
    std::vector<results::ResultFile> files;
    for (const std::string& path : results_) {
      LOADLINE_ASSIGN_OR_RETURN(std::vector<results::ResultFile> documents,
                                results::ReadResultFiles(path, input_));
      std::move(documents.begin(), documents.end(), std::back_inserter(files));
    }
    return output_.Write(limits::Check(policy, files), terminal);
  }

 private:
  std::vector<std::string> results_;
  std::string policy_;
  results::InputOptions input_;
  VerdictOutput output_;
};

}  // namespace

std::unique_ptr<Command> MakeCheckCommand() { return std::make_unique<CheckCommand>(); }

}  // namespace loadline::cli
