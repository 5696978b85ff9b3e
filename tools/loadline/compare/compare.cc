#include "tools/loadline/compare/compare.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "loadline/stats/serial_dependence.h"
#include "loadline/stats/shift_test.h"
#include "loadline/stats/sign_evidence.h"
#include "tools/loadline/compare/distrust.h"
#include "tools/loadline/compare/families.h"
#include "tools/loadline/compare/matching.h"
#include "tools/loadline/compare/suite_times.h"
#include "tools/loadline/policy/glob.h"
#include "tools/loadline/policy/nearest_name.h"
#include "tools/loadline/policy/terms.h"
#include "tools/loadline/results/counted.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::compare {
namespace {

using results::Counted;
using results::ExitCode;
using results::Quoted;

SideSummary Summary(const samples::Side& side) {
  SideSummary summary;
  for (const samples::Side::File& file : side.files()) {
    summary.sources.push_back(file.source);
    if (!absl::c_linear_search(summary.hosts, file.host)) summary.hosts.push_back(file.host);
  }
  summary.benchmarks = side.benchmarks().size();
  for (const samples::SideBenchmark& benchmark : side.benchmarks()) {
    if (benchmark.processes == 0) continue;
    const bool first = summary.min_processes == 0;
    summary.min_processes = std::min(first ? SIZE_MAX : summary.min_processes, benchmark.processes);
    summary.max_processes = std::max(summary.max_processes, benchmark.processes);
  }
  return summary;
}

std::vector<samples::Environment> Environments(const samples::Side& side) {
  std::vector<samples::Environment> environments;
  for (const samples::Side::File& file : side.files()) environments.push_back(file.environment);
  return environments;
}

// What must be the same as well for two runs of one program to differ by chance alone.
constexpr absl::string_view kSettings[] = {"arguments", "settings",  "profile",
                                           "input",     "allocator", "malloc_arena_max",
                                           "thp",       "aslr",      "allocator_version"};

class Comparer {
 public:
  Comparer(const policy::Policy& policy, const CompareOptions& options, const samples::Side& base,
           const samples::Side& candidate)
      : policy_(policy.compare),
        options_(options),
        base_(base),
        candidate_(candidate),
        terms_(policy.compare, options.margin) {
    verdict_.policy = policy.source;
    verdict_.alpha = options.alpha.value_or(policy_.alpha.value_or(stats::kDefaultAlpha));
    if (!(verdict_.alpha > 0) || !(verdict_.alpha < 0.5)) verdict_.alpha = stats::kDefaultAlpha;
    verdict_.confidence = 1 - 2 * verdict_.alpha;
  }

  CompareVerdict Run(std::optional<limits::CheckVerdict> limits) {
    verdict_.base = Summary(base_);
    verdict_.candidate = Summary(candidate_);
    CheckFiles(base_, "base");
    CheckFiles(candidate_, "new");
    CompareEnvironment();
    MatchSides();
    CheckRequests();
    TakePairedRuns();
    AnswerAll(base_, candidate_, matched_, verdict_);
    verdict_.processes_needed = Needed();
    TakeChanges();
    FindMovedAlike(verdict_);
    Distrust(verdict_.same_executable && settings_.empty(), options_.paired, verdict_);
    for (BenchmarkComparison& benchmark : verdict_.benchmarks) ConcludeBenchmark(benchmark);
    Conclude();
    verdict_.limits = std::move(limits);
    verdict_.exit_code = ExitCodeOfAll();
    return std::move(verdict_);
  }

 private:
  void Worsen(ExitCode code) { code_ = results::Graver(code_, code); }
  void Problem(ExitCode code, std::string text) {
    Worsen(code);
    verdict_.problems.push_back(std::move(text));
  }
  void Note(std::string text) { verdict_.notes.push_back(std::move(text)); }

  void CheckFiles(const samples::Side& side, absl::string_view name) {
    if (side.files().empty()) {
      Problem(ExitCode::kInvalid, absl::StrCat("the ", name, " side has no file"));
    }
    for (const samples::Side::File& file : side.files()) {
      if (file.incomplete) {
        Problem(ExitCode::kNotMeasured,
                absl::StrCat(file.source, ": the run was cut short (loadline.incomplete)"));
      }
      if (file.benchmarks == 0) {
        Problem(ExitCode::kNotMeasured,
                absl::StrCat(file.source, ": ",
                             file.aggregates ? results::kOnlyAggregates : "has no benchmark"));
      }
      CheckSeenBefore(file, name);
    }
  }

