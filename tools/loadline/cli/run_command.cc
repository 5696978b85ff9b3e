#include "tools/loadline/cli/run_command.h"

#include <CLI/CLI.hpp>

#include "absl/status/statusor.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/judge/counted.h"
#include "tools/loadline/judge/exit_code.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/run.h"

namespace loadline::cli {
namespace {

constexpr char kFooter[] = R"(Example:
  loadline run --suite build/release/bin/loadline_bench --profile smoke --out results.json
  loadline run --suite ./any_google_benchmark --repetitions 5 --out r.json -- --my_flag

Exit codes:
  0  everything was measured
  2  usage, a program that cannot be run, a result file that cannot be written
  5  a benchmark failed or crashed (the file says which), or the run was interrupted)";

class RunCommand : public Command {
 public:
  void Declare(CLI::App& app) override {
    app.description("Run each benchmark in a process of its own and write one result file");
    app.add_option("--suite", options_.suite, "A Google Benchmark program")->option_text("BIN");
    app.add_option("--init-probe", options_.init_probe,
                   "A program that initialises something (docs/formats.md)")
        ->option_text("BIN");
    app.add_option("--filter", options_.filter, "Only benchmarks whose name matches")
        ->option_text("RE");
    app.add_option("--profile", options_.profile, "How much is run: tiny, smoke, ci, full")
        ->check(CLI::IsMember({"tiny", "smoke", "ci", "full"}))
        ->option_text("NAME [ci]");
    app.add_option("--repetitions", options_.repetitions, "Processes a benchmark")
        ->check(CLI::Range(1, 10000))
        ->option_text("N [1]");
    app.add_option("--seed", options_.seed, "Of the order, and of the suite's inputs")
        ->check(Seed())
        ->option_text("S [1]");
    app.add_option("--time-limit", options_.time_limit_seconds, "Of one process, in seconds")
        ->check(SecondsFrom(0.001))
        ->option_text("SECONDS [120]");
    app.add_option("--starts", options_.starts, "Of each scenario of the probe")
        ->check(CLI::Range(1, 10000))
        ->option_text("N [30]");
    app.add_option("--out", options_.out, "The result file")->required()->option_text("FILE");
    app.add_option("ARGS", options_.suite_arguments, "After --: more arguments for the suite");
    app.footer(kFooter);
  }

  int Run(const Terminal& terminal) override {
    if (options_.suite.empty() && options_.init_probe.empty()) {
      terminal.err << "loadline run: nothing to run: give --suite BIN or --init-probe BIN\n";
      return static_cast<int>(judge::ExitCode::kInvalid);
    }
    // A bare name means the file here, not something on the PATH.
    for (std::string* program : {&options_.suite, &options_.init_probe}) {
      if (!program->empty() && program->find('/') == std::string::npos) *program = "./" + *program;
    }
    const run::Interruption interruption;
    const absl::StatusOr<run::RunSummary> summary = run::Run(options_, terminal.progress);
    if (!summary.ok()) {
      const absl::string_view message = summary.status().message();
      terminal.err << "loadline run: " << report::EscapeTerminal({message.data(), message.size()})
                   << "\n";
      return static_cast<int>(judge::ExitCode::kInvalid);
    }
    terminal.out << report::EscapeTerminal(options_.out) << ": "
                 << judge::Counted(summary->rows, "measurement") << ", "
                 << judge::Counted(summary->errors, "error")
                 << (summary->incomplete ? ", interrupted: incomplete\n" : "\n");
    const bool whole = summary->errors == 0 && !summary->incomplete;
    return static_cast<int>(whole ? judge::ExitCode::kPass : judge::ExitCode::kNotMeasured);
  }

 private:
  run::RunOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakeRunCommand() { return std::make_unique<RunCommand>(); }

}  // namespace loadline::cli
