#include "loadline/stats/chi_square.h"

#include <boost/math/distributions/chi_squared.hpp>
#include <cmath>
#include <limits>

namespace loadline::stats {

double ChiSquareQuantile(double p, double degrees) {
  if (std::isnan(p) || !(degrees > 0) || std::isinf(degrees)) {
    return std::numeric_limits<double>::quiet_NaN();
  }
  if (p <= 0) return 0;
  if (p >= 1) return std::numeric_limits<double>::infinity();
  return boost::math::quantile(boost::math::chi_squared(degrees), p);
}

}  // namespace loadline::stats
