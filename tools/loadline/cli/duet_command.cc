#include "tools/loadline/cli/duet_command.h"

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/fraction.h"
#include "tools/loadline/cli/verdict_output.h"
#include "tools/loadline/duet/duet.h"
#include "tools/loadline/judge/compare.h"
#include "tools/loadline/judge/policy.h"
#include "tools/loadline/judge/side.h"
#include "tools/loadline/report/compare_report.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/run/interruption.h"

namespace loadline::cli {
namespace {

constexpr char kFooter[] = R"(Example:
  loadline duet --base old/my_benchmark --new new/my_benchmark
  loadline duet --base old/b --new new/b --filter Search --margin 2% --format markdown

Programs that link loadline::bench_main take turns: a millisecond each, in freshly started processes
again and again, so that noise hits both alike. Any other Google Benchmark program is run beside the
other on one processor (pinned mode), which sees less. Each benchmark stops as soon as it is known.

Exit codes:
  0  nothing regressed, and it would have been seen
  1  a benchmark regressed
  2  usage, or a program that cannot be run
  3  inconclusive, a control failed, or interrupted
  4  the environments, or the figures, are not comparable (--allow-env KEY)
  5  a benchmark is missing, failed or crashed, or nothing was compared
  The first of 2, 4, 1, 5, 3, 0 that applies.)";

class DuetCommand : public Command {
 public:
  void Declare(CLI::App& app) override {
    app.description("Run two programs in turns until it is known which is faster");
    app.add_option("--base", options_.base, "The program to hold against")
        ->required()
        ->option_text("BIN");
    app.add_option("--new", options_.fresh, "The program to judge")->required()->option_text("BIN");
    app.add_option("--filter", options_.filter, "Only benchmarks whose name matches")
        ->option_text("RE");
    DeclareRules(app);
    app.add_option("--mode", mode_, "Lock-step needs loadline::bench_main on both sides")
        ->check(CLI::IsMember({"auto", "lock-step", "pinned"}))
        ->option_text("auto|lock-step|pinned [auto]");
    app.add_option("--profile", options_.profile, "LOADLINE_PROFILE of both programs")
        ->check(CLI::IsMember({"tiny", "smoke", "ci", "full"}))
        ->option_text("NAME [ci]");
    app.add_option("--seed", options_.seed, "Of orders and layouts")
        ->check(Seed())
        ->option_text("S [1]");
    app.add_option("--time-limit", options_.time_limit_seconds, "Of one answer of a program")
        ->check(SecondsFrom(0.001))
        ->option_text("SECONDS [60]");
    app.add_flag("--all", all_, "Text: every row, however many");
    output_.Declare(app);
    app.add_option("ARGS", options_.arguments, "After --: more arguments for both programs");
    app.footer(kFooter);
  }

  int Run(const Terminal& terminal) override {
    const run::Interruption interruption;
    const absl::Status status = PlayAndJudge(terminal);
    if (status.ok()) return code_;
    const absl::string_view message = status.message();
    terminal.err << "loadline duet: " << report::EscapeTerminal({message.data(), message.size()})
                 << "\n";
    return static_cast<int>(judge::ExitCode::kInvalid);
  }

 private:
  void DeclareRules(CLI::App& app) {
    app.add_option("--policy", policy_, "Margins of single benchmarks, what to do with what")
        ->option_text("FILE");
    app.add_option("--margin", margin_, "What a time may get worse by")
        ->option_text("PERCENT [1%; pinned 5%]");
    app.add_option("--alpha", alpha_, "Chance of one false alarm among all benchmarks")
        ->option_text("P [0.01]");
    app.add_option("--budget", options_.budget_seconds, "Seconds that a benchmark may take")
        ->check(SecondsFrom(0.01))
        ->option_text("SECONDS [10]");
    app.add_option("--restarts", options_.most_restarts, "That a benchmark may take")
        ->check(CLI::Range(1, 10000))
        ->option_text("N [200]");
    app.add_flag_callback(
        "--no-controls", [this] { options_.controls = false; },
        "Do without the base against itself and against itself with 3 % more work");
    app.add_option("--allow-env", compare_.allow_env,
                   "What the environments may differ in all the same; all: everything")
        ->option_text("KEY ...");
  }

  absl::Status PlayAndJudge(const Terminal& terminal) {
    judge::Policy policy;
    if (!policy_.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(policy, judge::ReadPolicy(policy_));
    }
    LOADLINE_RETURN_IF_ERROR(TakeFractions(policy));
    // A bare name means the file here, not something on the PATH.
    for (std::string* program : {&options_.base, &options_.fresh}) {
      if (program->find('/') == std::string::npos) *program = "./" + *program;
    }
    options_.mode = std::map<std::string, duet::Mode>{{"auto", duet::Mode::kAuto},
                                                      {"lock-step", duet::Mode::kLockStep},
                                                      {"pinned", duet::Mode::kPinned}}[mode_];
    std::vector<std::string> inputs = {options_.base, options_.fresh, policy_};
    inputs.insert(inputs.end(), options_.arguments.begin(), options_.arguments.end());
    LOADLINE_RETURN_IF_ERROR(output_.Open(inputs));
    LOADLINE_ASSIGN_OR_RETURN(
        const duet::DuetOutcome outcome,
        duet::PlayDuet(options_, policy, compare_.margin.value_or(0), terminal.progress));
    return Judge(policy, outcome, terminal);
  }

  absl::Status TakeFractions(const judge::Policy& policy) {
    if (!margin_.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(compare_.margin, ParseFraction("--margin", margin_, 1));
    }
    if (!alpha_.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(compare_.alpha, ParseFraction("--alpha", alpha_, 0.5));
    }
    options_.alpha = compare_.alpha.value_or(policy.compare.alpha.value_or(options_.alpha));
    return absl::OkStatus();
  }

  absl::Status Judge(judge::Policy policy, const duet::DuetOutcome& outcome,
                     const Terminal& terminal) {
    if (!compare_.margin.has_value() && !policy.compare.margin.has_value()) {
      compare_.margin = duet::DefaultMargin(outcome.mode);
    }
    compare_.paired = &outcome.paired;
    judge::Side base;
    judge::Side fresh;
    base.Add(outcome.base);
    fresh.Add(outcome.fresh);
    judge::CompareVerdict verdict = judge::Compare(policy, compare_, base, fresh);
    verdict.notes.push_back(absl::StrFormat("%s, %.0f s, of these %.0f s for controls",
                                            outcome.mode == duet::Mode::kLockStep
                                                ? "lock-step: a slice each in turns"
                                                : "pinned: both at once on one processor",
                                            outcome.seconds, outcome.control_seconds));
    code_ = static_cast<int>(verdict.exit_code);
    return output_.Write(
        RenderCompare(verdict, output_.format(), {.all = all_, .color = output_.color(terminal)}),
        terminal);
  }

  duet::DuetOptions options_;
  judge::CompareOptions compare_;
  std::string policy_;
  std::string margin_;
  std::string alpha_;
  std::string mode_ = "auto";
  bool all_ = false;
  int code_ = 0;
  VerdictOutput output_;
};

}  // namespace

std::unique_ptr<Command> MakeDuetCommand() { return std::make_unique<DuetCommand>(); }

}  // namespace loadline::cli
