#include "tools/loadline/judge/check.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "loadline/stats/proportion.h"
#include "tools/loadline/judge/benchmark_rows.h"
#include "tools/loadline/judge/counted.h"
#include "tools/loadline/judge/fingerprint.h"
#include "tools/loadline/judge/glob.h"
#include "tools/loadline/judge/nearest_name.h"
#include "tools/loadline/judge/time_semantics.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::judge {
namespace {

using results::Quoted;
using results::ResultFile;
using results::Row;

using Benchmark = BenchmarkRows;

// What one benchmark gives to one limit.
struct Measurement {
  std::optional<double> value;                    // absent: no row has the counter
  stats::Proof proof = stats::Proof::kUndecided;  // of confident limits with a finite value
  std::string sample;                             // what the proof rests on: "52 of 53 succeeded"
  size_t rows_without = 0;
  std::string problem;  // the counters contradict each other
};

// What a rate's operations prove. Counts beyond 2^53 are no whole numbers any more.
void ProveRate(const Limit& limit, double ok, double total, Measurement& result) {
  constexpr double kLargest = 9007199254740992.0;
  if (!(total >= 0) || !(total <= kLargest) || !(ok >= 0) || !(ok <= total)) return;
  const auto successes = static_cast<uint64_t>(ok);
  const auto trials = static_cast<uint64_t>(total);
  const double alpha = 1 - limit.confidence;
  const double share = limit.require.mark / 100;
  result.proof = limit.require.upper() ? stats::ProvenAtMost(successes, trials, share, alpha)
                                       : stats::ProvenAtLeast(successes, trials, share, alpha);
  result.sample = absl::StrCat(successes, " of ", trials, " succeeded");
}

double QuantileOf(const LimitExpression& require) {
  return require.statistic == Statistic::kMedian ? 0.5 : require.quantile;
}

void ProveQuantile(const Limit& limit, const std::vector<double>& values, Measurement& result) {
  const LimitExpression& require = limit.require;
  const double alpha = 1 - limit.confidence;
  const double q = QuantileOf(require);
  result.proof = require.upper() ? stats::QuantileProvenBelow(values, q, require.mark, alpha)
                                 : stats::QuantileProvenAbove(values, q, require.mark, alpha);
  const auto within = std::count_if(values.begin(), values.end(), [&](double value) {
    return require.upper() ? value < require.mark : value > require.mark;
  });
  result.sample = absl::StrCat(within, " of ", values.size(), " values are on the right side");
}

// The fewest trials that can prove a confident limit, all of them good.
uint64_t TrialsNeeded(const Limit& limit) {
  const LimitExpression& require = limit.require;
  const double share =
      require.statistic == Statistic::kRate ? require.mark / 100 : QuantileOf(require);
  const bool at_least = require.upper() == (require.statistic != Statistic::kRate);
  return stats::TrialsToProve(at_least ? share : 1 - share, 1 - limit.confidence);
}

Measurement MeasureRate(const Limit& limit, const Benchmark& benchmark) {
  Measurement result;
  double ok = 0;
  double total = 0;
  bool any = false;
  for (const Row* row : benchmark.measured) {
    const std::optional<double> row_ok = row->Counter("ops_ok");
    const std::optional<double> row_total = row->Counter("ops_total");
    if (!row_ok.has_value() || !row_total.has_value()) {
      ++result.rows_without;
      continue;
    }
    any = true;
    if (*row_ok < 0 || *row_ok > *row_total) {
      result.problem = absl::StrCat("ops_ok is ", *row_ok, " of ops_total ", *row_total, " in ",
                                    Quoted(benchmark.name));
    }
    ok += *row_ok;
    total += *row_total;
  }
  if (any) result.value = 100 * ok / total;  // no operation at all: NaN, which passes nothing
  if (any && limit.confident) ProveRate(limit, ok, total, result);
  return result;
}

Measurement Measure(const Limit& limit, const Benchmark& benchmark) {
  const LimitExpression& require = limit.require;
  if (require.statistic == Statistic::kRate) return MeasureRate(limit, benchmark);
  Measurement result;
  std::vector<double> values;
  bool finite = true;
  for (const Row* row : benchmark.measured) {
    const std::optional<double> value = row->Counter(require.counter);
    if (value.has_value()) {
      values.push_back(*value);
      finite = finite && std::isfinite(*value);
    } else {
      ++result.rows_without;
    }
  }
  if (values.empty()) return result;
  result.value = finite ? require.Evaluate(values) : std::nan("");
  if (finite && limit.confident) ProveQuantile(limit, values, result);
  return result;
}

bool Worse(const LimitExpression& require, double a, double b) {
  if (!std::isfinite(b)) return false;
  if (!std::isfinite(a)) return true;
  return require.upper() ? a > b : a < b;
}

std::vector<std::string> CounterNames(const std::vector<const Benchmark*>& benchmarks) {
  std::set<std::string> names = {"real_time_ns", "cpu_time_ns"};
  for (const Benchmark* benchmark : benchmarks) {
    for (const Row* row : benchmark->measured) {
      for (const auto& [name, value] : row->counters) names.insert(name);
    }
  }
  return {names.begin(), names.end()};
}

bool Selects(const Limit& limit, const Benchmark& benchmark) {
  return MatchesBenchmark(limit.benchmarks, benchmark.name) &&
         !MatchesBenchmark(limit.except, benchmark.name);
}

// Judges one limit; each step either decides the verdict or leaves it to the next.
class LimitJudge {
 public:
  // `partial`: benchmarks may be missing because a run was cut short or measured nothing.
  LimitJudge(const Limit& limit, const std::vector<Benchmark>& all, bool partial)
      : partial_(partial) {
    verdict_.limit = limit;
    for (const Benchmark& benchmark : all) {
      if (Selects(limit, benchmark)) matched_.push_back(&benchmark);
    }
    verdict_.benchmarks_matched = matched_.size();
  }

