#include "benchmarks/workload/zipf.h"

#include <cmath>
#include <vector>

#include "gtest/gtest.h"

namespace loadline::workload {
namespace {

// Chi-square of 200,000 draws against rank^-exponent; ranks are pooled into groups that are
// expected at least 20 times. Also the degrees of freedom.
struct ChiSquare {
  double value = 0;
  int degrees = -1;
};
ChiSquare Compare(uint64_t count, double drawn, double expected_exponent) {
  constexpr int kDraws = 200'000;
  const ZipfSampler sampler(count, drawn);
  Random random(20'260'101);
  std::vector<double> seen(count);
  for (int i = 0; i < kDraws; ++i) ++seen.at(sampler.Draw(random));
  double total = 0;
  for (uint64_t r = 1; r <= count; ++r) total += std::pow(r, -expected_exponent);
  ChiSquare result;
  double group_seen = 0, group_expected = 0;
  for (uint64_t r = 1; r <= count; ++r) {
    group_seen += seen[r - 1];
    group_expected += kDraws * std::pow(r, -expected_exponent) / total;
    if (group_expected < 20 && r < count) continue;
    result.value += (group_seen - group_expected) * (group_seen - group_expected) / group_expected;
    ++result.degrees;
    group_seen = group_expected = 0;
  }
  return result;
}

// Mean plus four standard deviations of the chi-square distribution.
double Limit(int degrees) { return degrees + 4 * std::sqrt(2.0 * degrees); }

TEST(ZipfSampler, FollowsTheDistribution) {
  for (double exponent : {0.5, 0.99, 1.0, 1.5}) {
    for (uint64_t count : {uint64_t{2}, uint64_t{10}, uint64_t{1000}}) {
      const ChiSquare chi = Compare(count, exponent, exponent);
      EXPECT_LT(chi.value, Limit(chi.degrees)) << exponent << " " << count;
    }
  }
}

TEST(ZipfSampler, AnotherExponentWouldBeNoticed) {
  const ChiSquare chi = Compare(1000, 0.95, 0.99);
  EXPECT_GT(chi.value, Limit(chi.degrees));
}

TEST(ZipfSampler, StaysInRange) {
  for (uint64_t count : {uint64_t{1}, uint64_t{3}, uint64_t{1} << 40}) {
    const ZipfSampler sampler(count);
    Random random(1);
    for (int i = 0; i < 10'000; ++i) ASSERT_LT(sampler.Draw(random), count);
  }
}

TEST(ZipfSampler, SameSeedSameDraws) {
  const ZipfSampler sampler(100);
  Random a(5), b(5);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(sampler.Draw(a), sampler.Draw(b));
}

TEST(Random, IsSplitMix64) {
  // First outputs for seed 1234567 of the authors' reference program splitmix64.c.
  Random random(1234567);
  EXPECT_EQ(random.Next(), 6457827717110365317u);
  EXPECT_EQ(random.Next(), 3203168211198807973u);
  EXPECT_EQ(random.Next(), 9817491932198370423u);
}

}  // namespace
}  // namespace loadline::workload
