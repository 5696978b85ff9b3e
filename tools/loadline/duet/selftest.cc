#include "tools/loadline/duet/selftest.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/duet/contest.h"
#include "tools/loadline/duet/stage.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/progress.h"

namespace loadline::duet {
namespace {

class Selftest {
 public:
  Selftest(const SelftestOptions& options, Stage& stage, std::ostream* terminal)
      : options_(options),
        stage_(stage),
        random_(options.duet.seed),
        names_(stage.base_names()),
        progress_(terminal, Contests()) {
    outcome_.mode = stage.mode();
    outcome_.benchmarks = names_.size();
    if (stage.mode() != Mode::kLockStep) return;
    for (const double spike : options.spikes) {
      outcome_.found.push_back({.spike = spike, .contests = 0, .seconds = {}, .estimates = {}});
    }
  }

  SelftestOutcome Play() {
    const int64_t start = run::MonotonicNanos();
    for (size_t round = 0; round < options_.rounds && !Stopped(); ++round) PlayRound();
    outcome_.interrupted = Stopped();
    outcome_.seconds = static_cast<double>(run::MonotonicNanos() - start) / 1e9;
    return std::move(outcome_);
  }

 private:
  static bool Stopped() { return run::Interruption::Interrupted(); }

  // It did not fail.
  bool TakesPart(const std::string& name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

  size_t Contests() const {
    const size_t spikes = stage_.mode() == Mode::kLockStep ? options_.spikes.size() : 0;
    return options_.rounds * names_.size() * (1 + spikes);
  }

  void PlayRound() {
    std::vector<std::string> names = names_;
    std::shuffle(names.begin(), names.end(), random_);
    const size_t contests_before = outcome_.false_alarms.contests;
    bool alarm = false;
    for (const std::string& name : names) {
      alarm = PlayAlone(name) || alarm;
      for (Found& found : outcome_.found) {
        progress_.Begin(name);
        if (TakesPart(name) && stage_.CanSpike(name, found.spike)) PlaySpike(name, found);
      }
    }
    if (Stopped() || outcome_.false_alarms.contests == contests_before) return;
    ++outcome_.false_alarms.suites;
    if (alarm) ++outcome_.false_alarms.suites_with_alarm;
  }

  ContestTerms Terms(double alpha_harm) const {
    return {.margin = options_.margin,
            .alpha = options_.duet.alpha,
            .alpha_harm = alpha_harm,
            .most_restarts = options_.duet.most_restarts,
            .most_seconds = options_.duet.budget_seconds};
  }

  // A contest to its end; nothing when it failed or was interrupted.
  std::optional<Contest> PlayContest(const std::string& name, Cast cast, double spike,
                                     double alpha_harm) {
    Contest contest(Terms(alpha_harm));
    while (!contest.Over()) {
      const absl::StatusOr<Restart> restart = stage_.Play(name, cast, spike, random_);
      if (restart.ok()) {
        contest.Add(*restart);
        continue;
      }
      if (!absl::IsCancelled(restart.status())) {
        outcome_.failures.push_back(absl::StrCat(name, ": ", restart.status().message()));
        std::erase(names_, name);
      }
      return std::nullopt;
    }
    return contest;
  }

  // True for a false alarm.
  bool PlayAlone(const std::string& name) {
    progress_.Begin(name);
    const double alpha_harm = options_.duet.alpha / static_cast<double>(outcome_.benchmarks);
    const std::optional<Contest> contest = PlayContest(name, Cast::kBaseAndBase, 0, alpha_harm);
    if (!contest.has_value()) return false;
    FalseAlarms& alarms = outcome_.false_alarms;
    const bool worse = contest->PWorse() <= alpha_harm;
    const bool better = contest->PBetter() <= alpha_harm;
    ++alarms.contests;
    Count(name, !contest->Decided());
    if (worse) ++alarms.worse;
    if (better) ++alarms.better;
    if (!worse && !better && contest->Decided()) {
      ++alarms.unchanged;
      alarms.seconds.push_back(contest->seconds());
    }
    return worse;
  }

  void PlaySpike(const std::string& name, Found& found) {
    const double alpha = options_.duet.alpha;
    const auto contest = PlayContest(name, Cast::kBaseAndSpike, found.spike, alpha);
    if (!contest.has_value()) return;
    ++found.contests;
    found.estimates.push_back(contest->Estimate());
    const bool seen = contest->PWorse() <= alpha;
    if (seen) found.seconds.push_back(contest->seconds());
    Count(name, !seen);
  }

  void Count(const std::string& name, bool open) {
    LeftOpen& left_open = outcome_.left_open[name];
    ++left_open.contests;
    if (open) ++left_open.open;
  }

  const SelftestOptions& options_;
  Stage& stage_;
  std::mt19937_64 random_;
  std::vector<std::string> names_;
  run::Progress progress_;
  SelftestOutcome outcome_;
};

}  // namespace

absl::StatusOr<SelftestOutcome> PlaySelftest(const SelftestOptions& options,
                                             std::ostream* terminal) {
  DuetOptions duet = options.duet;
  duet.fresh = duet.base;
  LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Stage> stage, Stage::Set(duet));
  if (stage->base_names().empty()) {
    return absl::InvalidArgumentError("the program lists no benchmark that the filter matches");
  }
  return Selftest(options, *stage, terminal).Play();
}

}  // namespace loadline::duet
