#include "benchmarks/workload/corpus_dataset.h"

#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/benchmarks/workload/source_tree_writer.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline::workload {
namespace {

using ::loadline::testing::IsOk;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;

class CorpusDatasetTest : public ::testing::Test {
 protected:
  CorpusDatasetTest() {
    WriteSourceTree(sources_, 12, 5, 100);
    options_.rows = 250;
    options_.queries = 20;
    options_.dimension = 64;
    options_.truth_depth = 10;
    options_.truth_rows = {50, 1000};
    options_.corpus.roots = {sources_.path()};
    options_.corpus.min_lines = 0;
  }

  absl::StatusOr<CachedDataset> Open(const TempDir& cache) const {
    CorpusDatasetSource source(options_);
    return OpenCached(cache.path(), source);
  }

  TempDir sources_;
  TempDir cache_;
  CorpusDatasetOptions options_;
};

TEST_F(CorpusDatasetTest, HasTheSizesAskedFor) {
  const auto cached = Open(cache_);
  ASSERT_THAT(cached, IsOk());
  const Dataset& dataset = *cached->dataset;
  EXPECT_TRUE(dataset.has_text());
  EXPECT_EQ(dataset.rows(), 250u);
  EXPECT_EQ(dataset.query_count(), 20u);
  EXPECT_EQ(dataset.dimension(), 64u);
  EXPECT_GE(dataset.projects().size(), 10u);
  for (Distance distance : kAllDistances) {
    EXPECT_THAT(dataset.Truth(distance, 50, 0), IsOk());
    EXPECT_THAT(dataset.Truth(distance, 250, 0), IsOk());
  }
  EXPECT_THAT(dataset.Truth(Distance::kCosine, 1000, 0), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(CorpusDatasetTest, NoQueryIsAmongTheRows) {
  const auto cached = Open(cache_);
  ASSERT_THAT(cached, IsOk());
  std::set<std::string> rows;
  for (size_t i = 0; i < 250; ++i) rows.emplace(cached->dataset->row_chunk(i).text);
  for (size_t i = 0; i < 20; ++i) {
    EXPECT_EQ(rows.count(std::string(cached->dataset->query_chunk(i).text)), 0u);
  }
}

TEST_F(CorpusDatasetTest, RowsAndQueriesOfAProjectStandTogether) {
  const auto cached = Open(cache_);
  ASSERT_THAT(cached, IsOk());
  const Dataset& dataset = *cached->dataset;
  size_t rows = 0, queries = 0;
  for (size_t p = 0; p < dataset.projects().size(); ++p) {
    const DatasetProject& project = dataset.projects()[p];
    EXPECT_EQ(project.first_row, rows);
    EXPECT_EQ(project.first_query, queries);
    rows += project.row_count;
    queries += project.query_count;
    for (size_t i = project.first_row; i < rows; ++i) EXPECT_EQ(dataset.row_chunk(i).project, p);
    for (size_t i = project.first_query; i < queries; ++i) {
      EXPECT_EQ(dataset.query_chunk(i).project, p);
    }
  }
  EXPECT_EQ(rows, dataset.rows());
  EXPECT_EQ(queries, dataset.query_count());
}

TEST_F(CorpusDatasetTest, IsTheSameInEveryFolder) {
  const TempDir other;
  const auto a = Open(cache_);
  const auto b = Open(other);
  ASSERT_THAT(a, IsOk());
  ASSERT_THAT(b, IsOk());
  EXPECT_EQ(a->dataset->key(), b->dataset->key());
  EXPECT_EQ(a->dataset->vectors().values, b->dataset->vectors().values);
  EXPECT_EQ(a->dataset->queries().values, b->dataset->queries().values);
}

TEST_F(CorpusDatasetTest, OpensFromTheCacheWithoutGathering) {
  ASSERT_THAT(Open(cache_), IsOk());
  CorpusDatasetSource source(options_);
  const auto cached = OpenCached(cache_.path(), source);
  ASSERT_THAT(cached, IsOk());
  EXPECT_FALSE(cached->built);
  EXPECT_EQ(source.corpus(), nullptr);
}

TEST_F(CorpusDatasetTest, NoticesAFileThatComesIntoTheTree) {
  const auto before = Open(cache_);
  ASSERT_THAT(before, IsOk());
  for (int i = 0; i < 12; ++i) {
    sources_.WriteFile("project" + std::to_string(i) + "/added.h",
                       MakeSourceText(100, static_cast<uint64_t>(70'000 + i)));
  }
  const auto after = Open(cache_);
  ASSERT_THAT(after, IsOk());
  EXPECT_TRUE(after->built);
  EXPECT_NE(before->dataset->key(), after->dataset->key());
}

TEST_F(CorpusDatasetTest, EachOptionIsAnotherRequest) {
  const ContentKey key = CorpusDatasetSource(options_).RequestKey();
  const auto changed = [&](auto change) {
    CorpusDatasetOptions options = options_;
    change(options);
    return CorpusDatasetSource(options).RequestKey() != key;
  };
  EXPECT_FALSE(changed([](CorpusDatasetOptions&) {}));
  EXPECT_TRUE(changed([](CorpusDatasetOptions& o) { ++o.rows, --o.queries; }));
  EXPECT_TRUE(changed([](CorpusDatasetOptions& o) { ++o.dimension; }));
  EXPECT_TRUE(changed([](CorpusDatasetOptions& o) { ++o.truth_depth; }));
  EXPECT_TRUE(changed([](CorpusDatasetOptions& o) { o.truth_rows = {51}; }));
  EXPECT_TRUE(changed([](CorpusDatasetOptions& o) { ++o.corpus.seed; }));
  EXPECT_TRUE(changed([](CorpusDatasetOptions& o) { o.corpus.roots.push_back("/x"); }));
  EXPECT_TRUE(changed([](CorpusDatasetOptions& o) { ++o.corpus.chunk.lines; }));
}

TEST_F(CorpusDatasetTest, RefusesOptionsOutOfRange) {
  options_.dimension = 65'536;
  EXPECT_THAT(Open(cache_), StatusIs(absl::StatusCode::kInvalidArgument));
  options_.dimension = 0;
  EXPECT_THAT(Open(cache_), StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace loadline::workload
