#include "loadline/stats/power.h"

#include <cmath>

#include "loadline/stats/normal.h"

namespace loadline::stats {
namespace {

constexpr int kSteps = 100;  // of a contraction; 60 are enough from four degrees of freedom on

}  // namespace

double ReachOfSample(double t, double degrees) {
  const double z = NormalQuantile(kPower);
  double k = t + 1;
  for (int step = 0; step < kSteps; ++step) {
    k = t + z * std::sqrt(1 + (t * t + k * k) / (2 * degrees));
  }
  return k;
}

double ReachOfKnown(double t, double degrees) {
  return t + NormalQuantile(kPower) * std::sqrt(1 + t * t / (2 * degrees));
}

}  // namespace loadline::stats
