#include "tools/loadline/compare/compare.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadline/stats/multiplicity.h"
#include "loadline/stats/sign_evidence.h"
#include "tools/loadline/compare/advice.h"
#include "tools/loadline/compare/effect.h"
#include "tools/loadline/compare/geometric_mean.h"
#include "tools/loadline/compare/matching.h"
#include "tools/loadline/policy/glob.h"
#include "tools/loadline/policy/nearest_name.h"
#include "tools/loadline/policy/terms.h"
#include "tools/loadline/results/counted.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::compare {
namespace {

using results::Quoted;

constexpr double kDefaultAlpha = 0.01;
constexpr double kFalseShare = 0.05;

SideSummary Summary(const samples::Side& side) {
  SideSummary summary;
  for (const samples::Side::File& file : side.files()) {
    summary.sources.push_back(file.source);
    if (std::find(summary.hosts.begin(), summary.hosts.end(), file.host) == summary.hosts.end()) {
      summary.hosts.push_back(file.host);
    }
  }
  summary.benchmarks = side.benchmarks().size();
  for (const samples::SideBenchmark& benchmark : side.benchmarks()) {
    if (benchmark.processes == 0) continue;
    summary.min_processes = summary.min_processes == 0
                                ? benchmark.processes
                                : std::min(summary.min_processes, benchmark.processes);
    summary.max_processes = std::max(summary.max_processes, benchmark.processes);
  }
  return summary;
}

std::vector<samples::Environment> Environments(const samples::Side& side) {
  std::vector<samples::Environment> environments;
  for (const samples::Side::File& file : side.files()) environments.push_back(file.environment);
  return environments;
}

// Whether a test was made whose p value counts among the others.
bool Tested(const Change& change) {
  return change.p.has_value() && change.finding != Finding::kIncomparable;
}

// Of a metric whose better direction is not known: that it differs at all by more than the margin.
double EitherWay(double p_worse, double p_better) {
  return std::min(1.0, 2 * std::min(p_worse, p_better));
}

class Comparer {
 public:
  Comparer(const policy::Policy& policy, const CompareOptions& options, const samples::Side& base,
           const samples::Side& fresh)
      : policy_(policy.compare),
        options_(options),
        base_(base),
        fresh_(fresh),
        terms_(policy.compare, options.margin) {
    verdict_.policy = policy.source;
    verdict_.alpha = options.alpha.value_or(policy_.alpha.value_or(kDefaultAlpha));
    if (!(verdict_.alpha > 0) || !(verdict_.alpha < 0.5)) verdict_.alpha = kDefaultAlpha;
    verdict_.confidence = 1 - 2 * verdict_.alpha;
    verdict_.false_share = kFalseShare;
    verdict_.exit_code = results::ExitCode::kPass;
  }

  CompareVerdict Run(std::optional<limits::CheckVerdict> limits) {
    verdict_.base = Summary(base_);
    verdict_.fresh = Summary(fresh_);
    CheckFiles(base_, "base");
    CheckFiles(fresh_, "new");
    CompareEnvironment();
    MatchSides();
    CheckRequests();
    TakePairedRuns();
    AdjustForNumber();
    ConcludeChanges();
    Conclude();
    if (limits.has_value()) {
      Worsen(limits->exit_code);
      verdict_.limits = std::move(limits);
    }
    return std::move(verdict_);
  }

 private:
  void Worsen(results::ExitCode code) {
    verdict_.exit_code = results::Graver(verdict_.exit_code, code);
  }
  void Problem(results::ExitCode code, std::string text) {
    Worsen(code);
    verdict_.problems.push_back(std::move(text));
  }
  void Note(std::string text) { verdict_.notes.push_back(std::move(text)); }

