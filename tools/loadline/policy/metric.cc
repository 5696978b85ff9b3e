#include "tools/loadline/policy/metric.h"

#include "absl/strings/str_split.h"
#include "tools/loadline/policy/glob.h"
#include "tools/loadline/results/run_name.h"

namespace loadline::policy {
namespace {

constexpr double kNoisyMargin = 0.05;   // of separately measured times and rates
constexpr double kMemoryMargin = 0.01;  // of resident memory
// The kernel counts resident pages for each thread by itself and adds up 64 of 4 KiB at a time.
constexpr double kMemoryFloor = 256 * 1024;
constexpr double kExactMargin = 0.002;  // allocations amortised over iterations are no whole number
constexpr double kQualityMargin = 0.005;  // 95 % of successes is a failure, not a change of 5 %

constexpr Direction kLower = Direction::kLowerIsBetter;
constexpr Direction kHigher = Direction::kHigherIsBetter;

constexpr MetricTraits Noisy(Direction direction, bool gated) {
  return {.direction = direction, .gated = gated, .margin = kNoisyMargin};
}
constexpr MetricTraits Rate() {
  MetricTraits traits = Noisy(kHigher, true);
  traits.rate = true;
  return traits;
}
constexpr MetricTraits ReportedRate() {
  MetricTraits traits = Rate();
  traits.gated = false;
  return traits;
}
constexpr MetricTraits Memory(bool gated) {
  return {.metric_class = MetricClass::kMemory,
          .direction = kLower,
          .gated = gated,
          .margin = kMemoryMargin,
          .noisy = false,
          .floor = kMemoryFloor};
}
constexpr MetricTraits NetMemory() {
  MetricTraits traits = Memory(false);
  traits.difference = true;
  return traits;
}
constexpr MetricTraits Exact() {
  return {.metric_class = MetricClass::kCount,
          .direction = kLower,
          .gated = true,
          .exact = true,
          .margin = kExactMargin,
          .noisy = false};
}
constexpr MetricTraits Quality() {
  return {.metric_class = MetricClass::kQuality,
          .direction = kHigher,
          .gated = true,
          .margin = kQualityMargin,
          .noisy = false};
}
constexpr MetricTraits NotJudged(MetricClass metric_class) {
  return {.metric_class = metric_class, .judged = false};
}
constexpr MetricTraits Flag(MetricClass metric_class) {
  return {.metric_class = metric_class, .judged = false, .flag = true};
}

struct NameRule {
  absl::string_view pattern;
  MetricTraits traits;
};
// What is known by its exact name decides; what is only guessed from a unit is reported. The two
// times of a row, and figures made of the same readings (percentiles, net memory), decide once.
constexpr NameRule kNameRules[] = {
    {"real_time_ns", Noisy(kLower, true)},
    {"cpu_time_ns", Noisy(kLower, true)},
    {"items_per_second", Rate()},
    {"bytes_per_second", Rate()},
    {"ops_per_s", Rate()},
    {"success_pct", Quality()},
    {"recall_*", Quality()},
    {"rss_peak_bytes", Memory(true)},
    {"max_bytes_used", Memory(true)},
    {"rss_net_bytes", NetMemory()},
    {"rss_baseline_bytes", NotJudged(MetricClass::kMemory)},
    {"allocs_per_op", Exact()},
    {"alloc_bytes_per_op", Exact()},
    {"allocs_per_iter", Exact()},
    {"instructions_per_op", Exact()},
    {"instructions", Exact()},
    {"ops_per_sample", NotJudged(MetricClass::kCount)},
    {"ops_total", NotJudged(MetricClass::kCount)},
    {"ops_ok", NotJudged(MetricClass::kCount)},
    {"ops_failed", NotJudged(MetricClass::kCount)},
    {"oversubscribed", Flag(MetricClass::kTime)},
    {"quantized", Flag(MetricClass::kTime)},
    {"rss_isolated", Flag(MetricClass::kMemory)},
    {"*_per_second", ReportedRate()},
    {"*_per_s", ReportedRate()},
    {"*_per_op", Noisy(kLower, false)},
    {"*_per_iter", Noisy(kLower, false)},
    {"*_ns", Noisy(kLower, false)},
    {"*_us", Noisy(kLower, false)},
    {"*_ms", Noisy(kLower, false)},
    {"*_seconds", Noisy(kLower, false)},
    {"*_bytes", Memory(false)},
};

}  // namespace

absl::string_view DirectionName(Direction direction) {
  switch (direction) {
    case Direction::kLowerIsBetter:
      return "lower is better";
    case Direction::kHigherIsBetter:
      return "higher is better";
    case Direction::kUnknown:
      return "direction unknown";
  }
  return "direction unknown";
}

MetricTraits TraitsOf(absl::string_view metric) {
  for (const NameRule& rule : kNameRules) {
    if (GlobMatches(rule.pattern, metric)) return rule.traits;
  }
  return MetricTraits();
}

absl::string_view PrimaryTime(absl::string_view run_name) {
  for (const absl::string_view part : absl::StrSplit(results::TakeApart(run_name).manner, '/')) {
    if (part == "real_time" || part == "manual_time") return "real_time_ns";
  }
  return "cpu_time_ns";
}

}  // namespace loadline::policy
