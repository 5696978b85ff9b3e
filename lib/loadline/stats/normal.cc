#include "loadline/stats/normal.h"

#include <algorithm>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>

namespace loadline::stats {
namespace {

const double kRootOfTwo = std::sqrt(2.0);

}  // namespace

double NormalQuantile(double p) {
  if (std::isnan(p)) return p;
  if (p <= 0) return -std::numeric_limits<double>::infinity();
  if (p >= 1) return std::numeric_limits<double>::infinity();
  return -kRootOfTwo * boost::math::erfc_inv(std::max(2 * p, std::numeric_limits<double>::min()));
}

double NormalTail(double z) { return std::erfc(z / kRootOfTwo) / 2; }

}  // namespace loadline::stats
