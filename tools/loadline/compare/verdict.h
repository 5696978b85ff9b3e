#ifndef TOOLS_LOADLINE_COMPARE_VERDICT_H_
#define TOOLS_LOADLINE_COMPARE_VERDICT_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tools/loadline/limits/check.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/results/exit_code.h"
#include "tools/loadline/samples/environment.h"

namespace loadline::compare {

// What is said about a metric of a benchmark, or about a benchmark: worst first. What is proved has
// been proved among all that was asked (docs/statistics.md).
enum class Finding {
  kRegressed,     // worse by more than the margin, proved
  kFailed,        // the benchmark failed or crashed on one side
  kMissing,       // base has it, new does not
  kIncomparable,  // the figures do not mean the same thing, or are no numbers
  kVoid,          // a difference was found where there can be none: nothing here is to be trusted
  kTail,          // of a duet: rare slow operations are the new side's, proved; how slow is not
  kSlower,    // a time or a rate is worse, proved; whether beyond the margin is another question
  kWorse,     // the same of another metric
  kOpen,      // nothing is proved
  kSkipped,   // the benchmark chose not to run
  kChanged,   // differs by more than the margin, proved; which way is better is not known
  kNew,       // new has it, base does not
  kImproved,  // better by more than the margin, proved
  kFaster,    // a time or a rate is better, proved
  kBetter,    // the same of another metric
  kSame,      // within the margin both ways, proved
};
inline constexpr size_t kFindings = 16;

// Whether a change for the worse is beyond the margin.
enum class Beyond {
  kYes,   // proved
  kNo,    // proved not to be
  kOpen,  // neither
};

// Why a finding is what it is, where the figures do not say it.
enum class Reason {
  kNone,
  kTooFewProcesses,  // what so few show is no bound on anything
  kTooNoisy,         // the interval reaches over the margin
  kNotAmongSoMany,   // beyond the margin if it were the only question, not as one of all
  kEnvironment,      // the environments differ in what cannot be compared
  kTimeSemantics,    // Google Benchmark changed what this figure of a threaded benchmark means
  kNotFinite,        // a value is NaN or infinite
  kOnlyAggregates,   // the file has means and medians, no measurements
  kSeveral,          // a file has several benchmarks of this name
  kOnBase,           // of kFailed, kSkipped: it is the base side that has no figure
  kMetricGone,       // of kMissing, kNew: the benchmark is there on both sides, the metric is not
  kNothingGated,     // of a benchmark: no metric of it decides
  kBudgetUsedUp,     // paired samples did not decide
  kSameProgram,      // of kVoid: both sides ran the same program
  kControl,          // of kVoid: a control differed
  kBlind,            // of kOpen: a control that does more work was not seen
};
inline constexpr size_t kReasons = 16;

// How a change was found.
enum class Method {
  kNone,           // not compared
  kExact,          // values that do not vary, compared as they are
  kShift,          // stats::ShiftTest over processes, on logarithms
  kShiftOfValues,  // the same on the values, because some are zero or below
  kNoise,          // too few processes; the recorded spread between processes stands in
  kPairedSigns,    // samples of both sides together, on which side of the margin they fall
  kPoint,          // too few processes: the ratio of the medians, without an interval
};
inline constexpr size_t kMethods = 7;

struct ChangeInterval {
  // Fractions of the base: 0.1 is new = 1.1 * base, whichever way is better. A bound that the
  // sample is too small for is -1 or infinity. Where `absolute`, differences in the metric's unit.
  double estimate = 0;
  std::optional<double> low;  // both or none; each missed with a chance of alpha
  std::optional<double> high;
  bool absolute = false;
};

// One metric of one benchmark.
struct Change {
  uint32_t metric = 0;  // CompareVerdict::metrics
  Finding finding = Finding::kOpen;
  Beyond beyond = Beyond::kOpen;  // the margin, for the worse
  Reason reason = Reason::kNone;
  Method method = Method::kNone;
  policy::MetricClass metric_class = policy::MetricClass::kTime;
  policy::Direction direction = policy::Direction::kUnknown;
  bool gated = false;   // it decides the exit code
  bool tail = false;    // of a duet: kTail holds, whatever else does
  bool layout = false;  // of a duet: how the process lies in memory has its part in it
  // Fractions of the base, noise floor of the metric included; in the unit where the change is
  // absolute.
  double margin = 0;
  double guard = 0;

  size_t base_processes = 0;
  size_t new_processes = 0;
  std::optional<double> base;  // the median over processes, in the metric's own unit
  std::optional<double> candidate;
  std::optional<ChangeInterval> change;   // absent when there is no ratio
  std::optional<double> beside_the_rest;  // CompareVerdict::moved_alike: without what all moved by
  std::string seen;                       // of a duet: what was sampled, a sentence

  // The smallest change for the worse that would be called REGRESSED in 80 % of such comparisons,
  // as one of as many, a fraction of the base with the sign of the worse direction. Absent when no
  // change could.
  std::optional<double> detectable;
  // Of kOpen: how many processes a side would tell in four of five comparisons, as one of as many.
  // Absent where no number would or the spread is not known.
  std::optional<size_t> processes_to_tell;

