#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "loadline/base/status_macros.h"
#include "loadline/stats/shift_test.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/shared_flags.h"
#include "tools/loadline/noise/recording.h"
#include "tools/loadline/noise/spread_table.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/run.h"

namespace loadline::cli {
namespace {

constexpr int kProcesses = 10;
constexpr size_t kSecondColumn = 5;  // processes a side

constexpr char kNoiseFooter[] = R"(Example:
  loadline noise --suite ./my_benchmark --out noise.json
  loadline run --suite old/my_benchmark --out base.json
  loadline run --suite new/my_benchmark --out new.json
  loadline compare --base base.json --new new.json --noise noise.json

spread is the standard deviation between processes; callable, the smallest change for the worse that
`loadline compare` calls a regression in four of five comparisons, at its own margin and alpha. The
spread holds for this machine, this profile and this load: record it as the runs will be made.

Exit codes:
  0  the spread of every benchmark was recorded
  2  usage, a program that cannot be run, a noise file that cannot be written
  5  a benchmark failed (the file has the others), or the recording was interrupted)";

class NoiseCommand : public Command {
 public:
  NoiseCommand() { options_.repetitions = kProcesses; }

  Usage Describe() override {
    return {
        "noise",
        "Record how much each benchmark varies between processes",
        {{"--suite", Program(&options_.suite), "A Google Benchmark program", kRequired},
         FilterFlag(&options_.filter),
         ProfileFlag(&options_.profile),
         {"--processes", WholeNumber("N", &options_.repetitions, stats::kFewestForASpread, 10000),
          "Processes a benchmark, at least 3"},
         SeedFlag(&options_.seed),
         ProcessLimitFlag(&options_.time_limit_seconds),
         {"--out", Text("FILE", &options_.out), "The noise file", kRequired},
         ProgramArguments(&options_.suite_arguments)},
        kNoiseFooter};
  }

  absl::StatusOr<results::ExitCode> Run(const Terminal& terminal) override {
    const run::Interruption interruption;
    LOADLINE_ASSIGN_OR_RETURN(const noise::Recording recording,
                              noise::Record(options_, terminal.progress));
    for (const std::string& failure : recording.failures) terminal.Say("noise", failure);
    if (recording.spreads.empty()) {
      terminal.Say("noise", recording.incomplete
                                ? "interrupted before a spread was known: nothing is written"
                                : "no benchmark has a spread: nothing is written");
      return results::ExitCode::kNotMeasured;
    }
    terminal.out << noise::SpreadTable(recording, kSecondColumn) << "\n"
                 << report::EscapeTerminal(options_.out)
                 << (recording.incomplete ? ": interrupted, the spreads are of what was done\n"
                                          : ": for `loadline compare --noise`\n");
    const bool whole = recording.failures.empty() && !recording.incomplete;
    return whole ? results::ExitCode::kPass : results::ExitCode::kNotMeasured;
  }

 private:
  run::RunOptions options_;
};

}  // namespace

std::unique_ptr<Command> MakeNoiseCommand() { return std::make_unique<NoiseCommand>(); }

}  // namespace loadline::cli