  LimitVerdict Judge() {
    if (matched_.empty()) {
      Decide(Outcome::kError, partial_ ? ExitCode::kNotMeasured : ExitCode::kInvalid,
             absl::StrCat("no benchmark matches ", GlobText()));
    } else if (NothingRan()) {
      Decide(Outcome::kError, ExitCode::kNotMeasured,
             "every benchmark that matches failed or was skipped");
    } else {
      MeasureAll();
      Conclude();
    }
    return std::move(verdict_);
  }

 private:
  std::string GlobText() const {
    return absl::StrJoin(
        verdict_.limit.benchmarks, " or ",
        [](std::string* out, const std::string& glob) { absl::StrAppend(out, Quoted(glob)); });
  }

  bool NothingRan() const {
    return std::all_of(matched_.begin(), matched_.end(),
                       [](const Benchmark* benchmark) { return benchmark->measured.empty(); });
  }

  void MeasureAll() {
    for (const Benchmark* benchmark : matched_) {
      const Measurement measurement = Measure(verdict_.limit, *benchmark);
      verdict_.rows_without_counter += measurement.rows_without;
      if (!measurement.problem.empty()) contradiction_ = measurement.problem;
      if (!measurement.value.has_value()) continue;
      ++verdict_.benchmarks_measured;
      if (!verdict_.worst.has_value() || Gravest(measurement)) {
        proof_ = measurement.proof;
        sample_ = measurement.sample;
        verdict_.worst = measurement.value;
        verdict_.worst_benchmark = benchmark->name;
        verdict_.worst_source = benchmark->source;
      }
    }
  }

  // Whether it is worse than the worst so far. Of a confident limit, what refutes it is worse than
  // what proves nothing, and that is worse than what proves it.
  bool Gravest(const Measurement& measurement) const {
    const auto gravity = [](double value, stats::Proof proof) {
      if (!std::isfinite(value) || proof == stats::Proof::kRefuted) return 2;
      return proof == stats::Proof::kUndecided ? 1 : 0;
    };
    const int now = gravity(*measurement.value, measurement.proof);
    const int before = gravity(*verdict_.worst, proof_);
    if (verdict_.limit.confident && now != before) return now > before;
    return Worse(verdict_.limit.require, *measurement.value, *verdict_.worst);
  }

