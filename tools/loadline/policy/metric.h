#ifndef TOOLS_LOADLINE_POLICY_METRIC_H_
#define TOOLS_LOADLINE_POLICY_METRIC_H_

#include "absl/strings/string_view.h"
#include "loadline/stats/shift_test.h"

namespace loadline::policy {

// Which way a metric gets better: "lower is better", "higher is better", "direction unknown".
enum class Direction { kLowerIsBetter, kHigherIsBetter, kUnknown };
absl::string_view DirectionName(Direction direction);

// What a metric is a figure of, which says what two runs must have in common for it to be compared
// (MetricClasses counts them in this order), and which family of questions it is decided with.
enum class MetricClass {
  kTime,     // times, and rates, which are times
  kMemory,   // resident memory
  kCount,    // of what the program did, whatever it took: allocations, instructions
  kQuality,  // of its answers: success, recall
};

// What is known of a metric: a number that rows carry, by name. The times of a row are the metrics
// "real_time_ns" and "cpu_time_ns".
struct MetricTraits {
  MetricClass metric_class = MetricClass::kTime;  // what needs most, where nothing is known
  Direction direction = Direction::kUnknown;
  // Decides the exit code unless the policy lists its own. Which of the two times does depends on
  // the benchmark: MetricTraits says yes for both, PrimaryTime says which.
  bool gated = false;
  // Not random: while neither side varies, the values are compared as they are, with no test.
  bool exact = false;
  // Neither judged nor listed: a parameter of the run (ops_total, rss_baseline_bytes).
  bool judged = true;
  // A yes or no about the figures (oversubscribed, quantized, rss_isolated): it becomes a label and
  // is no quantity, not even where a policy's globs match its name.
  bool flag = false;
  double margin = stats::kDefaultMargin;  // a change within it counts as none
  bool noisy = true;  // the policy's general margin replaces `margin`: times and rates
  double floor = 0;   // what two values may differ by, in the metric's unit, and mean nothing
  bool rate = false;  // where it is nothing but so much over a time, it does not decide beside it
  // A difference of two quantities, near zero or below as a rule: what changed is told in its unit.
  bool difference = false;
};

// By the table in the .cc, first match wins; the docs have it too. A name of which nothing is
// known has an unknown direction and is not gated.
MetricTraits TraitsOf(absl::string_view metric);

// The time that a benchmark is about: "real_time_ns" when Google Benchmark appended "real_time" or
// "manual_time" to its name, otherwise "cpu_time_ns".
absl::string_view PrimaryTime(absl::string_view run_name);

}  // namespace loadline::policy

#endif  // TOOLS_LOADLINE_POLICY_METRIC_H_
