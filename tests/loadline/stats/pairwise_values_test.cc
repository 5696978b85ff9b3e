#include "loadline/stats/pairwise_values.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

#include "tests/loadline/stats/drawn_sample.h"

namespace loadline::stats {
namespace {

std::vector<double> AllAverages(const std::vector<double>& sample) {
  std::vector<double> all;
  for (size_t i = 0; i < sample.size(); ++i) {
    for (size_t j = i; j < sample.size(); ++j) all.push_back(sample[i] / 2 + sample[j] / 2);
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<double> AllDifferences(const std::vector<double>& base,
                                   const std::vector<double>& changed) {
  std::vector<double> all;
  for (const double b : base) {
    for (const double c : changed) all.push_back(c - b);
  }
  std::sort(all.begin(), all.end());
  return all;
}

template <typename Values>
void ExpectTheOrderOf(const Values& values, const std::vector<double>& all) {
  ASSERT_EQ(values.count(), all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    ASSERT_EQ(values.Nth(i + 1), all[i]) << i;
    const auto range = std::equal_range(all.begin(), all.end(), all[i]);
    ASSERT_EQ(values.CountAtMost(all[i]), static_cast<size_t>(range.second - all.begin()));
  }
  const size_t half = all.size() / 2;
  const double median = all.size() % 2 == 1 ? all[half] : all[half - 1] / 2 + all[half] / 2;
  EXPECT_EQ(values.Median(), median);
}

TEST(PairwiseValues, AreTheSortedValuesOfAllPairs) {
  Draw draw(1);
  for (const size_t size : {1u, 2u, 3u, 10u, 33u}) {
    for (const Shape shape : kShapes) {
      const std::vector<double> base = draw.Sample(shape, size);
      const std::vector<double> changed = draw.Sample(shape, size + 4);
      ExpectTheOrderOf(WalshAverages(base), AllAverages(base));
      ExpectTheOrderOf(PairwiseDifferences(base, changed), AllDifferences(base, changed));
    }
  }
}

TEST(PairwiseValues, CountDifferencesBelowOne) {
  const PairwiseDifferences differences(std::vector<double>{0, 1}, std::vector<double>{1, 2, 3});
  EXPECT_EQ(differences.CountBelow(1), 1u);  // 1 - 1, of 1 2 3 and 0 1 2
  EXPECT_EQ(differences.CountBelow(2), 3u);
}

TEST(PairwiseValues, CountTiesAndZerosOfBothSigns) {
  const std::vector<double> base = {0.0, -0.0, 1, 1, -1, 2, 2, 2};
  const std::vector<double> changed = {1, 0.0, -1, 2, -0.0};
  ExpectTheOrderOf(WalshAverages(base), AllAverages(base));
  ExpectTheOrderOf(PairwiseDifferences(base, changed), AllDifferences(base, changed));
}

TEST(PairwiseValues, ReachFromTheSmallestToTheGreatestNumbers) {
  const double large = std::numeric_limits<double>::max();
  const double small = std::numeric_limits<double>::denorm_min();
  const std::vector<double> base = {-large, -1, -small, 0, small, 1, large};
  const std::vector<double> changed = {-1, small, large / 2};
  ExpectTheOrderOf(WalshAverages(base), AllAverages(base));
  ExpectTheOrderOf(PairwiseDifferences(changed, changed), AllDifferences(changed, changed));
}

TEST(PairwiseValues, AreFoundAmongFiftyMillionPairsWithoutStoringThem) {
  std::vector<double> sample(10'000);
  for (size_t i = 0; i < sample.size(); ++i) sample[i] = static_cast<double>(i);
  const WalshAverages averages(sample);
  EXPECT_EQ(averages.count(), 50'005'000u);
  EXPECT_EQ(averages.Median(), 4'999.5);
  const PairwiseDifferences differences(sample, sample);
  EXPECT_EQ(differences.Median(), 0);
  EXPECT_EQ(differences.Nth(1), -9'999);
}

}  // namespace
}  // namespace loadline::stats
