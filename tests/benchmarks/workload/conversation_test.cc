#include "benchmarks/workload/conversation.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "benchmarks/workload/corpus_dataset.h"
#include "benchmarks/workload/project_catalogue.h"
#include "benchmarks/workload/vector_dataset.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/benchmarks/workload/source_tree_writer.h"
#include "tests/benchmarks/workload/vector_file_writer.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline::workload {
namespace {

using ::loadline::testing::IsOk;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;

class ConversationTest : public ::testing::Test {
 protected:
  void SetUp() override {
    WriteSourceTree(dir_, 10, 5, 100);
    CorpusDatasetOptions options;
    options.rows = 200;
    options.queries = 10;
    options.dimension = 8;
    options.corpus.roots = {dir_.path()};
    options.corpus.min_lines = 0;
    CorpusDatasetSource source(options);
    auto cached = OpenCached(dir_.Path("cache"), source);
    ASSERT_THAT(cached, IsOk());
    dataset_ = std::move(cached->dataset);
  }

  // A data set of vectors alone.
  std::unique_ptr<const Dataset> OpenVectors() const {
    VectorDatasetSpec spec;
    spec.name = "x";
    spec.base = spec.queries = dir_.WriteFile("x.fvecs", EncodeRows<float>({{1}}));
    VectorDatasetSource source(spec);
    auto cached = OpenCached(dir_.Path("cache"), source);
    return std::move(cached->dataset);
  }

  TempDir dir_;
  std::unique_ptr<const Dataset> dataset_;
};

TEST_F(ConversationTest, RolesFollowEachOtherAsInAConversation) {
  const auto messages = DrawConversation(*dataset_, 0, 200, 1);
  ASSERT_THAT(messages, IsOk());
  ASSERT_EQ(messages->size(), 200u);
  EXPECT_EQ((*messages)[0].role, "system");
  EXPECT_EQ((*messages)[1].role, "user");
  std::set<absl::string_view> roles;
  for (size_t i = 2; i < messages->size(); ++i) {
    const absl::string_view before = (*messages)[i - 1].role;
    const absl::string_view role = (*messages)[i].role;
    roles.insert(role);
    EXPECT_NE(role, before);
    EXPECT_EQ(role == "user", before == "assistant");
  }
  EXPECT_EQ(roles.size(), 3u);
}

TEST_F(ConversationTest, TextIsTheProjectsOwnAndOfVaryingLength) {
  const auto messages = DrawConversation(*dataset_, 3, 200, 1);
  ASSERT_THAT(messages, IsOk());
  std::set<size_t> lines;
  for (const ConversationMessage& message : *messages) {
    const std::string text = dir_.ReadFile(dataset_->projects()[3].metadata.at("directory") + "/" +
                                           message.metadata.at("file"));
    EXPECT_NE(text.find(message.text.substr(0, 200)), std::string::npos);
    lines.insert(static_cast<size_t>(std::count(message.text.begin(), message.text.end(), '\n')));
    EXPECT_GE(message.importance, 0.0);
    EXPECT_LT(message.importance, 1.0);
  }
  EXPECT_GE(lines.size(), 4u);
  EXPECT_EQ(*lines.begin(), 20u);
}

TEST_F(ConversationTest, SameSeedSameMessages) {
  const auto a = DrawConversation(*dataset_, 0, 50, 7);
  const auto b = DrawConversation(*dataset_, 0, 50, 7);
  const auto other = DrawConversation(*dataset_, 0, 50, 8);
  size_t different = 0;
  for (size_t i = 0; i < 50; ++i) {
    EXPECT_EQ((*a)[i].text, (*b)[i].text);
    different += (*a)[i].text != (*other)[i].text;
  }
  EXPECT_GT(different, 25u);
}

TEST_F(ConversationTest, NeedsAProjectAndItsText) {
  EXPECT_THAT(DrawConversation(*dataset_, 999, 1, 1), StatusIs(absl::StatusCode::kOutOfRange));
  EXPECT_THAT(DrawConversation(*OpenVectors(), 0, 1, 1),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_F(ConversationTest, DescribesAsManyProjectsAsAreAskedFor) {
  const size_t own = dataset_->projects().size();
  const auto catalogue = DescribeProjects(*dataset_, own * 3 + 1);
  ASSERT_THAT(catalogue, IsOk());
  std::set<std::string> names;
  for (const ProjectDescription& project : *catalogue) names.insert(project.name);
  EXPECT_EQ(names.size(), own * 3 + 1);
  EXPECT_EQ((*catalogue)[own].source_path, (*catalogue)[0].source_path);
  EXPECT_EQ((*catalogue)[own + 2].dataset_project, 2u);
  const auto shorter = DescribeProjects(*dataset_, 3);
  EXPECT_EQ((*shorter)[2].name, (*catalogue)[2].name);
}

TEST_F(ConversationTest, VectorsAloneDescribeNoProject) {
  EXPECT_THAT(DescribeProjects(*OpenVectors(), 1), StatusIs(absl::StatusCode::kFailedPrecondition));
}

}  // namespace
}  // namespace loadline::workload