  void ConcludeConfident() {
    const std::string percent = absl::StrCat(100 * verdict_.limit.confidence, " % confidence");
    if (proof_ == stats::Proof::kProved) {
      Decide(Outcome::kPass, ExitCode::kPass, absl::StrCat("proved at ", percent, ": ", sample_));
    } else if (proof_ == stats::Proof::kRefuted) {
      Decide(Outcome::kFail, ExitCode::kBroken,
             absl::StrCat("refuted at ", percent, ": ", sample_));
    } else {
      const uint64_t needed = TrialsNeeded(verdict_.limit);
      Decide(Outcome::kInconclusive, ExitCode::kInconclusive,
             absl::StrCat("neither proved nor refuted at ", percent, ": ", sample_,
                          "; proving it needs at least ", needed, " of ", needed));
    }
  }

  void Conclude() {
    if (!contradiction_.empty()) {
      Decide(Outcome::kError, ExitCode::kInvalid, contradiction_);
    } else if (!verdict_.worst.has_value()) {
      Decide(Outcome::kError, ExitCode::kInvalid, UnknownCounter());
    } else if (!std::isfinite(*verdict_.worst)) {
      Decide(Outcome::kFail, ExitCode::kBroken, "a value is not finite, which holds no mark");
    } else if (verdict_.limit.confident) {
      ConcludeConfident();
    } else if (verdict_.limit.require.Holds(*verdict_.worst)) {
      Decide(Outcome::kPass, ExitCode::kPass, "");
    } else {
      Decide(Outcome::kFail, ExitCode::kBroken, "");
    }
  }

  std::string UnknownCounter() const {
    if (verdict_.limit.require.statistic == Statistic::kRate) {
      return "no row that matches has both ops_ok and ops_total";
    }
    const std::string& counter = verdict_.limit.require.counter;
    return absl::StrCat("no row that matches has the counter ", Quoted(counter),
                        DidYouMean(counter, CounterNames(matched_)));
  }

  void Decide(Outcome outcome, ExitCode code, std::string explanation) {
    verdict_.outcome = outcome;
    verdict_.exit_code = code;
    verdict_.explanation = std::move(explanation);
  }

