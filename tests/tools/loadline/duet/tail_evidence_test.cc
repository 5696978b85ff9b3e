#include "tools/loadline/duet/tail_evidence.h"

#include <gtest/gtest.h>

#include <vector>

namespace loadline::duet {
namespace {

// Five blocks of a long arm; the third costs so much more on either side.
std::vector<SlicePair> Blocks(double more_of_base, double more_of_new) {
  std::vector<SlicePair> blocks(5, SlicePair{.base_ns = 100, .new_ns = 100});
  blocks[2].base_ns += more_of_base;
  blocks[2].new_ns += more_of_new;
  return blocks;
}

TEST(TailEvidence, GathersFromSamplesThatHaveASlowBlockAndFromNoOthers) {
  TailEvidence tail;
  for (int i = 1; i <= 22; ++i) {
    tail.Add(Blocks(0, i % 2 == 0 ? 50 : 0));
    EXPECT_EQ(tail.PWorse() <= 0.0015, i == 22) << i;  // the eleventh
  }
  EXPECT_EQ(tail.samples(), 11U);
  EXPECT_EQ(tail.worse_samples(), 11U);
  EXPECT_NEAR(tail.Contribution(), 11 * 50.0 / (22 * 5 * 100), 1e-12);
}

TEST(TailEvidence, HasNoneWhereEitherSideHasThemByTurns) {
  TailEvidence tail;
  for (int i = 0; i < 200; ++i) tail.Add(i % 2 == 0 ? Blocks(0, 50) : Blocks(50, 0));
  EXPECT_GT(tail.PWorse(), 0.1);
  EXPECT_EQ(tail.samples(), 200U);
  EXPECT_NEAR(tail.Contribution(), 0, 1e-12);
}

TEST(TailEvidence, TakesNoSmallDifferenceForASlowBlock) {
  TailEvidence tail;
  for (int i = 0; i < 50; ++i) tail.Add(Blocks(0, 2.9));
  EXPECT_EQ(tail.samples(), 0U);
  EXPECT_EQ(tail.PWorse(), 1);
}

// What is usual among all blocks is not slow, though it is far beyond 3 %.
TEST(TailEvidence, MeasuresSlownessByWhatBlocksDifferUsually) {
  TailEvidence tail;
  for (int i = 0; i < 50; ++i) {
    std::vector<SlicePair> blocks;
    for (int b = 0; b < 5; ++b) blocks.push_back({.base_ns = 100, .new_ns = 112.0 + b});
    tail.Add(blocks);
  }
  EXPECT_EQ(tail.samples(), 0U);
}

TEST(TailEvidence, SaysNothingWithoutALongArm) {
  TailEvidence tail;
  tail.Add({});
  EXPECT_EQ(tail.PWorse(), 1);
  EXPECT_EQ(tail.Contribution(), 0);
}

}  // namespace
}  // namespace loadline::duet