  // A copy counted as a second process would make chance look like certainty, and a side compared
  // with itself always passes.
  void CheckSeenBefore(const samples::Side::File& file, absl::string_view side) {
    if (file.fingerprint == 0) return;
    const auto [at, inserted] =
        seen_.emplace(file.fingerprint, absl::StrCat(file.source, " (", side, ")"));
    if (inserted) return;
    Problem(ExitCode::kInvalid,
            absl::StrCat(file.source, " (", side, ") holds the same measurements as ", at->second,
                         ": one run does not count twice"));
  }

  void CompareEnvironment() {
    const std::vector<samples::Environment> base = Environments(base_);
    const std::vector<samples::Environment> candidate = Environments(candidate_);
    std::vector<std::string> allowed = policy_.allow_env;
    absl::c_copy(options_.allow_env, std::back_inserter(allowed));
    verdict_.environment = samples::CompareEnvironments(base, candidate, allowed);
    if (base.empty() || candidate.empty()) return;
    const std::vector<std::string> unsaid = samples::UnsaidByAll(base, candidate);
    if (!unsaid.empty()) {
      Note(absl::StrCat("no file says its ", absl::StrJoin(unsaid, ", "),
                        ": whether the sides agree in that is not known"));
    }
    verdict_.same_executable = samples::SameExecutable(base, candidate);
    if (verdict_.same_executable) CompareSettings();
  }

  // Of one program, what it allocates with is a setting.
  void CompareSettings() {
    for (samples::EnvironmentDifference& difference : verdict_.environment) {
      if (difference.key == "allocator" && !difference.within_side) {
        difference.weight = policy::EnvironmentWeight::kWarn;
      }
      if (absl::c_linear_search(kSettings, difference.key)) settings_.push_back(difference.what);
    }
    Note(settings_.empty()
             ? "A/A: both sides ran the same program, so that whatever differs is not the program"
             : absl::StrCat("both sides ran the same program: what is compared is its ",
                            absl::StrJoin(settings_, ", ")));
  }

  void MatchSides() {
    matched_ = Match(base_, candidate_, terms_, options_, verdict_.environment);
    for (policy::ComparedMetric& metric : matched_.metrics) {
      verdict_.metrics.push_back(std::move(metric.name));
    }
    if (matched_.filtered_out > 0) {
      Note(absl::StrCat(Counted(matched_.filtered_out, "benchmark is", "benchmarks are"),
                        " not selected"));
    }
  }

  void TakePairedRuns() {
    if (options_.paired == nullptr) return;
    for (const auto* texts : {&options_.paired->blind, &options_.paired->doubts}) {
      for (const std::string& text : *texts) Problem(ExitCode::kInconclusive, text);
    }
    verdict_.void_reasons = options_.paired->void_reasons;
    for (const std::string& note : options_.paired->notes) Note(note);
  }

  // Processes a side, or pairs of them, for one time among all to be called.
  size_t Needed() const {
    const size_t family = std::max<size_t>(1, verdict_.times.size);
    if (options_.paired == nullptr) return stats::FewestForSeparation(family, verdict_.times.alpha);
    return stats::SignEvidenceNeeded(verdict_.alpha / static_cast<double>(family));
  }

  // What the policy and the caller name must be there: a gate on nothing is no gate.
  void CheckRequests() {
    for (const std::string& glob : policy_.metrics) {
      bool gates = false;
      bool labels = false;
      for (const std::string& name : verdict_.metrics) {
        if (policy::GlobMatches(glob, name)) (policy::TraitsOf(name).flag ? labels : gates) = true;
      }
      if (gates) continue;
      Problem(ExitCode::kInvalid,
              labels ? absl::StrCat("the policy gates ", Quoted(glob),
                                    ", which is a label (yes or no), not a metric: a label is told "
                                    "and never judged")
                     : absl::StrCat("the policy gates the metric ", Quoted(glob),
                                    ", which no benchmark has",
                                    policy::DidYouMean(glob, verdict_.metrics)));
    }
    for (const policy::CompareOverride& override : policy_.overrides) CheckOverride(override);
    const std::vector<std::string> known = policy::EnvironmentKeys();
    for (const std::string& key : options_.allow_env) {  // the policy's are known
      if (key == "all" || absl::c_linear_search(known, key)) continue;
      Problem(ExitCode::kInvalid,
              absl::StrCat("allowing the environment to differ in ", Quoted(key), ": no such key",
                           policy::DidYouMean(key, known), " (known: all, ",
                           absl::StrJoin(known, ", "), ")"));
    }
  }

  void CheckOverride(const policy::CompareOverride& override) {
    const auto selects = [&](const samples::SideBenchmark& benchmark) {
      return override.SelectsBenchmark({benchmark.name});
    };
    if (absl::c_any_of(base_.benchmarks(), selects)) return;
    if (absl::c_any_of(candidate_.benchmarks(), selects)) return;
    Problem(ExitCode::kInvalid, absl::StrCat("[[compare.override]] in line ", override.where.line,
                                             " of the policy matches no benchmark: ",
                                             Quoted(absl::StrJoin(override.benchmarks, " or "))));
  }