  // One-sided p values: worse by more than the margin, better by more than it, worse at all, better
  // at all; absent without a test. Adjusted among all of its family: Holm's.
  struct Claim {
    double p = 1;
    double adjusted = 1;
  };
  struct Claims {
    Claim worse, better, at_all_worse, at_all_better;
  };
  std::optional<Claims> claims;
  bool not_worse = false;   // by more than the margin, at alpha
  bool not_better = false;  // by more than the margin, at alpha

  // The upper bound on the change for the worse; infinity where there is none.
  double MostWorse() const;
  bool TooNoisyToGate() const { return MostWorse() > guard; }
  bool RefusedByEnvironment() const {
    return reason == Reason::kEnvironment || reason == Reason::kTimeSemantics;
  }
};

enum class Label {
  kUnitChanged,         // the sides use different time units; values are normalised
  kProcessesUnequal,    // the sides have different numbers of processes
  kRepetitionsUnequal,  // ... or of repetitions in a process
  kLengthChanged,       // the sides run it for different lengths ("/iterations:N"), by its names
  kQuantized,           // the clock is too coarse for the figure (counter `quantized`)
  kOversubscribed,      // more threads than CPUs (counter `oversubscribed`)
  kMemoryShared,        // on one side after others in their process (counter `rss_isolated`)
};
inline constexpr size_t kLabels = 7;

// One benchmark that either side has.
struct BenchmarkComparison {
  std::string name;                    // its run name; canonical where the sides' differ
  std::vector<std::string> run_names;  // one, or the base's and the new side's where they differ
  // The worst of its gated changes, or what became of the benchmark as a whole.
  Finding finding = Finding::kOpen;
  Reason reason = Reason::kNone;
  results::ExitCode exit_code = results::ExitCode::kPass;  // what it alone would return
  bool ignored = false;  // the policy says to ignore this finding: told on demand
  std::array<bool, kLabels> labels{};
  size_t base_processes = 0;
  size_t new_processes = 0;
  size_t base_repetitions = 0;  // measured rows
  size_t new_repetitions = 0;
  std::string base_unit;  // the time unit in the files
  std::string new_unit;
  std::string message;  // of kFailed and kSkipped: the program's own words
  // Ordered: gated first, then by metric name. Empty unless both sides measured the benchmark.
  std::vector<Change> changes;

  bool has(Label label) const { return labels[static_cast<size_t>(label)]; }
};

// Over the benchmarks that both sides measured, of the time each is about. Decides nothing.
struct GeometricMean {
  size_t benchmarks = 0;
  ChangeInterval change;
};

struct SideSummary {
  std::vector<std::string> sources;
  std::vector<std::string> hosts;  // "NAME (DESCRIPTION)", every one once
  size_t benchmarks = 0;
  size_t min_processes = 0;  // over its measured benchmarks
  size_t max_processes = 0;
};

// The questions that are decided together: one false claim among all has a chance of `alpha`.
struct Family {
  size_t size = 0;
  double alpha = 0;
};

// What a policy says about two sides. A plain value; the same files give the same verdict, in
// whatever order those of a side are given (only `sources`, `hosts`, the lists of values in
// environment differences and `rho` follow the order).
struct CompareVerdict {
  std::string policy;  // its path; empty without one
  SideSummary base;
  SideSummary candidate;
  std::vector<samples::EnvironmentDifference> environment;
  bool same_executable = false;  // both sides ran the same program: an A/A comparison

  double alpha = 0;       // chance of one false claim that something got worse
  double confidence = 0;  // of the intervals: 1 - 2 alpha, each bound by itself 1 - alpha
  // Of what decides: times and rates; memory; everything else.
  Family times, memory, others;
  size_t processes_needed = 0;  // a side, for any change of a time to be called, but one beyond 1.5
  double rho = 0;               // by which successive values lean on each other; 0: they do not
  // What most times moved by, a fraction, where nearly all moved alike.
  std::optional<double> moved_alike;

  std::vector<std::string> metrics;             // names, sorted
  std::vector<BenchmarkComparison> benchmarks;  // sorted by name
  std::optional<GeometricMean> geometric_mean;
  std::optional<limits::CheckVerdict> limits;  // of the new side; absent when the policy has none

  std::vector<std::string> void_reasons;  // why differences that were found are none; mostly empty
  std::vector<std::string> problems;      // what else keeps this from being a pass
  std::vector<std::string> notes;         // what a reader should know; judges nothing
  results::ExitCode exit_code = results::ExitCode::kInvalid;

  Family& FamilyOf(policy::MetricClass metric_class);
  const Family& FamilyOf(policy::MetricClass metric_class) const {
    return const_cast<CompareVerdict*>(this)->FamilyOf(metric_class);
  }
  // Benchmarks with this finding.
  size_t CountOf(Finding finding) const;
  // Changes with this finding that are gated, or that are not.
  size_t CountOfChanges(Finding finding, bool gated) const;
};

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_VERDICT_H_
