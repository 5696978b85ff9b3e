#include "loadline/stats/serial_dependence.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

#include "tests/loadline/stats/drawn_sample.h"

namespace loadline::stats {
namespace {

// Values of an autoregression with variance 1.
std::vector<double> LeaningSeries(Draw& draw, double rho, size_t size) {
  std::vector<double> series(size);
  double value = draw.Normal();
  for (double& taken : series) {
    taken = value;
    value = rho * value + std::sqrt(1 - rho * rho) * draw.Normal();
  }
  return series;
}

double RhoOfSeries(double rho, size_t size, int pairs) {
  Draw draw(5);
  SerialDependence dependence;
  for (int i = 0; i < pairs; ++i) {
    const std::vector<double> base = LeaningSeries(draw, rho, size);
    dependence.Add(base, LeaningSeries(draw, rho, size));
  }
  return dependence.Rho();
}

// Reckoned by matrices of the same definition, with another program.
TEST(SerialDependence, ExpectsTheAutocorrelationOfShortSeries) {
  EXPECT_NEAR(ExpectedAutocorrelation(0, 10), -0.1, 1e-9);
  EXPECT_NEAR(ExpectedAutocorrelation(0.3, 10), 0.13037, 5e-6);
  EXPECT_NEAR(ExpectedAutocorrelation(0.5, 10), 0.27558, 5e-6);
  EXPECT_NEAR(ExpectedAutocorrelation(0.8, 10), 0.46388, 5e-6);
  EXPECT_NEAR(ExpectedAutocorrelation(0.5, 6), 0.11538, 5e-6);
  EXPECT_NEAR(ExpectedAutocorrelation(0.8, 20), 0.64114, 5e-6);
}

TEST(SerialDependence, WidensTheDifferenceOfMeans) {
  const struct {
    uint64_t n;
    double rho, factor, degrees;
  } known[] = {{10, 0, 1, 18},
               {10, 0.3, 1.82222, 15.70335},
               {10, 0.5, 2.92002, 12.45266},
               {10, 0.8, 7.55353, 7.39754},
               {6, 0.5, 2.76342, 7.71429},
               {20, 0.8, 8.85214, 11.2571}};
  for (const auto& [n, rho, factor, degrees] : known) {
    const DependenceEffect effect = EffectOfDependence(rho, n, n);
    EXPECT_NEAR(effect.variance_factor, factor, 5e-6) << n << " " << rho;
    EXPECT_NEAR(effect.degrees, degrees, 5e-5) << n << " " << rho;
  }
}

TEST(SerialDependence, FindsNoneWhereThereIsNone) { EXPECT_LT(RhoOfSeries(0, 10, 500), 0.03); }

TEST(SerialDependence, FindsWhatIsPlantedALittleTooSmall) {
  EXPECT_NEAR(RhoOfSeries(0.5, 10, 500), 0.44, 0.04);
  EXPECT_NEAR(RhoOfSeries(0.8, 10, 500), 0.69, 0.04);
}

TEST(SerialDependence, CountsEveryPairAlikeWhateverItsSpread) {
  Draw draw(6);
  SerialDependence dependence;
  for (int i = 0; i < 200; ++i) {
    std::vector<double> base = LeaningSeries(draw, 0.5, 10);
    std::vector<double> changed = LeaningSeries(draw, 0.5, 10);
    if (i == 0) {  // one wild pair, whose neighbours are opposites
      base = {1e6, -1e6, 1e6, -1e6, 1e6, -1e6, 1e6, -1e6, 1e6, -1e6};
      changed = base;
    }
    dependence.Add(base, changed);
  }
  EXPECT_GT(dependence.Rho(), 0.35);
}

TEST(SerialDependence, LearnsNothingFromSeriesThatSayNothing) {
  SerialDependence dependence;
  const std::vector<double> constant = {1, 1, 1, 1};
  const std::vector<double> broken = {1, 2, std::numeric_limits<double>::quiet_NaN(), 4};
  const std::vector<double> few = {1, 2};
  const std::vector<double> fine = {1, 2, 1, 2};
  dependence.Add(constant, constant);
  dependence.Add(broken, fine);
  dependence.Add(fine, few);
  EXPECT_EQ(dependence.pairs(), 0U);
  EXPECT_EQ(dependence.Rho(), 0);
}

}  // namespace
}  // namespace loadline::stats
