#include "loadline/stats/latency_histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace loadline::stats {
namespace {

constexpr size_t kMany = 2'000'000;

std::vector<uint64_t> Lognormal() {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> nanos(std::log(20'000.0), 1.5);
  std::vector<uint64_t> values(kMany);
  for (uint64_t& value : values) value = static_cast<uint64_t>(nanos(random));
  return values;
}

// A fast path of 300 ns and one reading in twenty that waits 8 ms for a disk.
std::vector<uint64_t> Bimodal() {
  std::mt19937_64 random(2);
  std::normal_distribution<double> fast(300, 20);
  std::normal_distribution<double> slow(8e6, 4e5);
  std::vector<uint64_t> values(kMany);
  for (uint64_t& value : values) {
    value = static_cast<uint64_t>(random() % 20 == 0 ? slow(random) : fast(random));
  }
  return values;
}

// The largest relative error of p50 to p99.99 against the sorted values.
double WorstQuantileError(std::vector<uint64_t> values) {
  LatencyHistogram histogram;
  for (const uint64_t value : values) histogram.Record(value);
  std::sort(values.begin(), values.end());
  double worst = 0;
  for (int basis_points = 5'000; basis_points <= 9'999; ++basis_points) {
    // Whole numbers, so that the exact rank owes nothing to the code under test.
    const size_t rank = (values.size() * static_cast<size_t>(basis_points) + 9'999) / 10'000;
    const double exact = static_cast<double>(values[rank - 1]);
    const double read = static_cast<double>(histogram.QuantileNanos(basis_points / 10'000.0));
    worst = std::max(worst, std::abs(read - exact) / exact);
  }
  return worst;
}

bool SameFigures(const LatencyHistogram& a, const LatencyHistogram& b) {
  bool same = a.count() == b.count() && a.min_nanos() == b.min_nanos() &&
              a.max_nanos() == b.max_nanos() && a.total_nanos() == b.total_nanos();
  for (int percent = 0; percent <= 100; ++percent) {
    same = same && a.QuantileNanos(percent / 100.0) == b.QuantileNanos(percent / 100.0);
  }
  return same;
}

TEST(LatencyBuckets, FillAtMost64KiB) {
  EXPECT_LE(LatencyBuckets::kCount * sizeof(uint64_t) + sizeof(LatencyHistogram), 64u << 10);
}

TEST(LatencyBuckets, AreCountedUpWithoutGapsAsValuesGrow) {
  size_t previous = LatencyBuckets::IndexOf(0);
  EXPECT_EQ(previous, 0u);
  for (uint64_t nanos = 1; nanos < LatencyBuckets::kMaxNanos; nanos += 1 + nanos / 1'000) {
    const size_t index = LatencyBuckets::IndexOf(nanos);
    ASSERT_GE(index, previous) << nanos;
    ASSERT_LE(index, previous + 1) << nanos;
    previous = index;
  }
  EXPECT_EQ(LatencyBuckets::IndexOf(LatencyBuckets::kMaxNanos), LatencyBuckets::kCount - 1);
}

TEST(LatencyBuckets, ChangeExactlyAtPowersOfTwo) {
  for (int bits = 9; bits < LatencyBuckets::kMaxBits; ++bits) {
    const uint64_t power = uint64_t{1} << bits;
    EXPECT_EQ(LatencyBuckets::IndexOf(power), LatencyBuckets::IndexOf(power - 1) + 1) << bits;
  }
}

TEST(LatencyBuckets, HaveTheirMidpointInThemselves) {
  for (size_t i = 0; i < LatencyBuckets::kCount; ++i) {
    ASSERT_EQ(LatencyBuckets::IndexOf(LatencyBuckets::MidpointOf(i)), i);
  }
}

TEST(LatencyBuckets, HoldValuesPastTheEndInTheLastOne) {
  EXPECT_EQ(LatencyBuckets::IndexOf(LatencyBuckets::kMaxNanos + 1), LatencyBuckets::kCount - 1);
  EXPECT_EQ(LatencyBuckets::IndexOf(UINT64_MAX), LatencyBuckets::kCount - 1);
}

TEST(LatencyHistogram, IsZeroEverywhereWhenNothingWasRecorded) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.min_nanos(), 0u);
  EXPECT_EQ(histogram.max_nanos(), 0u);
  EXPECT_EQ(histogram.mean_nanos(), 0);
  EXPECT_EQ(histogram.QuantileNanos(0.99), 0u);
}

TEST(LatencyHistogram, ReadsQuantilesOfALognormalSampleWithinAFifthOfAPercent) {
  EXPECT_LE(WorstQuantileError(Lognormal()), 0.002);
}

TEST(LatencyHistogram, ReadsQuantilesOfABimodalSampleWithinAFifthOfAPercent) {
  EXPECT_LE(WorstQuantileError(Bimodal()), 0.002);
}

TEST(LatencyHistogram, ReadsAConstantExactly) {
  for (const uint64_t nanos : {1u, 511u, 512u, 777'777u, 1'999'999'999u}) {
    EXPECT_EQ(WorstQuantileError(std::vector<uint64_t>(1'000, nanos)), 0) << nanos;
  }
  EXPECT_EQ(WorstQuantileError(std::vector<uint64_t>(kMany, 123'456)), 0);
}

TEST(LatencyHistogram, ReadsValuesBelow512NanosecondsExactly) {
  LatencyHistogram histogram;
  for (uint64_t nanos = 1; nanos <= 100; ++nanos) histogram.Record(nanos);
  for (uint64_t percent = 1; percent <= 100; ++percent) {
    EXPECT_EQ(histogram.QuantileNanos(static_cast<double>(percent) / 100), percent);
  }
}

TEST(LatencyHistogram, KeepsMinimumMaximumAndMeanExactly) {
  LatencyHistogram histogram;
  histogram.Record(1'000'003);
  histogram.Record(2'000'005);
  histogram.Record(9'000'001);
  EXPECT_EQ(histogram.min_nanos(), 1'000'003u);
  EXPECT_EQ(histogram.max_nanos(), 9'000'001u);
  EXPECT_EQ(histogram.mean_nanos(), 4'000'003);
  EXPECT_EQ(histogram.QuantileNanos(0), 1'000'003u);
  EXPECT_EQ(histogram.QuantileNanos(1), 9'000'001u);
}

TEST(LatencyHistogram, NeverReportsAQuantileOutsideOfWhatWasSeen) {
  LatencyHistogram histogram;
  constexpr uint64_t kNanos = (uint64_t{1} << 30) + 1;  // its bucket's midpoint is 2 ms above it
  for (int i = 0; i < 3; ++i) histogram.Record(kNanos);
  EXPECT_EQ(histogram.QuantileNanos(0.5), kNanos);
}

TEST(LatencyHistogram, CountsABatchAsManyOperations) {
  LatencyHistogram one_by_one;
  for (int i = 0; i < 1'000; ++i) one_by_one.Record(4'321);
  LatencyHistogram batch;
  batch.RecordMany(4'321, 1'000);
  EXPECT_TRUE(SameFigures(one_by_one, batch));
}

TEST(LatencyHistogram, MergedEqualsTheHistogramOfAllValues) {
  const std::vector<uint64_t> values = Lognormal();
  LatencyHistogram all;
  LatencyHistogram parts[3];
  for (size_t i = 0; i < 200'000; ++i) {
    all.Record(values[i]);
    parts[i % 3].Record(values[i]);
  }
  LatencyHistogram merged;
  for (const LatencyHistogram& part : parts) merged.Merge(part);
  EXPECT_TRUE(SameFigures(all, merged));
}

TEST(LatencyHistogram, IsUnchangedByMergingAnEmptyOne) {
  LatencyHistogram histogram;
  histogram.Record(700);
  histogram.Merge(LatencyHistogram());
  EXPECT_EQ(histogram.min_nanos(), 700u);
  EXPECT_EQ(histogram.max_nanos(), 700u);
  EXPECT_EQ(histogram.count(), 1u);
}

TEST(LatencyHistogram, TakesBucketsOfACounterAtTheirMidpoint) {
  LatencyHistogram histogram;
  histogram.AddBucket(LatencyBuckets::IndexOf(1'000'000), 3);
  histogram.AddBucket(LatencyBuckets::IndexOf(5), 0);
  EXPECT_EQ(histogram.count(), 3u);
  EXPECT_EQ(histogram.min_nanos(), histogram.max_nanos());
  EXPECT_NEAR(histogram.mean_nanos(), 1e6, 2e3);
}

TEST(LatencyHistogram, IsEmptyAfterReset) {
  LatencyHistogram histogram;
  histogram.Record(123);
  histogram.Reset();
  EXPECT_TRUE(SameFigures(histogram, LatencyHistogram()));
}

}  // namespace
}  // namespace loadline::stats
