#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/shared_flags.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/results/counted.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/run.h"

namespace loadline::cli {
namespace {

constexpr char kRunFooter[] = R"(Example:
  loadline run --suite build/release/bin/loadline_bench --profile smoke --out results.json
  loadline run --suite ./any_google_benchmark --repetitions 5 --out r.json -- --my_flag

Exit codes:
  0  everything was measured
  2  usage, a program that cannot be run, a result file that cannot be written
  5  a benchmark failed or crashed (the file says which), or the run was interrupted)";

class RunCommand : public Command {
 public:
  Usage Describe() override {
    return {"run",
            "Run each benchmark in a process of its own and write one result file",
            {{"--suite", Program(&options_.suite), "A Google Benchmark program"},
             {"--init-probe", Program(&options_.init_probe),
              "A program that initialises something (docs/formats.md)"},
             FilterFlag(&options_.filter),
             ProfileFlag(&options_.profile),
             {"--repetitions", WholeNumber("N", &options_.repetitions, 1, 10000),
              "Processes a benchmark"},
             SeedFlag(&options_.seed),
             ProcessLimitFlag(&options_.time_limit_seconds),
             {"--starts", WholeNumber("N", &options_.starts, 1, 10000),
              "Of each scenario of the probe"},
             {"--out", Text("FILE", &options_.out), "The result file", kRequired},
             ProgramArguments(&options_.suite_arguments)},
            kRunFooter};
  }

  absl::StatusOr<results::ExitCode> Run(const Terminal& terminal) override {
    if (options_.suite.empty() && options_.init_probe.empty()) {
      return absl::InvalidArgumentError("nothing to run: give --suite BIN or --init-probe BIN");
    }
    const run::Interruption interruption;
    LOADLINE_ASSIGN_OR_RETURN(const run::RunSummary summary,
                              run::Run(options_, terminal.progress, &terminal.err));
    terminal.out << report::EscapeTerminal(options_.out) << ": "
                 << results::Counted(summary.rows, "measurement") << ", "
                 << results::Counted(summary.errors, "error")
                 << (summary.incomplete ? ", interrupted: incomplete\n" : "\n");
    const bool whole = summary.errors == 0 && !summary.incomplete;
    return whole ? results::ExitCode::kPass : results::ExitCode::kNotMeasured;
  }

 private:
  run::RunOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakeRunCommand() { return std::make_unique<RunCommand>(); }

}  // namespace loadline::cli
