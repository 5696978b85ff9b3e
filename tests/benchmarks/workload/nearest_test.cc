#include "benchmarks/workload/nearest.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "benchmarks/workload/random.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::workload {
namespace {

using ::testing::ElementsAre;

std::vector<float> RandomValues(size_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random.Uniform() * 2 - 1);
  return values;
}

// The definitions, word by word.
double Naive(Distance distance, absl::Span<const float> a, absl::Span<const float> b) {
  double l2 = 0, ab = 0, aa = 0, bb = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    l2 += (double{a[i]} - double{b[i]}) * (double{a[i]} - double{b[i]});
    ab += double{a[i]} * double{b[i]};
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
  }
  if (distance == Distance::kSquaredL2) return l2;
  return distance == Distance::kInnerProduct ? 1 - ab : 1 - ab / (std::sqrt(aa) * std::sqrt(bb));
}

TEST(ExactNeighbors, AgreesWithTheDefinitions) {
  constexpr size_t kDimension = 37, kRows = 400, kQueries = 23, kDepth = 20;
  const std::vector<float> base = RandomValues(kRows * kDimension, 1);
  const std::vector<float> queries = RandomValues(kQueries * kDimension, 2);
  const MatrixView base_view{base, kDimension};
  const MatrixView query_view{queries, kDimension};
  const auto tables = ExactNeighbors(base_view, query_view, kDepth, kAllDistances);
  ASSERT_EQ(tables.size(), 3u);
  for (const NeighborTable& table : tables) {
    for (size_t q = 0; q < kQueries; ++q) {
      std::vector<std::pair<double, uint32_t>> expected;
      for (uint32_t r = 0; r < kRows; ++r) {
        expected.emplace_back(Naive(table.distance, query_view.row(q), base_view.row(r)), r);
      }
      std::sort(expected.begin(), expected.end());
      for (size_t i = 0; i < kDepth; ++i) {
        EXPECT_EQ(table.query(q).rows[i], expected[i].second) << DistanceName(table.distance);
        EXPECT_NEAR(table.query(q).distances[i], expected[i].first, 1e-5);
      }
    }
  }
}

TEST(ExactNeighbors, EqualRowsComeInTheOrderOfRows) {
  const std::vector<float> base = {1, 1, 0, 2, 1, 1, 0, 2, 1, 1};
  const std::vector<float> query = {1, 1};
  const auto tables = ExactNeighbors({base, 2}, {query, 2}, 5, kAllDistances);
  EXPECT_THAT(tables[0].rows, ElementsAre(0, 2, 4, 1, 3));
  EXPECT_EQ(tables[0].distances[0], 0.0f);
}

TEST(ExactNeighbors, DepthIsAtMostTheNumberOfRows) {
  const std::vector<float> base = {1, 2, 3};
  const std::vector<float> query = {1};
  const Distance l2[] = {Distance::kSquaredL2};
  const auto tables = ExactNeighbors({base, 1}, {query, 1}, 10, l2);
  EXPECT_EQ(tables[0].depth, 3u);
  EXPECT_THAT(tables[0].rows, ElementsAre(0, 1, 2));
}

TEST(ExactNeighbors, WithoutQueriesThereAreNoNeighbors) {
  const std::vector<float> base = {1, 2};
  const auto tables = ExactNeighbors({base, 2}, {{}, 2}, 10, kAllDistances);
  EXPECT_TRUE(tables[2].rows.empty());
}

class RecallTest : public ::testing::Test {
 protected:
  double Recall(std::vector<uint64_t> found, size_t k) {
    return RecallAtK({rows_, distances_}, found, k, 100, [&](uint64_t row) {
      asked_.push_back(row);
      return row == 50 ? 3.0 : 9.0;  // row 50 is as near as the third neighbour
    });
  }

  const std::vector<uint32_t> rows_ = {7, 3, 9, 1};
  const std::vector<float> distances_ = {1, 2, 3, 4};
  std::vector<uint64_t> asked_;
};

TEST_F(RecallTest, IsOneWhenAllAreFoundInAnyOrder) { EXPECT_EQ(Recall({9, 7, 3}, 3), 1.0); }

TEST_F(RecallTest, IsThePartThatWasFound) {
  EXPECT_EQ(Recall({7, 60}, 2), 0.5);
  EXPECT_EQ(Recall({7}, 4), 0.25);
  EXPECT_EQ(Recall({}, 3), 0.0);
  EXPECT_EQ(Recall({60, 61}, 2), 0.0);
}

TEST_F(RecallTest, CountsARowAsNearAsTheLastOne) { EXPECT_EQ(Recall({7, 3, 50}, 3), 1.0); }

TEST_F(RecallTest, DoesNotCountATrueNeighborBeyondK) {
  EXPECT_EQ(Recall({9, 1}, 2), 0.0);  // third and fourth; the function says they are far
}

TEST_F(RecallTest, CountsARowOnce) { EXPECT_EQ(Recall({7, 7, 7}, 3), 1.0 / 3); }

TEST_F(RecallTest, LooksOnlyAtTheFirstK) { EXPECT_EQ(Recall({60, 61, 7, 3}, 2), 0.0); }

TEST_F(RecallTest, TakesRowsOutsideTheBaseAsWrong) {
  EXPECT_EQ(Recall({100, UINT64_MAX, 7}, 3), 1.0 / 3);
  EXPECT_THAT(asked_, ElementsAre());
}

TEST_F(RecallTest, ClampsKToWhatIsKnown) { EXPECT_EQ(Recall({7, 3, 9, 1}, 50), 1.0); }

TEST(RecallAtK, ToleranceWorksForNegativeDistances) {
  const std::vector<uint32_t> rows = {0};
  const std::vector<float> distances = {-8};
  const std::vector<uint64_t> found = {1};
  EXPECT_EQ(RecallAtK({rows, distances}, found, 1, 5, [](uint64_t) { return -8.0; }), 1.0);
  EXPECT_EQ(RecallAtK({rows, distances}, found, 1, 5, [](uint64_t) { return -7.99; }), 0.0);
}

}  // namespace
}  // namespace loadline::workload
