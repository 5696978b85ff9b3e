#include "tools/loadline/judge/quantity.h"

#include <cmath>

#include "gtest/gtest.h"

namespace loadline::judge {
namespace {

TEST(DimensionOf, ReadsTheEndOfTheName) {
  EXPECT_EQ(DimensionOf("rss_peak_bytes"), Dimension::kBytes);
  EXPECT_EQ(DimensionOf("lat_p99_ns"), Dimension::kTime);
  EXPECT_EQ(DimensionOf("success_pct"), Dimension::kPercent);
  EXPECT_EQ(DimensionOf("recall_at_10"), Dimension::kNumber);
  EXPECT_EQ(DimensionOf("alloc_bytes_per_op"), Dimension::kNumber);
}

TEST(FormatQuantity, ChoosesTheUnit) {
  EXPECT_EQ(FormatQuantity(486'200'000, Dimension::kBytes), "486.2 MB");
  EXPECT_EQ(FormatQuantity(999, Dimension::kBytes), "999 B");
  EXPECT_EQ(FormatQuantity(1.5e9, Dimension::kTime), "1.5 s");
  EXPECT_EQ(FormatQuantity(0, Dimension::kTime), "0 ns");
  EXPECT_EQ(FormatQuantity(-2500, Dimension::kTime), "-2.5 us");
  EXPECT_EQ(FormatQuantity(99.25, Dimension::kPercent), "99.25 %");
  EXPECT_EQ(FormatQuantity(0.953, Dimension::kNumber), "0.953");
  EXPECT_EQ(FormatQuantity(std::nan(""), Dimension::kNumber), "not finite");
}

TEST(FormatQuantity, NeverRoundsOntoTheOtherSideOfTheLimit) {
  EXPECT_EQ(FormatQuantity(499'999'999, Dimension::kBytes, 500e6), "499.999999 MB");
  EXPECT_EQ(FormatQuantity(500'000'001, Dimension::kBytes, 500e6), "500.000001 MB");
  EXPECT_EQ(FormatQuantity(500'000'000, Dimension::kBytes, 500e6), "500 MB");
  EXPECT_EQ(FormatQuantity(94.9999, Dimension::kPercent, 95.0), "94.9999 %");
}

TEST(FindUnit, CaresAboutCase) {
  EXPECT_EQ(FindUnit("MB")->factor, 1e6);
  EXPECT_EQ(FindUnit("MiB")->factor, 1048576);
  EXPECT_EQ(FindUnit("m")->factor, 60e9);
  EXPECT_EQ(FindUnit("mb"), nullptr);
  EXPECT_EQ(FindUnit(""), nullptr);
}

}  // namespace
}  // namespace loadline::judge
