#include "tools/loadline/policy/metric.h"

#include "absl/strings/str_split.h"
#include "tools/loadline/policy/glob.h"
#include "tools/loadline/results/run_name.h"

namespace loadline::policy {
namespace {

// The kernel counts resident pages for each thread by itself and adds up 64 of 4 KiB at a time.
constexpr double kMemoryFloor = 256 * 1024;

constexpr Direction kLower = Direction::kLowerIsBetter;
constexpr Direction kHigher = Direction::kHigherIsBetter;

constexpr MetricTraits kTime = {.direction = kLower, .gated = true};
constexpr MetricTraits kReportedTime = {.direction = kLower};
constexpr MetricTraits kRate = {.direction = kHigher, .gated = true, .rate = true};
constexpr MetricTraits kReportedRate = {.direction = kHigher, .rate = true};
constexpr MetricTraits Memory(bool gated, bool difference) {
  return {.metric_class = MetricClass::kMemory,
          .direction = kLower,
          .gated = gated,
          .margin = 0.01,
          .noisy = false,
          .floor = kMemoryFloor,
          .difference = difference};
}
constexpr MetricTraits kMemory = Memory(/*gated=*/true, /*difference=*/false);
constexpr MetricTraits kReportedMemory = Memory(/*gated=*/false, /*difference=*/false);
constexpr MetricTraits kNetMemory = Memory(/*gated=*/false, /*difference=*/true);
// Allocations amortised over iterations are no whole number.
constexpr MetricTraits kExact = {.metric_class = MetricClass::kCount,
                                 .direction = kLower,
                                 .gated = true,
                                 .exact = true,
                                 .margin = 0.002,
                                 .noisy = false};
// 95 % of successes is a failure, not a change of 5 %.
constexpr MetricTraits kQuality = {.metric_class = MetricClass::kQuality,
                                   .direction = kHigher,
                                   .gated = true,
                                   .margin = 0.005,
                                   .noisy = false};
constexpr MetricTraits NotJudged(MetricClass metric_class, bool flag = false) {
  return {.metric_class = metric_class, .judged = false, .flag = flag};
}
constexpr MetricTraits Flag(MetricClass metric_class) { return NotJudged(metric_class, true); }

struct NameRule {
  absl::string_view pattern;
  MetricTraits traits;
};
// What is known by its exact name decides; what is only guessed from a unit is reported. The two
// times of a row, and figures made of the same readings (percentiles, net memory), decide once.
constexpr NameRule kNameRules[] = {
    {"real_time_ns", kTime},
    {"cpu_time_ns", kTime},
    {"items_per_second", kRate},
    {"bytes_per_second", kRate},
    {"ops_per_s", kRate},
    {"success_pct", kQuality},
    {"recall_*", kQuality},
    {"rss_peak_bytes", kMemory},
    {"max_bytes_used", kMemory},
    {"rss_net_bytes", kNetMemory},
    {"rss_baseline_bytes", NotJudged(MetricClass::kMemory)},
    {"allocs_per_op", kExact},
    {"alloc_bytes_per_op", kExact},
    {"allocs_per_iter", kExact},
    {"instructions_per_op", kExact},
    {"instructions", kExact},
    {"ops_per_sample", NotJudged(MetricClass::kCount)},
    {"ops_total", NotJudged(MetricClass::kCount)},
    {"ops_ok", NotJudged(MetricClass::kCount)},
    {"ops_failed", NotJudged(MetricClass::kCount)},
    {"oversubscribed", Flag(MetricClass::kTime)},
    {"quantized", Flag(MetricClass::kTime)},
    {"rss_isolated", Flag(MetricClass::kMemory)},
    {"*_per_second", kReportedRate},
    {"*_per_s", kReportedRate},
    {"*_per_op", kReportedTime},
    {"*_per_iter", kReportedTime},
    {"*_ns", kReportedTime},
    {"*_us", kReportedTime},
    {"*_ms", kReportedTime},
    {"*_seconds", kReportedTime},
    {"*_bytes", kReportedMemory},
};

}  // namespace

absl::string_view DirectionName(Direction direction) {
  if (direction == Direction::kUnknown) return "direction unknown";
  return direction == kLower ? "lower is better" : "higher is better";
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
