#include "stowage/vector/list_clustering.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace stowage {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

TEST(TrimmedMean, IsTheMeanOfRowsThatLieTogether) {
  EXPECT_THAT(TrimmedMean({1, 10, 2, 20, 3, 60}, 2), ElementsAre(2, 30));
  EXPECT_THAT(TrimmedMean({5, 7}, 2), ElementsAre(5, 7));
}

TEST(TrimmedMean, IsNotMovedByARowFarFromTheOthers) {
  EXPECT_THAT(TrimmedMean({1, 1, 2, 2, 3, 3, 1e9F, -1e9F}, 2), ElementsAre(2, 2));
}

TEST(TrimmedMean, IsThatOfAllWhereHalfLieElsewhere) {
  EXPECT_THAT(TrimmedMean({0, 1, 2, 100, 101, 102}, 1), ElementsAre(FloatNear(51, 1e-4F)));
}

}  // namespace
}  // namespace stowage
