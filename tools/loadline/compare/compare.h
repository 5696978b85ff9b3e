#ifndef TOOLS_LOADLINE_COMPARE_COMPARE_H_
#define TOOLS_LOADLINE_COMPARE_COMPARE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tools/loadline/compare/noise.h"
#include "tools/loadline/compare/paired.h"
#include "tools/loadline/limits/check.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/policy/policy.h"
#include "tools/loadline/results/exit_code.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/samples/environment.h"
#include "tools/loadline/samples/side.h"

namespace loadline::compare {

// What is said about a metric of a benchmark, or about a benchmark: worst first.
enum class Finding {
  kRegressed,      // worse by more than the margin, proved
  kFailed,         // the benchmark failed or crashed on one side
  kMissing,        // base has it, new does not
  kIncomparable,   // the figures do not mean the same thing, or are no numbers
  kLayoutSuspect,  // how the process lies in memory decides, not the program
  kInconclusive,   // too little is known to say
  kSkipped,        // the benchmark chose not to run
  kChanged,        // differs by more than the margin, proved; which way is better is not known
  kNew,            // new has it, base does not
  kImproved,       // better by more than the margin, proved
  kPass,           // not worse by more than the margin, proved
  kUnchanged,      // within the margin both ways, proved
};
inline constexpr size_t kFindings = 12;
// "REGRESSED", "FAILED", ...
absl::string_view FindingName(Finding finding);

// Why a finding is what it is, where the figures do not say it.
enum class Reason {
  kNone,
  kTooFewProcesses,  // no difference, however large, could be proved with so few
  kTooNoisy,         // the interval reaches over the margin
  kNotAmongSoMany,   // proved alone, but not as one of all comparisons of the gate
  kEnvironment,      // the environments differ in what cannot be compared
  kTimeSemantics,    // Google Benchmark changed what this figure of a threaded benchmark means
  kNotFinite,        // a value is NaN or infinite
  kOnlyAggregates,   // the file has means and medians, no measurements
  kSeveral,          // a file has several benchmarks of this name
  kFromZero,         // the base is zero, so that there is no percentage
  kOnBase,           // of kFailed, kSkipped: it is the base side that has no figure
  kMetricGone,       // of kMissing, kNew: the benchmark is there on both sides, the metric is not
  kNothingGated,     // of a benchmark: no metric of it decides
  kBudgetUsedUp,     // paired restarts did not decide
  kLayout,           // of kLayoutSuspect
};

// How a change was found.
enum class Method {
  kNone,             // not compared
  kExact,            // values that do not vary, compared as they are
  kRankSum,          // rank-sum test over processes, on logarithms
  kRankSumOfValues,  // the same on the values, because some are zero or below
  kNoise,            // too few processes; the recorded spread between processes stands in
  kPairedSigns,      // restarts of both sides together, on which side of the margin they fall
  kPoint,            // too few processes: the ratio of the medians, without an interval
};

struct ChangeInterval {
  // Fractions of the base: 0.1 is new = 1.1 * base, whichever way is better. A bound that the
  // sample is too small for is -1 or infinity.
  double estimate = 0;
  std::optional<double> low;  // both or none
  std::optional<double> high;
};

// One metric of one benchmark.
struct Change {
  uint32_t metric = 0;  // CompareVerdict::metrics
  Finding finding = Finding::kInconclusive;
  Reason reason = Reason::kNone;
  Method method = Method::kNone;
  policy::Direction direction = policy::Direction::kUnknown;
  bool gated = false;  // it decides the exit code
  double margin = 0;   // a fraction

  size_t base_processes = 0;
  size_t new_processes = 0;
  std::optional<double> base;  // the median over processes, in the metric's own unit
  std::optional<double> fresh;
  std::optional<ChangeInterval> change;  // absent when there is no ratio

