#include "loadline/stats/student.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

#include "loadline/stats/normal.h"

namespace loadline::stats {
namespace {

// From here on the two distributions differ by less than a millionth of themselves.
constexpr double kAsGoodAsNormal = 1e7;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

double StudentQuantile(double p, double degrees) {
  if (std::isnan(p) || !(degrees > 0)) return kNaN;
  if (p <= 0) return -std::numeric_limits<double>::infinity();
  if (p >= 1) return std::numeric_limits<double>::infinity();
  if (degrees > kAsGoodAsNormal) return NormalQuantile(p);
  return boost::math::quantile(boost::math::students_t(degrees), p);
}

double StudentTail(double t, double degrees) {
  if (std::isnan(t) || !(degrees > 0)) return kNaN;
  if (degrees > kAsGoodAsNormal || std::isinf(t)) return NormalTail(t);
  return boost::math::cdf(boost::math::complement(boost::math::students_t(degrees), t));
}

}  // namespace loadline::stats
