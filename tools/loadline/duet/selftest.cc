#include "tools/loadline/duet/selftest.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/duet/program_pair.h"
#include "tools/loadline/duet/sequential_test.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/progress.h"

namespace loadline::duet {
namespace {

class Selftest {
 public:
  Selftest(const SelftestOptions& options, ProgramPair& programs, std::ostream* terminal)
      : options_(options),
        programs_(programs),
        random_(options.duet.seed),
        names_(programs.base_names()),
        progress_(terminal, Tests()) {
    outcome_.mode = programs.mode();
    outcome_.benchmarks = names_.size();
    if (programs.mode() != Mode::kLockStep) return;
    for (const double spike : options.spikes) {
      outcome_.found.push_back({.spike = spike, .tests = 0, .seconds = {}, .estimates = {}});
    }
  }

  SelftestOutcome Run() {
    const int64_t start = run::MonotonicNanos();
    for (size_t round = 0; round < options_.rounds && !Stopped(); ++round) RunRound();
    outcome_.interrupted = Stopped();
    outcome_.seconds = run::SecondsSince(start);
    return std::move(outcome_);
  }

 private:
  static bool Stopped() { return run::Interruption::Interrupted(); }

  size_t Tests() const {
    const size_t spikes = programs_.mode() == Mode::kLockStep ? options_.spikes.size() : 0;
    return options_.rounds * names_.size() * (1 + spikes);
  }

  void RunRound() {
    std::vector<std::string> names = names_;
    std::shuffle(names.begin(), names.end(), random_);
    const size_t tests_before = outcome_.false_alarms.tests;
    bool alarm = false;
    for (const std::string& name : names) {
      alarm = TestAlone(name) || alarm;
      for (Found& found : outcome_.found) {
        progress_.Show(begun_++, name);
        const bool failed = !absl::c_linear_search(names_, name);
        if (!failed && programs_.CanSpike(name, found.spike)) TestSpike(name, found);
      }
    }
    if (Stopped() || outcome_.false_alarms.tests == tests_before) return;
    ++outcome_.false_alarms.suites;
    if (alarm) ++outcome_.false_alarms.suites_with_alarm;
  }

  // A test to its end; nothing when it failed or was interrupted.
  std::optional<SequentialTest> RunTest(const std::string& name, Arms arms, double spike,
                                        double alpha_harm) {
    SequentialTest test({.margin = options_.margin,
                         .alpha = options_.duet.alpha,
                         .alpha_harm = alpha_harm,
                         .most_restarts = options_.duet.most_restarts,
                         .budget_seconds = options_.duet.budget_seconds});
    while (!test.Over()) {
      const SampleRequest request{
          .name = name,
          .arms = arms,
          .slices = {.spike = spike,
                     .long_arm = test.LongDue(),
                     .long_seconds = LongArmSeconds(options_.duet.budget_seconds)}};
      const absl::StatusOr<PairSample> sample = programs_.TakeSample(request, random_);
      if (sample.ok()) {
        test.Add(*sample);
        continue;
      }
      if (!absl::IsCancelled(sample.status())) {
        outcome_.failures.push_back(absl::StrCat(name, ": ", sample.status().message()));
        std::erase(names_, name);
      }
      return std::nullopt;
    }
    return test;
  }

  // True for a false alarm.
  bool TestAlone(const std::string& name) {
    progress_.Show(begun_++, name);
    const double alpha_harm = options_.duet.alpha / static_cast<double>(outcome_.benchmarks);
    const std::optional<SequentialTest> test = RunTest(name, Arms::kBaseAndBase, 0, alpha_harm);
    if (!test.has_value()) return false;
    FalseAlarms& alarms = outcome_.false_alarms;
    ++alarms.tests;
    Count(name, !test->Decided());
    if (test->Better()) ++alarms.better;
    if (test->Worse()) {
      ++alarms.worse;
    } else if (!test->Better() && test->Decided()) {
      alarms.seconds.push_back(test->seconds());
    }
    return test->Worse();
  }

  void TestSpike(const std::string& name, Found& found) {
    const auto test = RunTest(name, Arms::kBaseAndSpike, found.spike, options_.duet.alpha);
    if (!test.has_value()) return;
    ++found.tests;
    found.estimates.push_back(test->Estimate());
    const bool seen = test->Worse();
    if (seen) found.seconds.push_back(test->seconds());
    Count(name, !seen);
  }

  void Count(const std::string& name, bool open) {
    LeftOpen& left_open = outcome_.left_open[name];
    ++left_open.tests;
    if (open) ++left_open.open;
  }

  const SelftestOptions& options_;
  ProgramPair& programs_;
  std::mt19937_64 random_;
  std::vector<std::string> names_;
  run::Progress progress_;
  size_t begun_ = 0;
  SelftestOutcome outcome_;
};

}  // namespace

absl::StatusOr<SelftestOutcome> RunSelftest(const SelftestOptions& options,
                                            std::ostream* terminal) {
  DuetOptions duet = options.duet;
  duet.candidate = duet.base;
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<ProgramPair> programs, ProgramPair::Open(duet));
  if (programs->base_names().empty()) {
    return absl::InvalidArgumentError("the program lists no benchmark that the filter matches");
  }
  return Selftest(options, *programs, terminal).Run();
}

}  // namespace loadline::duet