  const bool partial_;
  LimitVerdict verdict_;
  std::vector<const Benchmark*> matched_;
  std::string contradiction_;
  stats::Proof proof_ = stats::Proof::kUndecided;  // of the worst benchmark
  std::string sample_;
};

void AddThreadedTimeNote(const Policy& policy, absl::Span<const ResultFile> files,
                         CheckVerdict& verdict) {
  const bool uses_real_time =
      std::any_of(policy.limits.begin(), policy.limits.end(),
                  [](const Limit& limit) { return limit.require.counter == "real_time_ns"; });
  if (!uses_real_time) return;
  for (const ResultFile& file : files) {
    const bool threaded = std::any_of(file.rows.begin(), file.rows.end(),
                                      [](const Row& row) { return row.threads > 1; });
    if (!threaded || TimeSemanticsOf(file) != "per_thread_divided") continue;
    verdict.notes.push_back(
        absl::StrCat(file.source,
                     ": real_time of rows with several threads is divided by their number "
                     "(Google Benchmark before 1.9); hold marks against a lat_* counter instead"));
  }
}

void AddNamesakeNotes(const std::vector<Benchmark>& benchmarks, CheckVerdict& verdict) {
  for (const Benchmark& benchmark : benchmarks) {
    if (benchmark.namesakes != 1) continue;
    verdict.notes.push_back(
        absl::StrCat(benchmark.source, ": several benchmarks are named ", Quoted(benchmark.name),
                     "; each is held to the limits by itself. Give each a name of its own"));
  }
}

void AddFileProblems(const ResultFile& file, CheckVerdict& verdict) {
  if (file.incomplete()) {
    verdict.problems.push_back(
        absl::StrCat(file.source, ": the run was cut short (loadline.incomplete)"));
  }
  const bool any = std::any_of(file.rows.begin(), file.rows.end(), [](const Row& row) {
    return row.run_type == results::RunType::kIteration;
  });
  const std::set<std::string> alone = AggregatesAlone(file);
  if (!alone.empty()) {
    const size_t more = alone.size() - 1;
    verdict.problems.push_back(absl::StrCat(file.source, ": ", Quoted(*alone.begin()),
                                            more > 0 ? absl::StrCat(" and ", more, " more") : "",
                                            ": ", results::kOnlyAggregates));
  } else if (!any) {
    verdict.problems.push_back(absl::StrCat(file.source, ": has no benchmark"));
  }
  for (const Row& row : file.rows) {
    if (!row.error_occurred) continue;
    verdict.failures.push_back(
        {.source = file.source, .benchmark = row.name, .message = row.error_message});
  }
}

size_t CountSkipped(const std::vector<Benchmark>& benchmarks) {
  return static_cast<size_t>(std::count_if(
      benchmarks.begin(), benchmarks.end(),
      [](const Benchmark& b) { return b.skipped > 0 && b.measured.empty() && b.failed == 0; }));
}

absl::string_view Word(ExitCode code) {
  switch (code) {
    case ExitCode::kPass:
      return "PASS";
    case ExitCode::kBroken:
      return "FAIL";
    case ExitCode::kNotMeasured:
      return "INCOMPLETE";
    case ExitCode::kInconclusive:
      return "INCONCLUSIVE";
    default:
      return "ERROR";
  }
}

std::string HostText(const Host& host) {
  return host.description.empty() ? host.name
                                  : absl::StrCat(host.name, " (", host.description, ")");
}

// "3 limits hold", "1 of 3 limits broken", ...
std::string LimitsText(const CheckVerdict& verdict) {
  const size_t all = verdict.limits.size();
  const size_t failed = verdict.CountOf(Outcome::kFail);
  const size_t errors = verdict.CountOf(Outcome::kError);
  std::string text = absl::StrCat(verdict.CountOf(Outcome::kPass), " of ", all, " limits hold");
  if (failed > 0) absl::StrAppend(&text, ", ", failed, " broken");
  if (errors > 0) absl::StrAppend(&text, ", ", errors, " not judged");
  const size_t inconclusive = verdict.CountOf(Outcome::kInconclusive);
  if (inconclusive > 0) absl::StrAppend(&text, ", ", inconclusive, " inconclusive");
  if (!verdict.failures.empty()) {
    absl::StrAppend(&text, ", ", Counted(verdict.failures.size(), "benchmark row"), " failed");
  }
  return text;
}

// A copy counted as another run would make chance look like certainty.
void RefuseCopies(absl::Span<const ResultFile> files, CheckVerdict& verdict) {
  std::map<uint64_t, std::string> seen;
  for (const ResultFile& file : files) {
    const uint64_t fingerprint = FingerprintOf(file);
    if (fingerprint == 0) continue;
    const auto [at, fresh] = seen.emplace(fingerprint, file.source);
    if (fresh) continue;
    verdict.problems.push_back(absl::StrCat(file.source, " holds the same measurements as ",
                                            at->second, ": one run does not count twice"));
    verdict.exit_code = Graver(verdict.exit_code, ExitCode::kInvalid);
  }
}

void Conclude(const Policy& policy, CheckVerdict& verdict) {
  verdict.exit_code = ExitCode::kPass;
  for (const LimitVerdict& limit : verdict.limits) {
    verdict.exit_code = Graver(verdict.exit_code, limit.exit_code);
  }
  if (!verdict.failures.empty() || !verdict.problems.empty()) {
    verdict.exit_code = Graver(verdict.exit_code, ExitCode::kNotMeasured);
  }
  if (policy.limits.empty()) {
    verdict.problems.push_back(absl::StrCat(policy.source,
                                            ": has no [[limit]], so nothing is "
                                            "judged"));
    verdict.exit_code = Graver(verdict.exit_code, ExitCode::kInvalid);
  }
}

}  // namespace

