#include "stowage/vector/rotation.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "stowage/vector/distance.h"

namespace stowage {
namespace {

std::vector<float> Random(size_t n, uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(n);
  for (float& value : values) value = normal(random);
  return values;
}

std::vector<float> Rotated(const Rotation& rotation, const std::vector<float>& values) {
  std::vector<float> rotated(rotation.padded());
  rotation.Apply(values.data(), rotated.data());
  return rotated;
}

// One, two, below and above where matrices end, a power of two, none, and the most there is.
class RotationTest : public ::testing::TestWithParam<size_t> {};

TEST_P(RotationTest, KeepsDistancesAndInnerProducts) {
  const size_t n = GetParam();
  const Rotation rotation(n, 7);
  const std::vector<float> a = Random(n, 1);
  const std::vector<float> b = Random(n, 2);
  const std::vector<float> x = Rotated(rotation, a);
  const std::vector<float> y = Rotated(rotation, b);
  const double size = DotInDouble(a.data(), a.data(), n) + DotInDouble(b.data(), b.data(), n);
  EXPECT_NEAR(DotInDouble(x.data(), y.data(), x.size()), DotInDouble(a.data(), b.data(), n),
              1e-6 * size);
  EXPECT_NEAR(SquaredL2InDouble(x.data(), y.data(), x.size()),
              SquaredL2InDouble(a.data(), b.data(), n), 1e-6 * size);
}

TEST_P(RotationTest, SpreadsOneAxisOverAll) {
  const size_t n = GetParam();
  const Rotation rotation(n, 7);
  std::vector<float> axis(n);
  axis[n / 2] = 1;
  float largest = 0;
  for (const float value : Rotated(rotation, axis)) largest = std::max(largest, std::fabs(value));
  // Of normal values with this length hardly one is beyond five deviations.
  EXPECT_LT(largest, std::min(1.000001, 5.0 / std::sqrt(static_cast<double>(rotation.padded()))));
}

TEST_P(RotationTest, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const size_t n = GetParam();
  const std::vector<float> values = Random(n, 1);
  const std::vector<float> rotated = Rotated(Rotation(n, 7), values);
  EXPECT_EQ(rotated, Rotated(Rotation(n, 7), values));
  EXPECT_NE(rotated, Rotated(Rotation(n, 8), values));
}

INSTANTIATE_TEST_SUITE_P(Dimensions, RotationTest,
                         ::testing::Values(1, 2, 3, 16, 47, 48, 64, 96, 100, 384, 768, 1000,
                                           65535));

TEST(Rotation, PadsToWholeWordsOfCodes) {
  EXPECT_EQ(Rotation(1, 7).padded(), 4);
  EXPECT_EQ(Rotation(47, 7).padded(), 48);
  EXPECT_EQ(Rotation(48, 7).padded(), 64);
  EXPECT_EQ(Rotation(768, 7).padded(), 768);
  EXPECT_EQ(Rotation(65535, 7).padded(), 65536);
}

}  // namespace
}  // namespace stowage
