#include "tools/loadline/noise/spread_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/stats/power.h"
#include "loadline/stats/shift_test.h"
#include "loadline/stats/student.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/report/text_table.h"

namespace loadline::noise {
namespace {

using stats::kDefaultAlpha;

// Beyond the margin, on logarithms: by the recorded spread where processes are too few to show one.
double ReachOf(const Spread& spread, size_t processes, size_t family) {
  if (processes >= stats::kFewestForASpread) {
    return stats::ShiftTestReach(spread.sigma_log, processes, family, kDefaultAlpha);
  }
  const auto degrees = static_cast<double>(std::max<size_t>(2, spread.processes) - 1);
  const double t = -stats::StudentQuantile(kDefaultAlpha / static_cast<double>(family), degrees);
  return stats::ReachOfKnown(t, std::numeric_limits<double>::infinity()) * spread.sigma_log *
         std::sqrt(2 / static_cast<double>(processes));
}

// Of the two times of a row, only the one that the benchmark is about decides.
bool Decides(const Spread& spread) {
  const bool is_time = spread.metric == "real_time_ns" || spread.metric == "cpu_time_ns";
  if (is_time) return spread.metric == policy::PrimaryTime(spread.benchmark);
  return policy::TraitsOf(spread.metric).gated;
}

// How many questions a comparison of these benchmarks asks about times.
size_t FamilyOf(const Recording& recording) {
  const auto times = absl::c_count_if(recording.spreads, [](const Spread& spread) {
    return Decides(spread) &&
           policy::TraitsOf(spread.metric).metric_class == policy::MetricClass::kTime;
  });
  return std::max<size_t>(1, static_cast<size_t>(times));
}

}  // namespace

std::optional<double> SmallestCallable(const Spread& spread, size_t processes, size_t family) {
  const policy::MetricTraits traits = policy::TraitsOf(spread.metric);
  if (traits.exact && spread.sigma_log == 0) return traits.margin;
  const double shift = std::log1p(traits.margin) + ReachOf(spread, processes, family);
  const double change =
      std::expm1(traits.direction == policy::Direction::kHigherIsBetter ? -shift : shift);
  return std::isfinite(change) ? std::optional(change) : std::nullopt;
}

std::string SpreadTable(const Recording& recording, size_t processes) {
  const size_t family = FamilyOf(recording);
  report::TextTable table(
      {{.title = "benchmark"},
       {.title = "metric"},
       {.title = "processes", .align = report::Align::kRight},
       {.title = "spread", .align = report::Align::kRight},
       {.title = "callable, 1 a side", .align = report::Align::kRight},
       {.title = absl::StrCat(processes, " a side"), .align = report::Align::kRight}});
  for (const Spread& spread : recording.spreads) {
    if (!Decides(spread)) continue;
    const auto callable = [&](size_t a_side) -> std::string {
      const std::optional<double> change = SmallestCallable(spread, a_side, family);
      return change.has_value() ? absl::StrFormat("%+.3g %%", 100 * *change) : "none";
    };
    table.Add({spread.benchmark, spread.metric, absl::StrCat(spread.processes),
               absl::StrFormat("%.3g %%", 100 * std::expm1(spread.sigma_log)), callable(1),
               callable(processes)});
  }
  return table.Render(/*color=*/false);
}

}  // namespace loadline::noise
