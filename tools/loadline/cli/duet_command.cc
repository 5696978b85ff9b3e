#include <memory>
#include <string>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/shared_flags.h"
#include "tools/loadline/cli/verdict_output.h"
#include "tools/loadline/compare/compare.h"
#include "tools/loadline/duet/duet.h"
#include "tools/loadline/policy/policy.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/samples/side.h"

namespace loadline::cli {
namespace {

constexpr absl::string_view kModes[] = {"auto", "lock-step", "pinned"};  // of duet::Mode

constexpr char kDuetFooter[] = R"(Example:
  loadline duet --base old/my_benchmark --new new/my_benchmark
  loadline duet --base old/b --new new/b --filter Search --margin 2% --format markdown

Programs that link loadline::bench_main take turns: a millisecond each, in freshly started processes
again and again, so that noise hits both alike. Any other Google Benchmark program is run beside the
other on one processor (pinned mode), which sees less. Each benchmark stops as soon as it is known.

A benchmark is held to its typical time, to the mean over all that was measured, and to the mean
over a longer life of the process: worse by any of them is a regression, unchanged is what all agree
about. The fresh processes that an answer needs (11 of each side for one benchmark, more for many)
are started whatever the budget, unless they take ten times the budget and more than a minute.

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
  Usage Describe() override {
    std::vector<Flag> flags = {
        {"--base", Program(&options_.base), "The program to hold against", kRequired},
        {"--new", Program(&options_.candidate), "The program to judge", kRequired},
        FilterFlag(&options_.filter),
        {"--policy", Text("FILE", &policy_),
         "Margins of single benchmarks, and what to do with what stays open (docs/formats.md)"},
        MarginFlag("PERCENT [1%; pinned 5%]", &compare_.margin),
        AlphaFlag(&compare_.alpha),
        {"--budget", Seconds(&options_.budget_seconds, 0.01),
         "Seconds that a benchmark may take, without waiting for a processor (see below)"},
        {"--restarts", WholeNumber("N", &options_.most_restarts, 1, 10000),
         "Fresh processes that a benchmark may take"},
        {"--no-controls", Switch(&no_controls_),
         "Do without the base against itself and against itself with 3 % more work"},
        AllowEnvFlag(&compare_.allow_env),
        {"--mode", OneOf(kModes, &mode_), "Lock-step needs loadline::bench_main on both sides"},
        ProfileFlag(&options_.profile),
        SeedFlag(&options_.seed),
        AnswerLimitFlag(&options_.time_limit_seconds),
        output_.AllRowsFlag(),
        ProgramArguments(&options_.arguments)};
    output_.AddFlags(flags);
    return {"duet", "Run two programs in turns until it is known which is faster", flags,
            kDuetFooter};
  }

  absl::StatusOr<results::ExitCode> Run(const Terminal& terminal) override {
    const run::Interruption interruption;
    policy::Policy policy;
    if (!policy_.empty()) {
      LOADLINE_ASSIGN_OR_RETURN(policy, policy::ReadPolicy(policy_));
    }
    options_.alpha = compare_.alpha.value_or(policy.compare.alpha.value_or(options_.alpha));
    options_.controls = !no_controls_;
    options_.mode = static_cast<duet::Mode>(absl::c_find(kModes, mode_) - kModes);
    std::vector<std::string> inputs = {options_.base, options_.candidate, policy_};
    inputs.insert(inputs.end(), options_.arguments.begin(), options_.arguments.end());
    LOADLINE_RETURN_IF_ERROR(output_.Open(inputs));
    LOADLINE_ASSIGN_OR_RETURN(
        const duet::DuetOutcome outcome,
        duet::RunDuet(options_, policy, compare_.margin.value_or(0), terminal.progress));
    return output_.Write(Judge(policy, outcome), terminal);
  }

 private:
  compare::CompareVerdict Judge(const policy::Policy& policy, const duet::DuetOutcome& outcome) {
    if (!compare_.margin.has_value() && !policy.compare.margin.has_value()) {
      compare_.margin = duet::DefaultMargin(outcome.mode);
    }
    compare_.paired = &outcome.paired;
    samples::Side base, candidate;
    base.Add(outcome.base);
    candidate.Add(outcome.candidate);
    compare::CompareVerdict verdict = compare::Compare(policy, compare_, base, candidate);
    verdict.notes.push_back(absl::StrFormat("%s, %.0f s, of these %.0f s for controls",
                                            outcome.mode == duet::Mode::kLockStep
                                                ? "lock-step: a slice each in turns"
                                                : "pinned: both at once on one processor",
                                            outcome.seconds, outcome.control_seconds));
    return verdict;
  }

  duet::DuetOptions options_;
  compare::CompareOptions compare_;
  std::string policy_;
  std::string mode_{kModes[0]};
  bool no_controls_ = false;
  VerdictOutput output_;
};

}  // namespace

std::unique_ptr<Command> MakeDuetCommand() { return std::make_unique<DuetCommand>(); }

}  // namespace loadline::cli