  void CheckFiles(const samples::Side& side, absl::string_view name) {
    if (side.files().empty()) {
      Problem(results::ExitCode::kInvalid, absl::StrCat("the ", name, " side has no file"));
    }
    for (const samples::Side::File& file : side.files()) {
      if (file.incomplete) {
        Problem(results::ExitCode::kNotMeasured,
                absl::StrCat(file.source, ": the run was cut short (loadline.incomplete)"));
      }
      if (file.benchmarks == 0) {
        Problem(results::ExitCode::kNotMeasured,
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
    const auto [at, fresh] =
        seen_.emplace(file.fingerprint, absl::StrCat(file.source, " (", side, ")"));
    if (fresh) return;
    Problem(results::ExitCode::kInvalid,
            absl::StrCat(file.source, " (", side, ") holds the same measurements as ", at->second,
                         ": one run does not count twice"));
  }

  std::vector<std::string> AllowedKeys() const {
    std::vector<std::string> keys = policy_.allow_env;
    keys.insert(keys.end(), options_.allow_env.begin(), options_.allow_env.end());
    return keys;
  }

  void CompareEnvironment() {
    const std::vector<samples::Environment> base = Environments(base_);
    const std::vector<samples::Environment> fresh = Environments(fresh_);
    verdict_.environment = samples::CompareEnvironments(base, fresh, AllowedKeys());
    for (const samples::EnvironmentDifference& difference : verdict_.environment) {
      environment_refused_ = environment_refused_ || difference.refuses();
    }
    if (environment_refused_) Worsen(results::ExitCode::kIncomparable);
    if (base.empty() || fresh.empty()) return;
    const std::vector<std::string> unsaid = samples::UnsaidByAll(base, fresh);
    if (!unsaid.empty()) {
      Note(absl::StrCat("no file says its ", absl::StrJoin(unsaid, ", "),
                        ": whether the sides agree in that is not known"));
    }
    verdict_.same_executable = samples::SameExecutable(base, fresh);
    if (verdict_.same_executable) {
      Note("A/A: both sides ran the same program, so that whatever differs is not the program");
    }
  }

  // What threaded times mean in all files, each meaning once; nothing where that may differ.
  std::vector<std::string> TimeSemantics() const {
    std::vector<std::string> meanings;
    for (const samples::EnvironmentDifference& difference : verdict_.environment) {
      if (difference.key == "time_semantics" && difference.allowed) return meanings;
    }
    for (const samples::Side* side : {&base_, &fresh_}) {
      for (const samples::Side::File& file : side->files()) meanings.push_back(file.time_semantics);
    }
    std::sort(meanings.begin(), meanings.end());
    meanings.erase(std::unique(meanings.begin(), meanings.end()), meanings.end());
    return meanings;
  }

  void MatchSides() {
    const MatchOptions options{.alpha = verdict_.alpha,
                               .noise = options_.noise,
                               .paired = options_.paired,
                               .benchmarks = options_.benchmarks,
                               .environment_refused = environment_refused_,
                               .time_semantics = TimeSemantics()};
    Matched matched = Match(base_, fresh_, terms_, options);
    verdict_.benchmarks = std::move(matched.benchmarks);
    evidence_ = std::move(matched.evidence);
    questions_ = std::move(matched.questions);
    for (policy::ComparedMetric& metric : matched.metrics) {
      verdict_.metrics.push_back(std::move(metric.name));
    }
    if (matched.filtered_out > 0) {
      Note(absl::StrCat(results::Counted(matched.filtered_out, "benchmark is", "benchmarks are"),
                        " not selected"));
    }
    if (matched.without_noise > 0) {
      Note(absl::StrCat(options_.noise->source, " has no spread for ", matched.without_noise,
                        " of the gate's figures"));
    }
  }

  void TakePairedRuns() {
    if (options_.paired == nullptr) return;
    const PairedRuns& runs = *options_.paired;
    for (const auto* reasons : {&runs.void_reasons, &runs.blind, &runs.doubts}) {
      for (const std::string& reason : *reasons) Problem(results::ExitCode::kInconclusive, reason);
    }
    for (const std::string& note : runs.notes) Note(note);
  }

  // Processes a side, or pairs of them, for one of `tests` to be able to say anything.
  size_t Needed(size_t tests) const {
    const double alpha = verdict_.alpha / static_cast<double>(std::max<size_t>(1, tests));
    return options_.paired == nullptr ? ProcessesNeeded(alpha) : stats::SignEvidenceNeeded(alpha);
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
      Problem(results::ExitCode::kInvalid,
              labels ? absl::StrCat("the policy gates ", Quoted(glob),
                                    ", which is a label (yes or no), not a metric: a label is told "
                                    "and never judged")
                     : absl::StrCat("the policy gates the metric ", Quoted(glob),
                                    ", which no benchmark has",
                                    policy::DidYouMean(glob, verdict_.metrics)));
    }
    for (const policy::CompareOverride& override : policy_.overrides) CheckOverride(override);
    const std::vector<std::string> known = policy::EnvironmentKeys();
    for (const std::string& key : AllowedKeys()) {
      if (key == "all" || std::find(known.begin(), known.end(), key) != known.end()) continue;
      Problem(results::ExitCode::kInvalid,
              absl::StrCat("allowing the environment to differ in ", Quoted(key), ": no such key",
                           policy::DidYouMean(key, known), " (known: all, ",
                           absl::StrJoin(known, ", "), ")"));
    }
  }

  void CheckOverride(const policy::CompareOverride& override) {
    for (const samples::Side* side : {&base_, &fresh_}) {
      for (const samples::SideBenchmark& benchmark : side->benchmarks()) {
        if (override.SelectsBenchmark(benchmark.name)) return;
      }
    }
    Problem(results::ExitCode::kInvalid,
            absl::StrCat("[[compare.override]] in line ", override.where.line,
                         " of the policy matches no benchmark: ",
                         Quoted(absl::StrJoin(override.benchmarks, " or "))));
  }

  // Calls visit(benchmark, change, evidence, index) for every change in the order of the evidence.
  template <typename Visit>
  void ForEachChange(Visit visit) {
    size_t index = 0;
    for (BenchmarkComparison& benchmark : verdict_.benchmarks) {
      for (Change& change : benchmark.changes) {
        visit(benchmark, change, evidence_[index], index);
        ++index;
      }
    }
  }

  // The gate's claims of harm are Holm's, so that one false one among all is as unlikely as alpha;
  // what is only reported, and every claim of improvement, is Benjamini and Hochberg's. A claim
  // that something is within the margin needs no adjustment: the whole passes only if every single
  // one does (an intersection-union test, Berger 1982).
  void AdjustForNumber() {
    std::vector<double> gate;
    std::vector<double> report;
    std::vector<double> better;
    ForEachChange([&](BenchmarkComparison&, Change& change, const Evidence& evidence, size_t) {
      if (!Tested(change)) return;
      if (change.gated) gate.push_back(*change.p);
      if (!change.gated) report.push_back(ReportedP(change, evidence));
      better.push_back(evidence.p_better);
    });
    verdict_.gate_size = gate.size();
    verdict_.processes_needed = Needed(1);
    verdict_.processes_needed_gate = Needed(gate.size());
    gate = stats::HolmAdjusted(gate);
    report = stats::BenjaminiHochbergAdjusted(report);
    better = stats::BenjaminiHochbergAdjusted(better);
    better_adjusted_.assign(evidence_.size(), 1);
    size_t next_gate = 0;
    size_t next_report = 0;
    size_t next_better = 0;
    ForEachChange([&](BenchmarkComparison&, Change& change, const Evidence&, size_t index) {
      if (!Tested(change)) return;
      change.p_adjusted = change.gated ? gate[next_gate++] : report[next_report++];
      better_adjusted_[index] = better[next_better++];
    });
  }

  static double ReportedP(const Change& change, const Evidence& evidence) {
    if (change.direction != policy::Direction::kUnknown) return *change.p;
    return EitherWay(*change.p, evidence.p_better);
  }

  void ConcludeChanges() {
    ForEachChange([&](BenchmarkComparison& benchmark, Change& change, const Evidence& evidence,
                      size_t index) {
      const bool decided = change.finding == Finding::kIncomparable ||
                           change.finding == Finding::kMissing || change.finding == Finding::kNew;
      if (!decided) ConcludeChange(evidence, better_adjusted_[index], change);
      if (change.gated) CountGated(benchmark, change);
    });
    AdviseProcesses(questions_, verdict_);
    for (BenchmarkComparison& benchmark : verdict_.benchmarks) ConcludeBenchmark(benchmark);
  }

  void ConcludeChange(const Evidence& evidence, double better_adjusted, Change& change) const {
    const bool exact = change.method == Method::kExact;
    const bool worse =
        exact ? evidence.worse
              : change.p_adjusted.has_value() &&
                    *change.p_adjusted <= (change.gated ? verdict_.alpha : verdict_.false_share);
    const bool better =
        exact ? evidence.better : evidence.better && better_adjusted <= verdict_.false_share;
    if (change.direction == policy::Direction::kUnknown && (worse || better)) {
      change.finding = Finding::kChanged;
    } else if (worse) {
      change.finding = Finding::kRegressed;
    } else if (better) {
      change.finding = Finding::kImproved;
    } else if (evidence.not_worse && evidence.not_better) {
      change.finding = Finding::kUnchanged;
    } else if (evidence.not_worse && change.direction != policy::Direction::kUnknown) {
      change.finding = Finding::kPass;
    } else {
      change.finding = Finding::kInconclusive;
      change.reason = change.method == Method::kPairedSigns ? Reason::kBudgetUsedUp
                      : evidence.worse                      ? Reason::kNotAmongSoMany
                      : evidence.testable                   ? Reason::kTooNoisy
                                                            : Reason::kTooFewProcesses;
    }
    SuspectLayout(evidence, change);
  }

  static void SuspectLayout(const Evidence& evidence, Change& change) {
    const bool open = change.finding == Finding::kInconclusive;
    const bool worse = evidence.layout_worse && (open || change.finding == Finding::kRegressed);
    const bool better = evidence.layout_better && (open || change.finding == Finding::kImproved);
    if (!worse && !better) return;
    change.finding = Finding::kLayoutSuspect;
    change.reason = Reason::kLayout;
  }

  void CountGated(const BenchmarkComparison& benchmark, const Change& change) {
    if (change.finding == Finding::kMissing || change.finding == Finding::kNew ||
        change.finding == Finding::kIncomparable) {
      return;
    }
    ++compared_;
    if (change.finding != Finding::kInconclusive && change.finding != Finding::kLayoutSuspect) {
      ++decided_;
    }
    if (change.direction != policy::Direction::kUnknown ||
        !undirected_.emplace(change.metric).second) {
      return;
    }
    Problem(results::ExitCode::kInvalid,
            absl::StrCat("the policy gates the metric ", Quoted(verdict_.metrics[change.metric]),
                         " (of ", Quoted(benchmark.name),
                         "), of which no better direction is known: say direction = \"lower\" or "
                         "\"higher\" in a [[compare.override]]"));
  }

  // What the policy says of a finding that says nothing.
  policy::Action ActionOn(const BenchmarkComparison& benchmark, Finding finding) const {
    switch (finding) {
      case Finding::kLayoutSuspect:
      case Finding::kInconclusive:
        return terms_.Inconclusive(benchmark.run_names);
      case Finding::kMissing:
        return terms_.Missing(benchmark.run_names);
      case Finding::kNew:
        return terms_.New(benchmark.run_names);
      default:
        return policy::Action::kWarn;
    }
  }

  results::ExitCode CodeOf(const BenchmarkComparison& benchmark, Finding finding) const {
    if (finding == Finding::kRegressed) return results::ExitCode::kBroken;
    if (finding == Finding::kIncomparable) return results::ExitCode::kIncomparable;
    if (ActionOn(benchmark, finding) != policy::Action::kFail) return results::ExitCode::kPass;
    const bool open = finding == Finding::kInconclusive || finding == Finding::kLayoutSuspect;
    return open ? results::ExitCode::kInconclusive : results::ExitCode::kNotMeasured;
  }

  // A benchmark is as bad as the worst metric that decides.
  void ConcludeBenchmark(BenchmarkComparison& benchmark) {
    if (benchmark.changes.empty()) return;  // decided as a whole
    const Change* worst = nullptr;
    for (const Change& change : benchmark.changes) {
      if (!change.gated) break;  // gated ones come first
      benchmark.exit_code = results::Graver(benchmark.exit_code, CodeOf(benchmark, change.finding));
      if (worst == nullptr || change.finding < worst->finding) worst = &change;
    }
    benchmark.finding = worst == nullptr ? Finding::kInconclusive : worst->finding;
    benchmark.reason = worst == nullptr ? Reason::kNothingGated : worst->reason;
    benchmark.ignored =
        worst != nullptr && ActionOn(benchmark, benchmark.finding) == policy::Action::kIgnore;
  }

  void Conclude() {
    size_t ungated = 0;
    for (const BenchmarkComparison& benchmark : verdict_.benchmarks) {
      Worsen(benchmark.exit_code);
      if (benchmark.reason == Reason::kNothingGated) ++ungated;
    }
    if (ungated > 0) {
      Note(absl::StrCat(results::Counted(ungated, "benchmark has", "benchmarks have"),
                        " no metric that decides"));
    }
    const size_t worse = verdict_.CountOfChanges(Finding::kRegressed, false);
    if (worse > 0) {
      Note(absl::StrCat(results::Counted(worse, "figure that does", "figures that do"),
                        " not decide got worse"));
    }
    if (environment_refused_) return;
    if (compared_ == 0) {
      Problem(results::ExitCode::kNotMeasured,
              "nothing was compared: no benchmark that decides is "
              "measured and comparable on both sides");
    } else if (decided_ == 0) {
      Worsen(results::ExitCode::kInconclusive);
    }
    verdict_.geometric_mean = MeanOfTimes();
  }

  std::optional<GeometricMean> MeanOfTimes() const {
    const auto of_processes = MeanChange(verdict_.benchmarks, base_, fresh_, verdict_.confidence);
    const auto of_changes =
        MeanOfChanges(verdict_.benchmarks, verdict_.metrics, verdict_.confidence);
    if (options_.paired != nullptr) return of_changes;
    const bool certain = of_processes.has_value() && of_processes->change.low.has_value();
    const bool more_certain = of_changes.has_value() && of_changes->change.low.has_value();
    return !certain && more_certain ? of_changes : of_processes;
  }

  const policy::ComparePolicy& policy_;
  const CompareOptions& options_;
  const samples::Side& base_;
  const samples::Side& fresh_;
  const policy::TermsBook terms_;
  CompareVerdict verdict_;
  bool environment_refused_ = false;
  absl::flat_hash_map<uint64_t, std::string> seen_;  // fingerprint -> where
  std::vector<Evidence> evidence_;                   // by change
  std::vector<EffectQuestion> questions_;            // by change
  std::vector<double> better_adjusted_;              // by change
  absl::flat_hash_set<uint32_t> undirected_;         // gated metrics without a direction
  size_t compared_ = 0;                              // gated changes with figures
  size_t decided_ = 0;                               // of those, the ones that say something
};

}  // namespace

CompareVerdict Compare(const policy::Policy& policy, const CompareOptions& options,
                       const samples::Side& base, const samples::Side& fresh,
                       std::optional<limits::CheckVerdict> limits) {
  return Comparer(policy, options, base, fresh).Run(std::move(limits));
}

CompareVerdict Compare(const policy::Policy& policy, const CompareOptions& options,
                       absl::Span<const results::ResultFile> base,
                       absl::Span<const results::ResultFile> fresh) {
  samples::Side base_side;
  samples::Side fresh_side;
  for (const results::ResultFile& file : base) base_side.Add(file);
  for (const results::ResultFile& file : fresh) fresh_side.Add(file);
  std::optional<limits::CheckVerdict> limits;
  if (!policy.limits.empty()) limits = limits::Check(policy, fresh);
  return Compare(policy, options, base_side, fresh_side, std::move(limits));
}

}  // namespace loadline::compare