  // The smallest change for the worse that would have been called in 80 % of such comparisons, a
  // fraction of the base with the sign of the worse direction. Absent when no change could.
  std::optional<double> detectable;
  // Of kInconclusive: how many processes a side would tell (advice.h). Absent where no number would
  // or the spread is not known.
  std::optional<size_t> processes_to_tell;
  // One-sided, of "not worse by more than the margin". Absent without a test.
  std::optional<double> p;
  std::optional<double> p_adjusted;  // gated: Holm's, over the gate; otherwise Benjamini-Hochberg's
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
  Finding finding = Finding::kInconclusive;
  Reason reason = Reason::kNone;
  results::ExitCode exit_code =
      results::ExitCode::kPass;  // what it alone would return under the policy
  bool ignored = false;          // the policy says to ignore this finding: told on demand
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

struct CompareOptions {
  // Before the policy's.
  std::optional<double> margin;
  std::optional<double> alpha;          // above 0, below 0.5; anything else is the default
  std::vector<std::string> allow_env;   // besides the policy's; keys of the environment table
  std::vector<std::string> benchmarks;  // globs over run names; empty: all
  const Noise* noise = nullptr;         // must outlive the call
  const PairedRuns* paired = nullptr;   // must outlive the call; of `loadline duet`
};

// What a policy says about two sides. A plain value; the same files give the same verdict, in
// whatever order those of a side are given (only `sources`, `hosts` and the lists of values in
// environment differences follow the order).
struct CompareVerdict {
  std::string policy;  // its path; empty without one
  SideSummary base;
  SideSummary fresh;
  std::vector<samples::EnvironmentDifference> environment;
  bool same_executable = false;  // both sides ran the same program: an A/A comparison

  double alpha = 0;             // chance of one false REGRESSED in the whole gate
  double confidence = 0;        // of the intervals: 1 - 2 alpha, each bound by itself 1 - alpha
  double false_share = 0;       // of what is not gated: share of false ones among those called
  size_t gate_size = 0;         // tests that the gate's p values are adjusted for
  size_t processes_needed = 0;  // a side, for one comparison to be able to say anything
  size_t processes_needed_gate = 0;  // ... for any one of the whole gate to be called REGRESSED

  std::vector<std::string> metrics;             // names, sorted
  std::vector<BenchmarkComparison> benchmarks;  // sorted by name
  std::optional<GeometricMean> geometric_mean;
  std::optional<limits::CheckVerdict> limits;  // of the new side; absent when the policy has none

  std::vector<std::string> problems;  // what else keeps this from being a pass
  std::vector<std::string> notes;     // what a reader should know; judges nothing
  results::ExitCode exit_code = results::ExitCode::kInvalid;

  // Benchmarks with this finding.
  size_t CountOf(Finding finding) const;
  // Changes with this finding that are gated, or that are not.
  size_t CountOfChanges(Finding finding, bool gated) const;
  // One line: "REGRESSED: 1 of 12 benchmarks, ...".
  std::string Headline() const;
  // Sentences on a benchmark's or a change's reason and what to do about it; empty for kNone.
  std::string Explain(const BenchmarkComparison& benchmark) const;
  std::string Explain(const BenchmarkComparison& benchmark, const Change& change) const;
};
// "unit changed from ns to us", "10 processes against 5", ...
std::string LabelText(Label label, const BenchmarkComparison& benchmark);

// Decides. `limits` is the verdict of Check(policy, the new side's files) where the policy has
// limits; its exit code joins. Exit codes: an environment that refuses, and kIncomparable, 4;
// gated kRegressed 1; kFailed 5; kMissing, kNew, kInconclusive as the policy says (5, warn, 3);
// nothing compared 5; nothing but inconclusive comparisons 3, whatever the policy says; the same
// measurements given twice, in one side or as both, 2; an unknown environment key or a metric in
// the policy that nothing has 2. The gravest is returned.
CompareVerdict Compare(const policy::Policy& policy, const CompareOptions& options,
                       const samples::Side& base, const samples::Side& fresh,
                       std::optional<limits::CheckVerdict> limits = std::nullopt);

// The same for files in memory, limits included.
CompareVerdict Compare(const policy::Policy& policy, const CompareOptions& options,
                       absl::Span<const results::ResultFile> base,
                       absl::Span<const results::ResultFile> fresh);

}  // namespace loadline::compare

#endif  // TOOLS_LOADLINE_COMPARE_COMPARE_H_
