#include "tools/loadline/samples/time_semantics.h"

#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace loadline::samples {
namespace {

constexpr char kDivided[] = "per_thread_divided";
constexpr char kRatesPerThread[] = "wall_rates_per_thread";
constexpr char kWall[] = "wall";

std::string OfVersion(const std::string& version) {
  results::ResultFile file;
  file.context = {{"library_version", version}};
  return TimeSemanticsOf(file);
}

TEST(TimeSemanticsOf, ChangesWith190And195) {
  EXPECT_EQ(OfVersion("v1.8.5"), kDivided);
  EXPECT_EQ(OfVersion("v1.9.0"), kRatesPerThread);
  EXPECT_EQ(OfVersion("v1.9.4-12-gabcdef"), kRatesPerThread);
  EXPECT_EQ(OfVersion("1.9.5"), kWall);
  EXPECT_EQ(OfVersion("v2.0"), kWall);
}

TEST(TimeSemanticsOf, TakesAFileWithoutAVersionForAnOldOne) {
  EXPECT_EQ(TimeSemanticsOf(results::ResultFile()), kDivided);
}

TEST(TimeSemanticsOf, AssumesNothingOfAVersionThatIsNone) {
  for (const char* version : {"main", "v", "1", "v1.", "-1.9.5", "99999999999.1.1"}) {
    EXPECT_EQ(OfVersion(version), "unknown") << version;
  }
}

TEST(TimeSemanticsOf, BelievesTheFileBeforeTheVersion) {
  results::ResultFile file;
  file.context = {{"library_version", "v1.7.1"}, {"loadline.time_semantics", kWall}};
  EXPECT_EQ(TimeSemanticsOf(file), kWall);
}

TEST(MeansDifferentThings, LeavesWallTimeAloneAcross195) {
  EXPECT_FALSE(MeansDifferentThings("real_time_ns", {kRatesPerThread, kWall}));
  EXPECT_TRUE(MeansDifferentThings("real_time_ns", {kDivided, kWall}));
  EXPECT_TRUE(MeansDifferentThings("real_time_ns", {"unknown", kWall}));
}

TEST(MeansDifferentThings, DistrustsEveryRateAndUnknownCounter) {
  for (const char* metric : {"items_per_second", "widgets"}) {
    EXPECT_TRUE(MeansDifferentThings(metric, {kRatesPerThread, kWall})) << metric;
  }
  for (const char* metric : {"cpu_time_ns", "rss_peak_bytes", "allocs_per_op"}) {
    EXPECT_FALSE(MeansDifferentThings(metric, {kDivided, kWall})) << metric;
  }
}

TEST(MeansDifferentThings, IsAskedOfEveryTwoOfSeveral) {
  EXPECT_FALSE(MeansDifferentThings("real_time_ns", {kWall}));
  EXPECT_FALSE(MeansDifferentThings("real_time_ns", {kRatesPerThread, kWall}));
  EXPECT_TRUE(MeansDifferentThings("real_time_ns", {kRatesPerThread, kWall, kDivided}));
}

}  // namespace
}  // namespace loadline::samples
