#include "loadline/stats/normal.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace loadline::stats {
namespace {

constexpr double kInfinite = std::numeric_limits<double>::infinity();

// Abramowitz & Stegun 1964, tables 26.1 and 26.5.
TEST(Normal, AgreesWithPublishedTables) {
  EXPECT_NEAR(NormalQuantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(NormalQuantile(0.01), -2.326347874040841, 1e-14);
  EXPECT_NEAR(NormalTail(1), 0.158655253931457, 1e-15);
  EXPECT_NEAR(NormalTail(-1), 0.841344746068543, 1e-15);
  EXPECT_EQ(NormalQuantile(0.5), 0);
}

// Abramowitz & Stegun 1964, table 26.2: -log10 Q(10) = 23.11805.
TEST(Normal, KeepsItsPrecisionFarOut) {
  EXPECT_NEAR(-std::log10(NormalTail(10)), 23.11805, 5e-6);
  EXPECT_NEAR(NormalTail(NormalQuantile(1e-200)), 1, 1e-15);
  EXPECT_NEAR(NormalTail(-NormalQuantile(1e-200)) / 1e-200, 1, 1e-11);
}

TEST(Normal, AnswersAtTheEndsAndOfNaN) {
  EXPECT_EQ(NormalQuantile(0), -kInfinite);
  EXPECT_EQ(NormalQuantile(1), kInfinite);
  EXPECT_EQ(NormalQuantile(7), kInfinite);
  EXPECT_EQ(NormalTail(kInfinite), 0);
  EXPECT_EQ(NormalTail(-kInfinite), 1);
  EXPECT_TRUE(std::isnan(NormalQuantile(std::nan(""))));
  EXPECT_TRUE(std::isnan(NormalTail(std::nan(""))));
}

}  // namespace
}  // namespace loadline::stats
