#include "stowage/vector/hnsw_graph.h"

#include <algorithm>
#include <memory>
#include <set>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stowage/vector/exact_scan.h"
#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr size_t kDimension = 48;
constexpr StoreConfig kConfig = {.dimension = kDimension, .metric = Metric::kCosine};

std::unique_ptr<RowTable> MakeRows(size_t count, testing::ClusteredVectors& vectors) {
  auto rows = std::make_unique<RowTable>(kConfig);
  EXPECT_OK(rows->Reserve(count));
  std::vector<CodeHeader> code(CodeBytes(kDimension) / sizeof(CodeHeader));
  auto* const bytes = reinterpret_cast<std::byte*>(code.data());
  for (uint64_t id = 0; id < count; ++id) {
    const std::vector<float> values = vectors.Next();
    RowMeta meta;
    meta.id = id;
    meta.factor = EncodeRow(kConfig, values, bytes);
    rows->Append(values.data(), bytes, meta);
  }
  return rows;
}

std::unique_ptr<HnswGraph> MakeGraph(const RowTable& rows, size_t capacity) {
  auto graph = HnswGraph::Create(kConfig, capacity);
  EXPECT_OK(graph);
  (*graph)->SetCodes(rows.code_view());
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i == capacity) {
      EXPECT_OK((*graph)->Reserve(rows.size()));
    }
    EXPECT_OK((*graph)->InsertNext());
  }
  return *std::move(graph);
}

double RecallOf(const HnswGraph& graph, const RowTable& rows, testing::ClusteredVectors& vectors,
                size_t ef) {
  size_t right = 0;
  constexpr size_t kQueries = 50;
  for (size_t i = 0; i < kQueries; ++i) {
    const EncodedQuery query = EncodeQuery(vectors.Next(), Metric::kCosine);
    TopK exact(10);
    ScanRows(rows, query, RowFilter(), 0, static_cast<uint32_t>(rows.size()), exact);
    std::vector<GraphCandidate> found;
    graph.Search(query, ef, found);
    std::set<uint32_t> slots;
    for (const GraphCandidate& candidate : found) slots.insert(candidate.slot);
    for (const RankedRow& row : exact.TakeSorted()) right += slots.count(row.slot);
  }
  return static_cast<double>(right) / (10 * kQueries);
}

TEST(HnswGraph, FindsNearlyAllNeighbours) {
  testing::ClusteredVectors vectors(kDimension, 100, 1);
  const auto rows = MakeRows(2000, vectors);
  const auto graph = MakeGraph(*rows, 2000);
  EXPECT_GE(RecallOf(*graph, *rows, vectors, 64), 0.97);
}

TEST(HnswGraph, GrowsWhileItIsInUse) {
  testing::ClusteredVectors vectors(kDimension, 100, 2);
  const auto rows = MakeRows(1500, vectors);
  const auto graph = MakeGraph(*rows, 500);
  EXPECT_EQ(graph->size(), 1500U);
  EXPECT_GE(RecallOf(*graph, *rows, vectors, 64), 0.97);
}

TEST(HnswGraph, GivesCandidatesNearestFirstAndEachOnce) {
  testing::ClusteredVectors vectors(kDimension, 10, 3);
  const auto rows = MakeRows(300, vectors);
  const auto graph = MakeGraph(*rows, 300);
  std::vector<GraphCandidate> found;
  graph->Search(EncodeQuery(vectors.Next(), Metric::kCosine), 40, found);
  ASSERT_THAT(found, SizeIs(40));
  std::set<uint32_t> slots;
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_TRUE(slots.insert(found[i].slot).second);
    if (i > 0) {
      EXPECT_LE(found[i - 1].distance, found[i].distance);
    }
  }
}

TEST(HnswGraph, OfNoNodesFindsNothing) {
  auto graph = HnswGraph::Create(kConfig, 10);
  ASSERT_OK(graph);
  std::vector<GraphCandidate> found(3);
  (*graph)->Search(EncodeQuery(std::vector<float>(kDimension, 1), Metric::kCosine), 10, found);
  EXPECT_THAT(found, IsEmpty());
}

TEST(HnswGraph, SaysThatItIsFullInsteadOfWritingPastItsEnd) {
  testing::ClusteredVectors vectors(kDimension, 10, 3);
  const auto rows = MakeRows(11, vectors);
  auto graph = HnswGraph::Create(kConfig, 10);
  ASSERT_OK(graph);
  (*graph)->SetCodes(rows->code_view());
  for (int i = 0; i < 10; ++i) ASSERT_OK((*graph)->InsertNext());
  EXPECT_THAT((*graph)->InsertNext(), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(HnswGraph, RefusesOptionsOutOfRange) {
  EXPECT_THAT(HnswGraph::Create(kConfig, 10, {.m = 1}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("m is 1")));
  EXPECT_THAT(HnswGraph::Create(kConfig, 10, {.ef_construction = 0}),
              StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(HnswGraph::Create(kConfig, 0), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(HnswGraph, IsTheSameForTheSameSeed) {
  testing::ClusteredVectors vectors(kDimension, 30, 4);
  const auto rows = MakeRows(800, vectors);
  const auto one = MakeGraph(*rows, 800);
  const auto other = MakeGraph(*rows, 800);
  const EncodedQuery query = EncodeQuery(vectors.Next(), Metric::kCosine);
  std::vector<GraphCandidate> a, b;
  one->Search(query, 20, a);
  other->Search(query, 20, b);
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_EQ(a[i].slot, b[i].slot);
}

}  // namespace
}  // namespace stowage
