#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/base/status_macros.h"
#include "loadline/stats/proportion.h"
#include "loadline/stats/sample.h"
#include "tools/loadline/cli/command.h"
#include "tools/loadline/cli/flag_values.h"
#include "tools/loadline/cli/shared_flags.h"
#include "tools/loadline/duet/selftest.h"
#include "tools/loadline/report/escape.h"
#include "tools/loadline/report/text_table.h"
#include "tools/loadline/results/counted.h"
#include "tools/loadline/run/interruption.h"

namespace loadline::cli {
namespace {

constexpr double kSeconds[] = {1, 2, 3, 5, 10};

constexpr char kSelftestFooter[] = R"(Example:
  loadline selftest --suite ./my_benchmark --filter Search --rounds 20

Plays the program against itself: as it is, where every call of worse is a false alarm, and doing a
known share of work more, which is to be found. Run it as the runs will be made, beside the same
load, and choose margin and budget by it.

Exit codes:
  0  done, and no benchmark was called worse that is not
  1  a benchmark was called worse that is not
  2  usage, or a program that cannot be run
  3  interrupted
  5  a benchmark failed, or none was measured)";

size_t Within(const std::vector<double>& seconds, double limit) {
  return static_cast<size_t>(
      std::count_if(seconds.begin(), seconds.end(), [&](double value) { return value <= limit; }));
}

std::string Percent(size_t part, size_t whole) {
  if (whole == 0) return "-";
  return absl::StrFormat("%.1f %%", 100 * static_cast<double>(part) / static_cast<double>(whole));
}

// "0 of 250, at most 1.19 % by the exact 95 % bound".
std::string WithBound(size_t part, size_t whole) {
  if (whole == 0) return "0 of 0";
  constexpr double kTwoSided = 0.90;  // whose upper end is the one-sided 95 % bound
  return absl::StrFormat("%d of %d, at most %.3g %% by the exact 95 %% bound", part, whole,
                         100 * stats::ClopperPearson(part, whole, kTwoSided).high);
}

std::vector<std::string> Cells(std::string what, size_t tests, const std::vector<double>& seconds) {
  std::vector<std::string> cells = {std::move(what), absl::StrCat(tests)};
  for (const double limit : kSeconds) cells.push_back(Percent(Within(seconds, limit), tests));
  cells.push_back(Percent(seconds.size(), tests));
  cells.push_back(seconds.empty() ? "-" : absl::StrFormat("%.2f s", stats::Median(seconds)));
  return cells;
}

// The benchmarks that this machine sees worst: leave them out, or give them more seconds or margin.
std::string WorstSeen(const duet::SelftestOutcome& outcome) {
  constexpr size_t kMost = 5;
  using Entry = std::pair<std::string, duet::LeftOpen>;
  std::vector<Entry> worst;
  for (const auto& entry : outcome.left_open) {
    if (entry.second.open > 0) worst.emplace_back(entry);
  }
  const auto share = [](const Entry& entry) {
    return static_cast<double>(entry.second.open) / static_cast<double>(entry.second.tests);
  };
  std::stable_sort(worst.begin(), worst.end(),
                   [&](const Entry& a, const Entry& b) { return share(a) > share(b); });
  if (worst.size() > kMost) worst.resize(kMost);
  std::string text;
  for (const auto& [name, counts] : worst) {
    absl::StrAppend(&text, text.empty() ? "left open most often: " : ", ",
                    report::EscapeTerminal(name), " (", counts.open, " of ", counts.tests, ")");
  }
  return text.empty() ? text : absl::StrCat(text, "\n");
}

std::string TextOf(const duet::SelftestOutcome& outcome, double margin) {
  using report::Align;
  std::vector<report::TextTable::Column> columns = {{"found"}, {"tests", Align::kRight}};
  for (const double limit : kSeconds) {
    columns.push_back({absl::StrFormat("in %g s", limit), Align::kRight});
  }
  columns.push_back({"at all", Align::kRight});
  columns.push_back({"median", Align::kRight});
  report::TextTable table(std::move(columns));
  const duet::FalseAlarms& alarms = outcome.false_alarms;
  table.Add(Cells(absl::StrFormat("unchanged, within %g %%", 100 * margin), alarms.tests,
                  alarms.seconds));
  for (const duet::Found& found : outcome.found) {
    std::string what = absl::StrFormat("%g %% more work", 100 * found.spike);
    if (!found.estimates.empty()) {
      absl::StrAppendFormat(&what, " (read as %+.2f %%)", 100 * stats::Median(found.estimates));
    }
    table.Add(Cells(std::move(what), found.tests, found.seconds));
  }
  return absl::StrCat(
      results::Counted(outcome.benchmarks, "benchmark against itself",
                       "benchmarks against themselves"),
      ", ", outcome.mode == duet::Mode::kLockStep ? "lock-step" : "pinned (no work can be added)",
      absl::StrFormat(", %.0f s\n\n", outcome.seconds), table.Render(false),
      "\nfalse alarms: called worse ", WithBound(alarms.worse, alarms.tests), "; called better ",
      alarms.better,
      "\nsuites with a false alarm: ", WithBound(alarms.suites_with_alarm, alarms.suites), "\n",
      WorstSeen(outcome));
}

class SelftestCommand : public Command {
 public:
  Usage Describe() override {
    duet::DuetOptions& duet = options_.duet;
    return {
        "selftest",
        "Find out what duet can see on this machine, and how often it errs",
        {{"--suite", Program(&duet.base), "A Google Benchmark program", kRequired},
         FilterFlag(&duet.filter),
         {"--rounds", WholeNumber("N", &options_.rounds, 1, 1'000'000),
          "Tests of each benchmark and kind"},
         {"--spike", Fractions("PERCENT ... [2% 3%]", &spikes_), "Shares of work that are added"},
         MarginFlag("PERCENT [1%]", &margin_),
         AlphaFlag(&alpha_),
         {"--budget", Seconds(&duet.budget_seconds, 0.01),
          "Seconds that a test may take, without waiting for a processor"},
         ProfileFlag(&duet.profile),
         SeedFlag(&duet.seed),
         AnswerLimitFlag(&duet.time_limit_seconds),
         ProgramArguments(&duet.arguments)},
        kSelftestFooter};
  }

  absl::StatusOr<results::ExitCode> Run(const Terminal& terminal) override {
    const run::Interruption interruption;
    options_.margin = margin_.value_or(options_.margin);
    options_.duet.alpha = alpha_.value_or(options_.duet.alpha);
    if (!spikes_.empty()) options_.spikes = spikes_;
    LOADLINE_ASSIGN_OR_RETURN(const duet::SelftestOutcome outcome,
                              duet::RunSelftest(options_, terminal.progress));
    terminal.out << TextOf(outcome, options_.margin);
    for (const std::string& failure : outcome.failures) {
      terminal.out << "failed: " << report::EscapeTerminal(failure) << "\n";
    }
    if (outcome.interrupted) terminal.out << "interrupted: these are fewer rounds than asked\n";
    if (outcome.false_alarms.worse > 0) return results::ExitCode::kBroken;
    if (!outcome.failures.empty() || outcome.false_alarms.tests == 0) {
      return results::ExitCode::kNotMeasured;
    }
    return outcome.interrupted ? results::ExitCode::kInconclusive : results::ExitCode::kPass;
  }

 private:
  duet::SelftestOptions options_;
  std::vector<double> spikes_;
  std::optional<double> margin_;
  std::optional<double> alpha_;
};

}  // namespace

std::unique_ptr<Command> MakeSelftestCommand() { return std::make_unique<SelftestCommand>(); }

}  // namespace loadline::cli
