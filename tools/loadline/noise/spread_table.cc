#include "tools/loadline/noise/spread_table.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/stats/power.h"
#include "loadline/stats/shift_test.h"
#include "loadline/stats/student.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/report/text_table.h"

namespace loadline::noise {
namespace {

constexpr double kAlpha = 0.01;  // what a comparison takes when nobody says another
constexpr size_t kFewestForASpread = 3;

// Beyond the margin, on logarithms: by the recorded spread where processes are too few to show one.
double ReachOf(const Spread& spread, size_t processes, size_t family) {
  if (processes >= kFewestForASpread) {
    return stats::ShiftTestReach(spread.sigma_log, processes, family, kAlpha);
  }
  const auto degrees = static_cast<double>(std::max<size_t>(2, spread.processes) - 1);
  const double t = -stats::StudentQuantile(kAlpha / static_cast<double>(family), degrees);
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
  const auto times = std::count_if(
      recording.spreads.begin(), recording.spreads.end(), [](const Spread& spread) {
        return Decides(spread) &&
               policy::TraitsOf(spread.metric).metric_class == policy::MetricClass::kTime;
      });
  return std::max<size_t>(1, static_cast<size_t>(times));
}

std::string CallableWords(const Spread& spread, size_t processes, size_t family) {
  const std::optional<double> change = SmallestCallable(spread, processes, family);
  return change.has_value() ? absl::StrFormat("%+.3g %%", 100 * *change) : "none";
}

}  // namespace

std::optional<double> SmallestCallable(const Spread& spread, size_t processes, size_t family) {
  const policy::MetricTraits traits = policy::TraitsOf(spread.metric);
  if (traits.exact && spread.sigma_log == 0) return traits.margin;
  const double shift = std::log1p(traits.margin) + ReachOf(spread, processes, family);
  const double change =
      std::expm1(traits.direction == policy::Direction::kHigherIsBetter ? -shift : shift);
  if (!std::isfinite(change)) return std::nullopt;
  return change;
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
    table.Add({spread.benchmark, spread.metric, absl::StrCat(spread.processes),
               absl::StrFormat("%.3g %%", 100 * std::expm1(spread.sigma_log)),
               CallableWords(spread, 1, family), CallableWords(spread, processes, family)});
  }
  return table.Render(/*color=*/false);
}

}  // namespace loadline::noise