  void TakeChanges() {
    size_t without_noise = 0;
    for (size_t i = 0; i < matched_.asked.size(); ++i) {
      BenchmarkComparison& benchmark = matched_.benchmarks[i];
      benchmark.changes.reserve(matched_.asked[i].size());
      for (Asked& asked : matched_.asked[i]) {
        if (asked.change.gated && asked.change.method == Method::kPoint) ++without_noise;
        benchmark.changes.push_back(std::move(asked.change));
      }
    }
    verdict_.benchmarks = std::move(matched_.benchmarks);
    if (options_.noise == nullptr || without_noise == 0) return;
    Note(absl::StrCat(options_.noise->source, " has no spread for ", without_noise,
                      " of the figures that decide"));
  }

  void CountGated(const BenchmarkComparison& benchmark, const Change& change) {
    if (change.finding == Finding::kMissing || change.finding == Finding::kNew) return;
    if (change.finding == Finding::kIncomparable) {
      if (change.RefusedByEnvironment()) ++refused_;
      return;
    }
    ++compared_;
    if (change.finding == Finding::kRegressed || !change.TooNoisyToGate()) ++decided_;
    if (change.direction != policy::Direction::kUnknown ||
        !undirected_.emplace(change.metric).second) {
      return;
    }
    Problem(ExitCode::kInvalid,
            absl::StrCat("the policy gates the metric ", Quoted(verdict_.metrics[change.metric]),
                         " (of ", Quoted(benchmark.name),
                         "), of which no better direction is known: say direction = \"lower\" or "
                         "\"higher\" in a [[compare.override]]"));
  }

  // Whether a change that was not proved worse stands in the way of a pass. What seems to be worse
  // by more than the margin is never let through for being noisy.
  bool KeepsFromPassing(const Change& change, policy::Action noisy) const {
    if (!change.TooNoisyToGate()) return false;
    const double alpha = TestFor(verdict_, change).alpha;
    const bool suspicious = change.claims.has_value() && change.claims->worse.p <= alpha;
    return suspicious || noisy == policy::Action::kFail;
  }

  // What the policy does about a change of which a comparison cannot say.
  policy::Action ActionOn(const BenchmarkComparison& benchmark, const Change& change) const {
    if (change.finding == Finding::kMissing) return terms_.Missing(benchmark.run_names);
    if (change.finding == Finding::kNew) return terms_.New(benchmark.run_names);
    return terms_.Noisy(benchmark.run_names);
  }

  ExitCode CodeOf(const Change& change, policy::Action action) const {
    switch (change.finding) {
      case Finding::kRegressed:
        return ExitCode::kBroken;
      case Finding::kIncomparable:
        return change.RefusedByEnvironment() ? ExitCode::kInconclusive : ExitCode::kIncomparable;
      case Finding::kMissing:
      case Finding::kNew:
        return action == policy::Action::kFail ? ExitCode::kNotMeasured : ExitCode::kPass;
      case Finding::kVoid:
      case Finding::kTail:
        return ExitCode::kInconclusive;
      default:
        break;
    }
    const bool worse = change.finding == Finding::kSlower || change.finding == Finding::kWorse;
    if (worse && policy_.slower_fails && SeemsBeyondMargin(change)) return ExitCode::kBroken;
    return KeepsFromPassing(change, action) ? ExitCode::kInconclusive : ExitCode::kPass;
  }

  static bool SeemsBeyondMargin(const Change& change) {
    Change point = change;
    point.change->low = point.change->high = point.change->estimate;
    return point.MostWorse() >= change.margin;
  }

  // A benchmark is as bad as the worst metric that decides.
  void ConcludeBenchmark(BenchmarkComparison& benchmark) {
    if (benchmark.changes.empty()) return;  // decided as a whole
    const Change* worst = nullptr;
    for (const Change& change : benchmark.changes) {
      if (!change.gated) break;  // gated ones come first
      CountGated(benchmark, change);
      const ExitCode code = CodeOf(change, ActionOn(benchmark, change));
      benchmark.exit_code = results::Graver(benchmark.exit_code, code);
      if (worst == nullptr || change.finding < worst->finding) worst = &change;
    }
    benchmark.finding = worst == nullptr ? Finding::kOpen : worst->finding;
    benchmark.reason = worst == nullptr ? Reason::kNothingGated : worst->reason;
    benchmark.ignored = worst != nullptr && IsIgnored(benchmark, *worst);
  }

