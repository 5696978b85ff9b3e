#include "tools/loadline/noise/spread_table.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/stats/normal.h"
#include "loadline/stats/power.h"
#include "tools/loadline/compare/effect.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/report/text_table.h"

namespace loadline::noise {
namespace {

constexpr double kAlpha = 0.01;  // what a comparison takes when nobody says another

// Many values spaced as the quantiles of a normal distribution with this deviation are.
std::vector<double> NormalSpread(double deviation) {
  constexpr int kQuantiles = 200;
  std::vector<double> spread;
  for (int i = 0; i < kQuantiles; ++i) {
    spread.push_back(deviation * stats::NormalQuantile((i + 0.5) / kQuantiles));
  }
  return spread;
}

// What a comparison calls by the spread alone, having too few processes for ranks.
std::optional<double> CallableBySpread(const Spread& spread, const policy::MetricTraits& traits,
                                       size_t processes) {
  const std::vector<double> same(processes, 1);
  return compare::MeasureEffect({.base = same,
                                 .fresh = same,
                                 .direction = traits.direction,
                                 .margin = traits.margin,
                                 .alpha = kAlpha,
                                 .sigma_log = spread.sigma_log,
                                 .sigma_processes = static_cast<int64_t>(spread.processes)})
      .change.detectable;
}

// Of the two times of a row, only the one that the benchmark is about decides.
bool Decides(const Spread& spread) {
  const bool is_time = spread.metric == "real_time_ns" || spread.metric == "cpu_time_ns";
  if (is_time) return spread.metric == policy::PrimaryTime(spread.benchmark);
  return policy::TraitsOf(spread.metric).gated;
}

std::string CallableWords(const Spread& spread, size_t processes) {
  const std::optional<double> change = SmallestCallable(spread, processes);
  return change.has_value() ? absl::StrFormat("%+.3g %%", 100 * *change) : "none";
}

}  // namespace

std::optional<double> SmallestCallable(const Spread& spread, size_t processes) {
  const policy::MetricTraits traits = policy::TraitsOf(spread.metric);
  if (traits.exact && spread.sigma_log == 0) return traits.margin;
  if (processes < compare::ProcessesNeeded(kAlpha)) {
    return CallableBySpread(spread, traits, processes);
  }
  const double shift = stats::RankSumDetectableShift(NormalSpread(spread.sigma_log), processes,
                                                     processes, std::log1p(traits.margin), kAlpha);
  const double change =
      std::expm1(traits.direction == policy::Direction::kHigherIsBetter ? -shift : shift);
  if (!std::isfinite(change)) return std::nullopt;
  return change;
}

std::string SpreadTable(const Recording& recording, size_t processes) {
  report::TextTable table(
      {{.title = "benchmark"},
       {.title = "metric"},
       {.title = "processes", .align = report::Align::kRight},
       {.title = "spread", .align = report::Align::kRight},
       {.title = "callable, 1 a side", .align = report::Align::kRight},
       {.title = absl::StrCat(processes, " a side"), .align = report::Align::kRight}});
  for (const Spread& spread : recording.spreads) {
    if (!Decides(spread)) continue;
    table.Add({spread.benchmark, spread.metric, absl::StrCat(spread.processes),
               absl::StrFormat("%.3g %%", 100 * std::expm1(spread.sigma_log)),
               CallableWords(spread, 1), CallableWords(spread, processes)});
  }
  return table.Render(/*color=*/false);
}

}  // namespace loadline::noise
