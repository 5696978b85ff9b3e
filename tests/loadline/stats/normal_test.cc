#include "loadline/stats/normal.h"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/loadline/stats/drawn_sample.h"

namespace loadline::stats {
namespace {

// R 4.2.2: qnorm(c(0.975, 0.01)) = 1.9599639845400536, -2.3263478740408408;
// pnorm(c(1, -1), lower.tail = FALSE) = 0.15865525393145705, 0.84134474606854293.
TEST(Normal, AgreesWithR) {
  EXPECT_NEAR(NormalQuantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(NormalQuantile(0.01), -2.326347874040841, 1e-14);
  EXPECT_NEAR(NormalTail(1), 0.158655253931457, 1e-15);
  EXPECT_NEAR(NormalTail(-1), 0.841344746068543, 1e-15);
  EXPECT_EQ(NormalQuantile(0.5), 0);
}

// R 4.2.2: -pnorm(10, lower.tail = FALSE, log.p = TRUE) / log(10) = 23.118053405486073.
TEST(Normal, KeepsItsPrecisionFarOut) {
  EXPECT_NEAR(-std::log10(NormalTail(10)), 23.118053405486073, 1e-12);
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
