#include "stowage/vector/distance.h"

#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace stowage {
namespace {

class DistanceKernelsTest : public ::testing::TestWithParam<const DistanceKernels*> {
 protected:
  std::vector<float> RandomFloats(size_t n) {
    std::vector<float> values(n);
    for (float& value : values) value = normal_(random_);
    return values;
  }

  std::mt19937 random_{7};
  std::normal_distribution<float> normal_;
};

double SumOfMagnitudes(const float* a, const float* b, size_t n) {
  double sum = 0;
  for (size_t i = 0; i < n; ++i) sum += std::fabs(double{a[i]} * double{b[i]});
  return sum;
}

TEST_P(DistanceKernelsTest, AgreeWithDoublePrecisionAtEveryDimensionAndOffset) {
  const std::vector<float> a = RandomFloats(1103);
  const std::vector<float> b = RandomFloats(1103);
  for (size_t n = 1; n <= 1100; ++n) {
    // Offsets of one to three floats: pointers that no vector register is aligned to.
    const float* const left = a.data() + n % 4;
    const float* const right = b.data() + n % 3;
    const double squared = SquaredL2InDouble(left, right, n);
    EXPECT_NEAR(GetParam()->squared_l2(left, right, n), squared, 1e-5 * squared) << n;
    EXPECT_NEAR(GetParam()->dot(left, right, n), DotInDouble(left, right, n),
                1e-5 * SumOfMagnitudes(left, right, n))
        << n;
  }
}

TEST_P(DistanceKernelsTest, StayExactOnTheLargestDimension) {
  const std::vector<float> a = RandomFloats(65'535);
  const std::vector<float> b = RandomFloats(65'535);
  const double squared = SquaredL2InDouble(a.data(), b.data(), a.size());
  EXPECT_NEAR(GetParam()->squared_l2(a.data(), b.data(), a.size()), squared, 1e-5 * squared);
}

TEST_P(DistanceKernelsTest, NoticeEverySingleComponent) {
  for (const size_t n : {1, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 100, 384}) {
    const std::vector<float> zeros(n, 0.0F);
    for (size_t i = 0; i < n; ++i) {
      std::vector<float> unit = zeros;
      unit[i] = 3;
      EXPECT_EQ(GetParam()->squared_l2(unit.data(), zeros.data(), n), 9) << n << " " << i;
      EXPECT_EQ(GetParam()->dot(unit.data(), unit.data(), n), 9) << n << " " << i;
    }
  }
}

TEST_P(DistanceKernelsTest, ReadNothingPastTheEnd) {
  // A NaN behind the last component would show in any sum that took it.
  std::vector<float> a = RandomFloats(200);
  std::vector<float> b = RandomFloats(200);
  for (size_t n = 1; n < 100; ++n) {
    std::vector<float> left = a;
    left[n] = std::nanf("");
    EXPECT_FALSE(std::isnan(GetParam()->squared_l2(left.data(), b.data(), n))) << n;
    EXPECT_FALSE(std::isnan(GetParam()->dot(left.data(), b.data(), n))) << n;
  }
}

INSTANTIATE_TEST_SUITE_P(EverySupported, DistanceKernelsTest,
                         ::testing::ValuesIn(SupportedKernels()), [](const auto& param) {
                           std::string name = param.param->name;
                           std::erase(name, '-');
                           return name;
                         });

TEST(ActiveKernels, AreTheFirstOfThoseSupported) {
  EXPECT_EQ(&ActiveKernels(), SupportedKernels().front());
  EXPECT_STREQ(SupportedKernels().back()->name, "scalar");
}

}  // namespace
}  // namespace stowage
