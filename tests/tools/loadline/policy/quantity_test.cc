#include "tools/loadline/policy/quantity.h"

#include <cmath>

#include "gtest/gtest.h"

namespace loadline::policy {
namespace {

TEST(UnitOf, ReadsTheLastWordOfTheName) {
  EXPECT_EQ(UnitOf("rss_peak_bytes").name, "B");
  EXPECT_EQ(UnitOf("heap_MB").name, "MB");
  EXPECT_EQ(UnitOf("lat_p99_ns").name, "ns");
  EXPECT_EQ(UnitOf("start_ms").name, "ms");
  EXPECT_EQ(UnitOf("copy_bytes_us").name, "us");
  EXPECT_EQ(UnitOf("wait_seconds").name, "s");
  EXPECT_EQ(UnitOf("success_pct").name, "%");
}

TEST(UnitOf, ReadsTheLastWordBeforePer) {
  EXPECT_EQ(UnitOf("alloc_bytes_per_op").name, "B");
  EXPECT_EQ(UnitOf("bytes_per_second").name, "B");
  EXPECT_EQ(UnitOf("cost_ns_per_item").name, "ns");
  EXPECT_EQ(UnitOf("items_per_second").dimension, Dimension::kNumber);
  EXPECT_EQ(UnitOf("ops_per_s").dimension, Dimension::kNumber);
}

TEST(UnitOf, KnowsWhatGoogleBenchmarksMemoryManagerCounts) {
  for (const char* counter : {"max_bytes_used", "total_allocated_bytes", "net_heap_growth"}) {
    EXPECT_EQ(UnitOf(counter).name, "B") << counter;
  }
  EXPECT_EQ(UnitOf("allocs_per_iter").dimension, Dimension::kNumber);
}

TEST(UnitOf, IsAPlainNumberWhereTheNameSaysNothing) {
  for (const char* counter : {"recall_at_10", "widgets", "", "_", "class", "bytesize"}) {
    EXPECT_EQ(UnitOf(counter).dimension, Dimension::kNumber) << counter;
    EXPECT_EQ(UnitOf(counter).factor, 1) << counter;
  }
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
}  // namespace loadline::policy
