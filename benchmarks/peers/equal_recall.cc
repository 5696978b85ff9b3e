#include "benchmarks/peers/equal_recall.h"

#include <algorithm>
#include <cmath>

namespace loadline::bench {
namespace {

// In order of recall; the time grows with it.
std::vector<EffortPoint> Unbeaten(std::vector<EffortPoint> points) {
  std::sort(points.begin(), points.end(), [](const EffortPoint& a, const EffortPoint& b) {
    return a.recall != b.recall ? a.recall > b.recall : a.cpu_micros < b.cpu_micros;
  });
  std::vector<EffortPoint> unbeaten;
  for (const EffortPoint& point : points) {
    if (unbeaten.empty() || point.cpu_micros < unbeaten.back().cpu_micros) {
      unbeaten.push_back(point);
    }
  }
  std::reverse(unbeaten.begin(), unbeaten.end());
  return unbeaten;
}

}  // namespace

std::optional<double> MicrosAtRecall(const std::vector<EffortPoint>& points, double recall,
                                     double finest) {
  const std::vector<EffortPoint> unbeaten = Unbeaten(points);
  const auto above = std::find_if(unbeaten.begin(), unbeaten.end(),
                                  [&](const EffortPoint& point) { return point.recall >= recall; });
  if (above == unbeaten.end()) return std::nullopt;
  if (above == unbeaten.begin()) return above->cpu_micros;
  const EffortPoint& below = *(above - 1);
  const auto x = [&](double share) { return -std::log(std::max(1 - share, finest)); };
  const double width = x(above->recall) - x(below.recall);
  if (width <= 0) return above->cpu_micros;
  const double part = (x(recall) - x(below.recall)) / width;
  return below.cpu_micros * std::pow(above->cpu_micros / below.cpu_micros, part);
}

}  // namespace loadline::bench
