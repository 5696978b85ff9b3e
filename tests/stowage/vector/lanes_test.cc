#include "stowage/vector/lanes.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "gtest/gtest.h"

namespace stowage {
namespace {

TEST(Lanes, RoundsAsTheProcessorDoes) {
  for (float x = -1000; x < 1000; x += 0.25F) EXPECT_EQ(Rounded(x), std::nearbyint(x));
  const Float4 rounded = Rounded(Float4{0.5F, 1.5F, -2.5F, 8000.75F});
  for (int lane = 0; lane < 4; ++lane) {
    EXPECT_EQ(rounded[lane], std::nearbyint(Float4{0.5F, 1.5F, -2.5F, 8000.75F}[lane]));
  }
}

TEST(Lanes, PutsTheLowestBitsOfFoursInOrder) {
  for (uint32_t i = 0; i < 32; ++i) {
    Int4 fours = {14, 14, 14, 14};  // but the lowest bits
    fours[i % 4] |= static_cast<int32_t>(uint32_t{1} << (i / 4 * 4));
    EXPECT_EQ(BitsOfFours(fours), uint32_t{1} << i);
  }
}

TEST(Lanes, FindsTheLargestMagnitudeInEveryLane) {
  for (size_t i = 0; i < 8; ++i) {
    std::vector<float> values(8, 1);
    values[i] = -3;
    EXPECT_EQ(LargestMagnitude(values), 3);
  }
}

// In float, 2^28 + 6 is 2^28.
TEST(Lanes, SumsInDouble) {
  DoubleSum sum;
  sum.AddProduct(Float4{0x1p14F, 1, 2, 3}, Float4{0x1p14F, 1, 1, 1});
  EXPECT_EQ(sum.total(), 0x1p28 + 6);
}

}  // namespace
}  // namespace stowage
