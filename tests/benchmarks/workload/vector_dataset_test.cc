#include "benchmarks/workload/vector_dataset.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/benchmarks/workload/vector_file_writer.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline::workload {
namespace {

using ::loadline::testing::IsOk;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ParseVectorDatasetSpec, TakesTwoOrThreeFiles) {
  const auto two = ParseVectorDatasetSpec("sift-1m=b.fvecs,q.fvecs");
  ASSERT_THAT(two, IsOk());
  EXPECT_EQ(two->name, "sift-1m");
  EXPECT_EQ(two->base, "b.fvecs");
  EXPECT_EQ(two->queries, "q.fvecs");
  EXPECT_EQ(two->truth, "");
  const auto three = ParseVectorDatasetSpec("x=a=b,q,t");
  ASSERT_THAT(three, IsOk());
  EXPECT_EQ(three->base, "a=b");
  EXPECT_EQ(three->truth, "t");
}

TEST(ParseVectorDatasetSpec, RefusesOtherForms) {
  for (const char* text : {"", "=a,b", "x", "x=", "x=a", "x=a,", "x=,b", "x=a,b,c,d", "x y=a,b"}) {
    EXPECT_THAT(ParseVectorDatasetSpec(text),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("want NAME=")))
        << text;
  }
}

class VectorDatasetTest : public ::testing::Test {
 protected:
  VectorDatasetTest() {
    spec_.name = "tiny";
    spec_.base = dir_.WriteFile("b.fvecs", EncodeRows<float>({{0, 1}, {0, 3}, {4, 0}}));
    spec_.queries = dir_.WriteFile("q.fvecs", EncodeRows<float>({{0, 1.5}, {5, 0}}));
  }

  absl::StatusOr<CachedDataset> Open() {
    VectorDatasetSource source(spec_);
    return OpenCached(dir_.Path("cache"), source);
  }

  TempDir dir_;
  VectorDatasetSpec spec_;
};

TEST_F(VectorDatasetTest, ComputesTheTruth) {
  const auto cached = Open();
  ASSERT_THAT(cached, IsOk());
  const Dataset& dataset = *cached->dataset;
  EXPECT_EQ(dataset.rows(), 3u);
  EXPECT_EQ(dataset.dimension(), 2u);
  EXPECT_FALSE(dataset.has_text());
  const auto truth = dataset.Truth(Distance::kSquaredL2, 3, 0);
  ASSERT_THAT(truth, IsOk());
  EXPECT_THAT(truth->rows, ElementsAre(0, 1, 2));
  EXPECT_THAT(truth->distances, ElementsAre(0.25f, 2.25f, 18.25f));
  EXPECT_THAT(dataset.Truth(Distance::kCosine, 3, 1), IsOk());
}

TEST_F(VectorDatasetTest, UsesTheTruthGiven) {
  spec_.truth = dir_.WriteFile("t.ivecs", EncodeRows<int32_t>({{0, 1}, {2, 0}}));
  const auto cached = Open();
  ASSERT_THAT(cached, IsOk());
  const auto truth = cached->dataset->Truth(Distance::kSquaredL2, 3, 1);
  ASSERT_THAT(truth, IsOk());
  EXPECT_THAT(truth->rows, ElementsAre(2, 0));
  EXPECT_THAT(truth->distances, ElementsAre(1, 26));
  EXPECT_THAT(cached->dataset->Truth(Distance::kCosine, 3, 1),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("it has: l2 over 3")));
}

TEST_F(VectorDatasetTest, RefusesATruthThatIsNotInOrder) {
  spec_.truth = dir_.WriteFile("t.ivecs", EncodeRows<int32_t>({{0, 1}, {0, 2}}));
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("of query 1")));
}

TEST_F(VectorDatasetTest, RefusesATruthWithAnotherNumberOfQueries) {
  spec_.truth = dir_.WriteFile("t.ivecs", EncodeRows<int32_t>({{0, 1}}));
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("1 rows for 2")));
}

TEST_F(VectorDatasetTest, RefusesQueriesOfAnotherDimension) {
  spec_.queries = dir_.WriteFile("q.fvecs", EncodeRows<float>({{1, 2, 3}}));
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("rows of 3")));
}

TEST_F(VectorDatasetTest, HasNoCosineTruthWhenAVectorIsZero) {
  spec_.base = dir_.WriteFile("b.fvecs", EncodeRows<float>({{0, 0}, {0, 3}}));
  const auto cached = Open();
  ASSERT_THAT(cached, IsOk());
  EXPECT_THAT(cached->dataset->Truth(Distance::kInnerProduct, 2, 0), IsOk());
  EXPECT_THAT(cached->dataset->Truth(Distance::kCosine, 2, 0),
              StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(VectorDatasetTest, NoticesAChangedFile) {
  const auto before = Open();
  ASSERT_THAT(before, IsOk());
  dir_.WriteFile("b.fvecs", EncodeRows<float>({{0, 1}, {0, 3}, {4, 0}, {9, 9}}));
  const auto after = Open();
  ASSERT_THAT(after, IsOk());
  EXPECT_TRUE(after->built);
  EXPECT_EQ(after->dataset->rows(), 4u);
}

}  // namespace
}  // namespace loadline::workload
