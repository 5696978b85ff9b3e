#include "loadline/stats/power.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "loadline/stats/normal.h"

namespace loadline::stats {
namespace {

constexpr double kManyDegrees = std::numeric_limits<double>::infinity();

TEST(Power, IsThatOfTheNormalDistributionWithManyDegrees) {
  EXPECT_NEAR(ReachOfSample(2.0, kManyDegrees), 2.0 + NormalQuantile(kPower), 1e-12);
  EXPECT_NEAR(ReachOfKnown(2.0, kManyDegrees), 2.0 + NormalQuantile(kPower), 1e-12);
}

TEST(Power, SolvesItsEquation) {
  for (const double degrees : {3.0, 5.0, 8.0, 18.0, 100.0}) {
    for (const double t : {2.0, 4.0, 6.0}) {
      const double k = ReachOfSample(t, degrees);
      EXPECT_NEAR(k, t + NormalQuantile(kPower) * std::sqrt(1 + (t * t + k * k) / (2 * degrees)),
                  1e-9)
          << t << " " << degrees;
    }
  }
}

TEST(Power, AsksMoreOfASpreadThatIsOnlySampled) {
  EXPECT_GT(ReachOfSample(3, 10), ReachOfKnown(3, 10));
}

}  // namespace
}  // namespace loadline::stats
