#include "tools/loadline/limits/limit_verdict.h"

#include <cmath>
#include <cstdint>
#include <set>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "loadline/stats/proportion.h"
#include "tools/loadline/policy/glob.h"
#include "tools/loadline/policy/nearest_name.h"
#include "tools/loadline/policy/quantity.h"
#include "tools/loadline/results/counted.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::limits {
namespace {

using results::ExitCode;
using results::Quoted;
using results::Row;

// What one benchmark gives to one limit.
struct Measurement {
  std::optional<double> value;                    // absent: no row has the counter
  stats::Proof proof = stats::Proof::kUndecided;  // of confident limits with a finite value
  std::string sample;                             // what the proof rests on: "52 of 53 succeeded"
  size_t rows_without = 0;
  std::string problem;  // what no measurement can have given
};

// What a rate's operations prove. Counts beyond 2^53 are no whole numbers any more.
void ProveRate(const policy::Limit& limit, double ok, double total, Measurement& result) {
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

void ProveQuantile(const policy::Limit& limit, const std::vector<double>& values,
                   Measurement& result) {
  const policy::LimitExpression& require = limit.require;
  const double alpha = 1 - limit.confidence;
  const double q = require.quantile;
  result.proof = require.upper() ? stats::QuantileProvenBelow(values, q, require.mark, alpha)
                                 : stats::QuantileProvenAbove(values, q, require.mark, alpha);
  const auto within = absl::c_count_if(values, [&](double value) {
    return require.upper() ? value < require.mark : value > require.mark;
  });
  result.sample = absl::StrCat(within, " of ", values.size(), " values are on the right side");
}

// The fewest trials that can prove a confident limit, all of them good.
uint64_t TrialsNeeded(const policy::Limit& limit) {
  const policy::LimitExpression& require = limit.require;
  const bool is_rate = require.statistic == policy::Statistic::kRate;
  const double share = is_rate ? require.mark / 100 : require.quantile;
  const bool at_least = require.upper() != is_rate;
  return stats::TrialsToProve(at_least ? share : 1 - share, 1 - limit.confidence);
}

// ` in row "Sort/n:8" of r.json`.
std::string RowText(const Row& row, const results::ResultFile& file) {
  return absl::StrCat(" in row ", Quoted(row.name), " of ", file.source);
}

Measurement MeasureRate(const policy::Limit& limit, const samples::BenchmarkRows& benchmark) {
  Measurement result;
  double ok = 0;
  double total = 0;
  bool any = false;
  for (const auto& [row, file] : benchmark.measured) {
    const std::optional<double> row_ok = row->Counter("ops_ok");
    const std::optional<double> row_total = row->Counter("ops_total");
    if (!row_ok.has_value() || !row_total.has_value()) {
      ++result.rows_without;
      continue;
    }
    any = true;
    if (*row_ok < 0 || *row_ok > *row_total) {
      result.problem =
          absl::StrCat("ops_ok is ", *row_ok, " of ops_total ", *row_total, RowText(*row, *file));
    }
    ok += *row_ok;
    total += *row_total;
  }
  if (any) result.value = 100 * ok / total;  // no operation at all: NaN, which passes nothing
  if (any && limit.confident) ProveRate(limit, ok, total, result);
  return result;
}

Measurement Measure(const policy::Limit& limit, const samples::BenchmarkRows& benchmark) {
  const policy::LimitExpression& require = limit.require;
  if (require.statistic == policy::Statistic::kRate) return MeasureRate(limit, benchmark);
  Measurement result;
  std::vector<double> values;
  bool finite = true;
  for (const auto& [row, file] : benchmark.measured) {
    const std::optional<double> value = row->Counter(require.counter);
    if (!value.has_value()) {
      ++result.rows_without;
      continue;
    }
    values.push_back(*value * require.unit.factor);
    finite = finite && std::isfinite(values.back());
    const absl::string_view why =
        policy::ImpossibleBecause(require.counter, require.unit.dimension, *value);
    if (why.empty()) continue;
    result.problem = absl::StrCat(require.counter, " is ",
                                  policy::FormatQuantity(values.back(), require.unit.dimension),
                                  RowText(*row, *file), ": ", why);
  }
  if (values.empty()) return result;
  result.value = finite ? require.Evaluate(values) : std::nan("");
  if (finite && limit.confident) ProveQuantile(limit, values, result);
  return result;
}

// Judges one limit; each step either decides the verdict or leaves it to the next.
class LimitJudge {
 public:
  LimitJudge(const policy::Limit& limit, const std::vector<samples::BenchmarkRows>& all,
             bool partial)
      : partial_(partial) {
    verdict_.limit = limit;
    for (const samples::BenchmarkRows& benchmark : all) {
      if (policy::MatchesBenchmark(limit.benchmarks, benchmark.name) &&
          !policy::MatchesBenchmark(limit.except, benchmark.name)) {
        matched_.push_back(&benchmark);
      }
    }
    verdict_.benchmarks_matched = matched_.size();
  }

  LimitVerdict Judge() {
    if (matched_.empty()) {
      Decide(Outcome::kError, partial_ ? ExitCode::kNotMeasured : ExitCode::kInvalid,
             absl::StrCat("no benchmark matches ",
                          results::QuotedNames(verdict_.limit.benchmarks, " or ")));
    } else if (absl::c_all_of(matched_, [](const auto* each) { return each->measured.empty(); })) {
      Decide(Outcome::kError, ExitCode::kNotMeasured,
             "every benchmark that matches failed or was skipped");
    } else {
      MeasureAll();
      Conclude();
      if (verdict_.worst.has_value() && !verdict_.limit.skip_missing) AddLacking();
    }
    return std::move(verdict_);
  }

 private:
  void MeasureAll() {
    for (const samples::BenchmarkRows* benchmark : matched_) {
      const Measurement measurement = Measure(verdict_.limit, *benchmark);
      verdict_.rows_without_counter += measurement.rows_without;
      if (measurement.rows_without > 0) verdict_.lacking.push_back(benchmark->name);
      if (!measurement.problem.empty()) contradiction_ = measurement.problem;
      if (!measurement.value.has_value()) continue;
      ++verdict_.benchmarks_measured;
      if (verdict_.worst.has_value() && !IsGraver(measurement)) continue;
      worst_ = measurement;
      verdict_.worst = measurement.value;
      verdict_.worst_benchmark = benchmark->name;
      verdict_.worst_source = benchmark->source;
    }
  }

  // Whether it is worse than the worst so far. Of a confident limit, what refutes it is worse than
  // what proves nothing, and that is worse than what proves it.
  bool IsGraver(const Measurement& measurement) const {
    const auto gravity = [](const Measurement& one) {
      if (!std::isfinite(*one.value) || one.proof == stats::Proof::kRefuted) return 2;
      return one.proof == stats::Proof::kUndecided ? 1 : 0;
    };
    const int now = gravity(measurement);
    const int before = gravity(worst_);
    if (verdict_.limit.confident && now != before) return now > before;
    if (!std::isfinite(*worst_.value)) return false;
    if (!std::isfinite(*measurement.value)) return true;
    return verdict_.limit.require.upper() ? measurement.value > worst_.value
                                          : measurement.value < worst_.value;
  }

  void ConcludeConfident() {
    const std::string basis =
        absl::StrCat(" at ", 100 * verdict_.limit.confidence, " % confidence: ", worst_.sample);
    if (worst_.proof == stats::Proof::kProved) {
      Decide(Outcome::kPass, ExitCode::kPass, absl::StrCat("proved", basis));
    } else if (worst_.proof == stats::Proof::kRefuted) {
      Decide(Outcome::kFail, ExitCode::kBroken, absl::StrCat("refuted", basis));
    } else {
      const uint64_t needed = TrialsNeeded(verdict_.limit);
      Decide(Outcome::kInconclusive, ExitCode::kInconclusive,
             absl::StrCat("neither proved nor refuted", basis, "; proving it needs at least ",
                          needed, " of ", needed));
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

  // A hole in what was measured keeps a limit from passing, and hides no mark that is broken.
  void AddLacking() {
    if (verdict_.lacking.empty()) return;
    constexpr size_t kNamed = 5;
    const std::string counter =
        IsRate() ? "both ops_ok and ops_total"
                 : absl::StrCat("the counter ", Quoted(verdict_.limit.require.counter));
    Decide(verdict_.outcome == Outcome::kFail ? Outcome::kFail : Outcome::kError,
           results::Graver(verdict_.exit_code, ExitCode::kNotMeasured),
           absl::StrCat(verdict_.explanation, verdict_.explanation.empty() ? "" : "; ",
                        results::Counted(verdict_.rows_without_counter, "row does", "rows do"),
                        " not have ", counter, ": of ",
                        results::QuotedNames(verdict_.lacking, ", ", kNamed),
                        "; where that is meant, name them in except, or write missing = \"skip\""));
  }

  bool IsRate() const { return verdict_.limit.require.statistic == policy::Statistic::kRate; }

  std::string UnknownCounter() const {
    if (IsRate()) return "no row that matches has both ops_ok and ops_total";
    std::set<std::string> names = {"real_time_ns", "cpu_time_ns"};
    for (const samples::BenchmarkRows* benchmark : matched_) {
      for (const auto& [row, file] : benchmark->measured) {
        for (const auto& [name, value] : row->counters) names.insert(name);
      }
    }
    const std::vector<std::string> known(names.begin(), names.end());
    const std::string& counter = verdict_.limit.require.counter;
    return absl::StrCat("no row that matches has the counter ", Quoted(counter),
                        policy::DidYouMean(counter, known));
  }

  void Decide(Outcome outcome, ExitCode code, std::string explanation) {
    verdict_.outcome = outcome;
    verdict_.exit_code = code;
    verdict_.explanation = std::move(explanation);
  }

  const bool partial_;
  LimitVerdict verdict_;
  std::vector<const samples::BenchmarkRows*> matched_;
  std::string contradiction_;
  Measurement worst_;
};

}  // namespace

absl::string_view OutcomeName(Outcome outcome) {
  constexpr absl::string_view kNames[] = {"pass", "FAIL", "ERROR", "INCONCLUSIVE"};
  return kNames[static_cast<size_t>(outcome)];
}

std::string LimitVerdict::WorstText() const {
  if (!worst.has_value()) return "-";
  return policy::FormatQuantity(*worst, limit.require.unit.dimension, limit.require.mark);
}

LimitVerdict JudgeLimit(const policy::Limit& limit,
                        const std::vector<samples::BenchmarkRows>& benchmarks, bool partial) {
  return LimitJudge(limit, benchmarks, partial).Judge();
}

}  // namespace loadline::limits