  bool IsIgnored(const BenchmarkComparison& benchmark, const Change& change) const {
    if (ActionOn(benchmark, change) != policy::Action::kIgnore) return false;
    if (change.finding == Finding::kMissing || change.finding == Finding::kNew) return true;
    return change.finding == Finding::kOpen && change.TooNoisyToGate() &&
           benchmark.exit_code == ExitCode::kPass;
  }

  void Conclude() {
    size_t ungated = 0;
    for (const BenchmarkComparison& benchmark : verdict_.benchmarks) {
      Worsen(benchmark.exit_code);
      if (benchmark.reason == Reason::kNothingGated) ++ungated;
    }
    if (ungated > 0) {
      Note(absl::StrCat(Counted(ungated, "benchmark has", "benchmarks have"),
                        " no metric that decides"));
    }
    const size_t worse = verdict_.CountOfChanges(Finding::kRegressed, false);
    if (worse > 0) {
      Note(absl::StrCat(Counted(worse, "figure that does", "figures that do"),
                        " not decide got worse"));
    }
    if (verdict_.rho > 0) NoteDependence();
    if (compared_ == 0 && refused_ > 0) {
      Worsen(ExitCode::kIncomparable);
    } else if (compared_ == 0) {
      Problem(ExitCode::kNotMeasured,
              "nothing was compared: no benchmark that decides is "
              "measured and comparable on both sides");
    } else if (decided_ == 0) {
      Worsen(ExitCode::kInconclusive);
    }
    if (refused_ > 0) {
      Note(
          "figures that depend on the machine mean the same only on one machine: `loadline "
          "branches --base REF --new REF` builds and measures both sides there, `loadline duet "
          "--base BIN --new BIN` measures two programs in turns");
    }
    if (compared_ > 0) {
      const bool paired = options_.paired != nullptr;
      verdict_.geometric_mean = MeanOfTimes(verdict_, matched_.asked, paired);
    }
  }

  void NoteDependence() {
    const stats::DependenceEffect effect = stats::EffectOfDependence(
        verdict_.rho, verdict_.base.max_processes, verdict_.candidate.max_processes);
    Note(absl::StrFormat(
        "successive values lean on each other (by %.2f): intervals of times are %.1f times as wide "
        "as they would be otherwise. Measured in turns (`loadline branches`, `loadline duet`) they "
        "need not be",
        verdict_.rho, std::sqrt(std::max(1.0, effect.variance_factor))));
  }

  ExitCode ExitCodeOfAll() const {
    if (code_ == ExitCode::kInvalid) return code_;
    const ExitCode limits =
        verdict_.limits.has_value() ? verdict_.limits->exit_code : ExitCode::kPass;
    if (limits == ExitCode::kBroken || limits == ExitCode::kInvalid) return limits;
    const ExitCode code = results::Graver(code_, limits);
    if (code != ExitCode::kIncomparable && !verdict_.void_reasons.empty()) {
      return ExitCode::kInconclusive;
    }
    return code;
  }

  const policy::ComparePolicy& policy_;
  const CompareOptions& options_;
  const samples::Side& base_;
  const samples::Side& candidate_;
  const policy::TermsBook terms_;
  CompareVerdict verdict_;
  ExitCode code_ = ExitCode::kPass;                  // of everything but limits
  absl::flat_hash_map<uint64_t, std::string> seen_;  // fingerprint -> where
  std::vector<std::string> settings_;                // in which one program's runs differ
  Matched matched_;
  absl::flat_hash_set<uint32_t> undirected_;  // gated metrics without a direction
  size_t compared_ = 0;                       // gated changes with figures
  size_t refused_ = 0;                        // gated changes that the environment refuses
  size_t decided_ = 0;                        // of those compared, the ones that say something
};

}  // namespace

CompareVerdict Compare(const policy::Policy& policy, const CompareOptions& options,
                       const samples::Side& base, const samples::Side& candidate,
                       std::optional<limits::CheckVerdict> limits) {
  return Comparer(policy, options, base, candidate).Run(std::move(limits));
}

CompareVerdict Compare(const policy::Policy& policy, const CompareOptions& options,
                       absl::Span<const results::ResultFile> base,
                       absl::Span<const results::ResultFile> candidate) {
  samples::Side base_side, candidate_side;
  for (const results::ResultFile& file : base) base_side.Add(file);
  for (const results::ResultFile& file : candidate) candidate_side.Add(file);
  std::optional<limits::CheckVerdict> limits;
  if (!policy.limits.empty()) limits = limits::Check(policy, candidate);
  return Compare(policy, options, base_side, candidate_side, std::move(limits));
}

}  // namespace loadline::compare
