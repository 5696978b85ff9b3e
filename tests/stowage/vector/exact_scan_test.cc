#include "stowage/vector/exact_scan.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::testing::ElementsAre;

void Append(RowTable& rows, uint64_t id, const std::vector<float>& values) {
  std::vector<CodeHeader> code(CodeBytes(values.size()) / sizeof(CodeHeader));
  auto* const bytes = reinterpret_cast<std::byte*>(code.data());
  RowMeta meta;
  meta.id = id;
  meta.factor = EncodeRow(rows.config(), values, bytes);
  ASSERT_OK(rows.Reserve(rows.size() + 1));
  rows.Append(values.data(), bytes, meta);
}

std::vector<RankedRow> ScanAll(const RowTable& rows, const std::vector<float>& query, size_t k) {
  TopK top(k);
  ScanRows(rows, EncodeQuery(query, rows.config().metric), RowFilter(), 0,
           static_cast<uint32_t>(rows.size()), top);
  return top.TakeSorted();
}

std::vector<uint64_t> Ids(const std::vector<RankedRow>& rows) {
  std::vector<uint64_t> ids;
  for (const RankedRow& row : rows) ids.push_back(row.id);
  return ids;
}

TEST(ExactScan, KeepsCosineDistancesBetweenZeroAndTwo) {
  for (const size_t dimension : {2, 7, 130}) {
    testing::ClusteredVectors vectors(dimension, 20, 8);
    RowTable rows({.dimension = dimension, .metric = Metric::kCosine});
    std::vector<std::vector<float>> queries;
    for (uint64_t id = 0; id < 300; ++id) {
      queries.push_back(vectors.Next());
      Append(rows, id, queries.back());
    }
    for (std::vector<float>& query : queries) {
      EXPECT_GE(ScanAll(rows, query, 1)[0].distance, 0);
      for (float& x : query) x = -x;
      EXPECT_LE(ScanAll(rows, query, rows.size()).back().distance, 2);
    }
  }
}

TEST(ExactScan, GivesWhatComparingEveryRowGives) {
  for (const Metric metric : {Metric::kSquaredL2, Metric::kInnerProduct, Metric::kCosine}) {
    for (const size_t dimension : {1, 3, 65, 384}) {
      testing::ClusteredVectors vectors(dimension, 20, 5);
      RowTable rows({.dimension = dimension, .metric = metric});
      for (uint64_t id = 0; id < 700; ++id) Append(rows, id, vectors.Next());
      for (int i = 0; i < 20; ++i) {
        const std::vector<float> query = vectors.Next();
        const EncodedQuery encoded = EncodeQuery(query, metric);
        TopK expected(13);
        for (uint32_t slot = 0; slot < rows.size(); ++slot) {
          expected.Offer({ExactDistance(rows, encoded, slot), rows.meta(slot).id, slot});
        }
        EXPECT_EQ(Ids(ScanAll(rows, query, 13)), Ids(expected.TakeSorted()))
            << MetricName(metric) << " " << dimension;
      }
    }
  }
}

TEST(ExactScan, OrdersEqualDistancesById) {
  RowTable rows({.dimension = 2, .metric = Metric::kSquaredL2});
  for (const uint64_t id : {40, 10, 30, 20}) Append(rows, id, {1, 1});
  EXPECT_THAT(Ids(ScanAll(rows, {0, 0}, 3)), ElementsAre(10, 20, 30));
}

TEST(ExactScan, PassesOverDeadRows) {
  RowTable rows({.dimension = 1, .metric = Metric::kSquaredL2});
  for (uint64_t id = 0; id < 5; ++id) Append(rows, id, {static_cast<float>(id)});
  rows.SetDead(0);
  rows.SetDead(2);
  EXPECT_THAT(Ids(ScanAll(rows, {0}, 2)), ElementsAre(1, 3));
}

// Squares of 1e18 over many dimensions leave the range of a float: infinity minus infinity would
// be a NaN, which no order survives.
TEST(ExactScan, OrdersTheLargestVectorsThatAreAllowed) {
  constexpr size_t kDimension = 1000;
  const std::vector<float> largest(kDimension, 1e18F);
  std::vector<float> mixed = largest;
  for (size_t i = 0; i < kDimension; i += 2) mixed[i] = -1e18F;
  for (const Metric metric : {Metric::kSquaredL2, Metric::kInnerProduct, Metric::kCosine}) {
    RowTable rows({.dimension = kDimension, .metric = metric});
    Append(rows, 1, mixed);
    Append(rows, 2, largest);
    const std::vector<RankedRow> found = ScanAll(rows, largest, 2);
    EXPECT_THAT(Ids(found), ElementsAre(2, 1)) << MetricName(metric);
    for (const RankedRow& row : found) {
      EXPECT_TRUE(std::isfinite(row.distance)) << MetricName(metric);
    }
  }
}

TEST(ExactScan, TakesVectorsOfTheLargestDimension) {
  RowTable rows({.dimension = kMaxDimension, .metric = Metric::kCosine});
  testing::ClusteredVectors vectors(kMaxDimension, 3, 1);
  std::vector<float> second;
  for (uint64_t id = 0; id < 4; ++id) {
    const std::vector<float> values = vectors.Next();
    if (id == 2) second = values;
    Append(rows, id, values);
  }
  const std::vector<RankedRow> found = ScanAll(rows, second, 1);
  EXPECT_THAT(Ids(found), ElementsAre(2));
  EXPECT_NEAR(found[0].distance, 0, 1e-5);
}

TEST(RowTable, GrowsWithoutMovingARow) {
  RowTable rows({.dimension = 384, .metric = Metric::kCosine});
  testing::ClusteredVectors vectors(384, 3, 1);
  Append(rows, 0, vectors.Next());
  const float* const first = rows.values(0);
  for (uint64_t id = 1; id < 1000; ++id) Append(rows, id, vectors.Next());
  EXPECT_EQ(rows.values(0), first);
  EXPECT_EQ(rows.memory_bytes(), RowTable::PredictBytes(384, 1000));
}

TEST(RowTable, GivesMemoryBackWhenItShrinks) {
  RowTable rows({.dimension = 384, .metric = Metric::kCosine});
  testing::ClusteredVectors vectors(384, 3, 1);
  for (uint64_t id = 0; id < 1000; ++id) Append(rows, id, vectors.Next());
  while (rows.size() > 10) rows.MoveLastTo(0);
  rows.Shrink(rows.size());
  EXPECT_EQ(rows.memory_bytes(), RowTable::PredictBytes(384, 10));
}

}  // namespace
}  // namespace stowage
