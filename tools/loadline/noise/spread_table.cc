#include "tools/loadline/noise/spread_table.h"

#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/stats/normal.h"
#include "tools/loadline/judge/effect.h"
#include "tools/loadline/judge/metric.h"
#include "tools/loadline/report/text_table.h"

namespace loadline::noise {
namespace {

constexpr double kAlpha = 0.01;  // what a comparison takes when nobody says another

// Values spaced as the quantiles of a normal distribution are, with exactly this deviation of their
// logarithms.
std::vector<double> NormalSample(double sigma_log, size_t count) {
  std::vector<double> scores(count);
  double squares = 0;
  for (size_t i = 0; i < count; ++i) {
    scores[i] = stats::NormalQuantile((static_cast<double>(i) + 0.5) / static_cast<double>(count));
    squares += scores[i] * scores[i];
  }
  const double unit = count > 1 ? std::sqrt(squares / static_cast<double>(count - 1)) : 1;
  for (double& score : scores) score = std::exp(sigma_log * score / unit);
  return scores;
}

// Of the two times of a row, only the one that the benchmark is about decides.
bool Decides(const Spread& spread) {
  const bool is_time = spread.metric == "real_time_ns" || spread.metric == "cpu_time_ns";
  if (is_time) return spread.metric == judge::PrimaryTime(spread.benchmark);
  return judge::TraitsOf(spread.metric).gated;
}

std::string CallableWords(const Spread& spread, size_t processes) {
  const std::optional<double> change = SmallestCallable(spread, processes);
  return change.has_value() ? absl::StrFormat("%+.3g %%", 100 * *change) : "none";
}

}  // namespace

std::optional<double> SmallestCallable(const Spread& spread, size_t processes) {
  const judge::MetricTraits traits = judge::TraitsOf(spread.metric);
  if (traits.exact && spread.sigma_log == 0) return traits.margin;
  const std::vector<double> sample = NormalSample(spread.sigma_log, processes);
  const judge::EffectQuestion question{.base = sample,
                                       .fresh = sample,
                                       .direction = traits.direction,
                                       .margin = traits.margin,
                                       .alpha = kAlpha,
                                       .sigma_log = spread.sigma_log,
                                       .sigma_processes =
                                           static_cast<int64_t>(spread.processes)};
  return judge::MeasureEffect(question).change.detectable;
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