Host HostOf(const ResultFile& file) {
  Host host;
  host.name = file.ContextText("loadline.host.name");
  if (host.name.empty()) host.name = file.ContextText("host_name");
  if (host.name.empty()) host.name = "unknown host";
  std::vector<std::string> parts;
  const auto add = [&](const std::string& part) {
    if (!part.empty()) parts.push_back(part);
  };
  const std::string os = file.ContextText("loadline.host.os");
  const std::string release = file.ContextText("loadline.host.os_release");
  add(release.empty() ? os : absl::StrCat(os, os.empty() ? "" : " ", release));
  add(file.ContextText("loadline.host.architecture"));
  add(file.ContextText("loadline.host.hardware_model"));
  add(file.ContextText("loadline.host.cpu_model"));
  const std::string cpus = file.ContextText("num_cpus");
  if (!cpus.empty()) parts.push_back(absl::StrCat(cpus, cpus == "1" ? " CPU" : " CPUs"));
  host.description = absl::StrJoin(parts, ", ");
  host.reference = file.ContextText("loadline.reference_machine") == "true";
  return host;
}

absl::string_view OutcomeName(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPass:
      return "pass";
    case Outcome::kFail:
      return "FAIL";
    case Outcome::kError:
      return "ERROR";
    case Outcome::kInconclusive:
      return "INCONCLUSIVE";
  }
  return "ERROR";
}

std::string LimitVerdict::WorstText() const {
  if (!worst.has_value()) return "-";
  return FormatQuantity(*worst, limit.require.dimension(), limit.require.mark);
}

size_t CheckVerdict::CountOf(Outcome outcome) const {
  return static_cast<size_t>(
      std::count_if(limits.begin(), limits.end(),
                    [&](const LimitVerdict& limit) { return limit.outcome == outcome; }));
}

bool CheckVerdict::OnReferenceMachine() const {
  return !hosts.empty() &&
         std::all_of(hosts.begin(), hosts.end(), [](const Host& host) { return host.reference; });
}

std::string CheckVerdict::Headline() const {
  std::string text =
      absl::StrCat(Word(exit_code), ": ", LimitsText(*this), ", measured on ",
                   absl::StrJoin(hosts, " and ", [](std::string* out, const Host& host) {
                     absl::StrAppend(out, HostText(host));
                   }));
  if (OnReferenceMachine()) return absl::StrCat(text, ", the reference machine (Mac mini M4)");
  return absl::StrCat(text,
                      ". This is not the reference machine (Mac mini M4): the M4 marks are "
                      "held against this host, and these are not M4 figures");
}

CheckVerdict Check(const Policy& policy, absl::Span<const ResultFile> files) {
  CheckVerdict verdict;
  verdict.policy = policy.source;
  for (const ResultFile& file : files) {
    verdict.sources.push_back(file.source);
    const Host host = HostOf(file);
    if (std::find(verdict.hosts.begin(), verdict.hosts.end(), host) == verdict.hosts.end()) {
      verdict.hosts.push_back(host);
    }
    AddFileProblems(file, verdict);
  }
  const std::vector<Benchmark> benchmarks = GroupRows(files);
  verdict.benchmarks = benchmarks.size();
  const size_t skipped = CountSkipped(benchmarks);
  if (skipped > 0) {
    verdict.notes.push_back(
        Counted(skipped, "benchmark skipped itself", "benchmarks skipped themselves"));
  }
  AddNamesakeNotes(benchmarks, verdict);
  AddThreadedTimeNote(policy, files, verdict);
  const bool partial =
      benchmarks.empty() || std::any_of(files.begin(), files.end(),
                                        [](const ResultFile& file) { return file.incomplete(); });
  for (const Limit& limit : policy.limits) {
    verdict.limits.push_back(LimitJudge(limit, benchmarks, partial).Judge());
  }
  Conclude(policy, verdict);
  RefuseCopies(files, verdict);
  return verdict;
}

}  // namespace loadline::judge
