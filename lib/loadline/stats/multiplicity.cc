#include "loadline/stats/multiplicity.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace loadline::stats {
namespace {

double Clean(double p) { return p >= 0 && p <= 1 ? p : 1; }

// Where the values stand from the smallest to the greatest.
std::vector<size_t> Order(absl::Span<const double> p_values) {
  std::vector<size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return Clean(p_values[a]) < Clean(p_values[b]); });
  return order;
}

}  // namespace

std::vector<double> HolmAdjusted(absl::Span<const double> p_values) {
  const std::vector<size_t> order = Order(p_values);
  std::vector<double> adjusted(p_values.size());
  double greatest = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const double left = static_cast<double>(order.size() - i);
    greatest = std::max(greatest, std::min(1.0, left * Clean(p_values[order[i]])));
    adjusted[order[i]] = greatest;
  }
  return adjusted;
}

std::vector<double> BenjaminiHochbergAdjusted(absl::Span<const double> p_values) {
  const std::vector<size_t> order = Order(p_values);
  const double m = static_cast<double>(order.size());
  std::vector<double> adjusted(p_values.size());
  double least = 1;
  for (size_t i = order.size(); i-- > 0;) {
    // Divided first: m / m is 1, so that no adjusted value falls below the given one.
    least = std::min(least, m / static_cast<double>(i + 1) * Clean(p_values[order[i]]));
    adjusted[order[i]] = least;
  }
  return adjusted;
}

}  // namespace loadline::stats
