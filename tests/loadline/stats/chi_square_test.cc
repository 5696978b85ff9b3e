#include "loadline/stats/chi_square.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace loadline::stats {
namespace {

// Tables: Abramowitz & Stegun 1964, table 26.8.
TEST(ChiSquare, HasThePublishedQuantiles) {
  EXPECT_NEAR(ChiSquareQuantile(0.05, 1), 0.00393214, 1e-8);
  EXPECT_NEAR(ChiSquareQuantile(0.05, 5), 1.14548, 1e-5);
  EXPECT_NEAR(ChiSquareQuantile(0.95, 10), 18.3070, 1e-4);
}

TEST(ChiSquare, AnswersWhatHasNoQuantile) {
  EXPECT_EQ(ChiSquareQuantile(0, 3), 0);
  EXPECT_TRUE(std::isinf(ChiSquareQuantile(1, 3)));
  for (const double degrees : {0.0, -1.0, std::numeric_limits<double>::infinity()}) {
    EXPECT_TRUE(std::isnan(ChiSquareQuantile(0.5, degrees)));
  }
}

}  // namespace
}  // namespace loadline::stats
