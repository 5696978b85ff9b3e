#include "loadline/stats/student.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "loadline/stats/normal.h"

namespace loadline::stats {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();

// SciPy 1.10.1: scipy.stats.t.ppf(.99, 9), t.ppf(.975, 2), t.ppf(.05, 29), t.sf(3, 4).
TEST(Student, HasTheKnownQuantilesAndTails) {
  EXPECT_NEAR(StudentQuantile(0.99, 9), 2.8214379233, 1e-8);
  EXPECT_NEAR(StudentQuantile(0.975, 2), 4.3026527297, 1e-9);
  EXPECT_NEAR(StudentQuantile(0.05, 29), -1.6991270265, 1e-9);
  EXPECT_NEAR(StudentTail(3, 4), 0.0199709840, 1e-9);
}

TEST(Student, IsTheNormalDistributionWithEndlessDegrees) {
  EXPECT_EQ(StudentQuantile(0.99, kInf), NormalQuantile(0.99));
  EXPECT_EQ(StudentTail(2, kInf), NormalTail(2));
  EXPECT_NEAR(StudentQuantile(0.99, 9e6), NormalQuantile(0.99), 1e-5);
}

TEST(Student, AnswersAtTheEnds) {
  EXPECT_EQ(StudentQuantile(0, 5), -kInf);
  EXPECT_EQ(StudentQuantile(1, 5), kInf);
  EXPECT_EQ(StudentTail(kInf, 5), 0);
  EXPECT_EQ(StudentTail(-kInf, 5), 1);
}

TEST(Student, IsNoNumberWithoutDegrees) {
  EXPECT_TRUE(std::isnan(StudentQuantile(0.5, 0)));
  EXPECT_TRUE(std::isnan(StudentTail(0.5, -1)));
  EXPECT_TRUE(std::isnan(StudentQuantile(std::nan(""), 5)));
}

}  // namespace
}  // namespace loadline::stats
