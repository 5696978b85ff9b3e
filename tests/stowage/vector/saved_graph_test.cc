// Graphs that were saved with the lists of their store.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "stowage/storage/chunk_file.h"
#include "stowage/vector/saved_graph.h"
#include "stowage/vector/vector_index.h"
#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/stowage/vector/scratch_index.h"
#include "tests/stowage/vector/vector_model.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace stowage {
namespace {

using loadline::testing::StatusIs;
using ::testing::HasSubstr;
using testing::kNotCancelled;

constexpr StoreConfig kGraphConfig = {.dimension = 64, .metric = Metric::kInnerProduct};

class SavedGraphTest : public ::testing::Test {
 protected:
  VectorIndexOptions Options(IndexKind kind) {
    VectorIndexOptions options;
    options.folder = folder_.get();
    options.index = kind;
    options.least_graph_rows = 1;
    options.read = [this](uint64_t id) -> absl::StatusOr<VectorEntry> {
      const auto found = model_.entries.find(id);
      if (found == model_.entries.end()) return absl::NotFoundError("no such entry");
      return found->second;
    };
    options.set_saved = [this](uint64_t token, uint64_t) {
      token_ = token;
      on_saved_();
      return absl::OkStatus();
    };
    return options;
  }
  void Open(IndexKind kind = IndexKind::kGraph) {
    index_ = std::make_unique<VectorIndex>(kGraphConfig, Options(kind));
  }
  void Add(uint64_t first, size_t count) {
    std::vector<VectorEntry> entries = vectors_.NextEntries(first, count);
    for (const VectorEntry& entry : entries) model_.entries[entry.id] = entry;
    auto staged = index_->Stage(std::move(entries));
    ASSERT_OK(staged);
    index_->Publish(*std::move(staged));
  }
  void Remove(const std::vector<uint64_t>& ids) {
    for (const uint64_t id : ids) model_.entries.erase(id);
    index_->Remove(ids);
  }
  // An index of which a graph answers, as it was saved.
  void MakeSaved(size_t count) {
    Open();
    Add(0, count);
    index_->RunIndexing(kNotCancelled);
    ASSERT_EQ(index_->engine(), IndexKind::kGraph);
    ASSERT_NE(token_, 0);
  }
  SavedIndex Saved() {
    absl::StatusOr<SavedIndex> saved = index_->ReadSaved(token_);
    EXPECT_OK(saved);
    return *std::move(saved);
  }
  void Reopen(SavedIndex saved, IndexKind kind = IndexKind::kGraph) {
    Open(kind);
    ASSERT_OK(index_->Restore(std::move(saved)));
    index_->RunIndexing(kNotCancelled);
  }
  double MeanRecall() {
    constexpr int kSearches = 60;
    double recall = 0;
    for (int i = 0; i < kSearches; ++i) {
      const std::vector<float> query = vectors_.Next();
      const auto found = index_->Search(query, 10, {});
      EXPECT_OK(found);
      recall += testing::Recall(model_.Search(query, 10), *found);
    }
    return recall / kSearches;
  }

  const loadline::testing::TempDir temp_;
  const std::unique_ptr<loadline::Directory> folder_ = *loadline::Directory::Open(temp_.path());
  testing::ClusteredVectors vectors_{kGraphConfig.dimension, 40, 7};
  testing::VectorModel model_{kGraphConfig, {}};
  uint64_t token_ = 0;
  std::function<void()> on_saved_ = [] {};
  std::unique_ptr<VectorIndex> index_;
};

TEST_F(SavedGraphTest, AnswersAgainAndIsNotMeasuredOrBuiltForThat) {
  MakeSaved(2000);
  const CheckedEffort before = *index_->checked();
  Reopen(Saved());
  EXPECT_EQ(index_->engine(), IndexKind::kGraph);
  EXPECT_EQ(index_->checked()->micros, before.micros);
  EXPECT_GE(MeanRecall(), 0.95);
}

TEST_F(SavedGraphTest, FindsWhatItFoundBefore) {
  MakeSaved(2000);
  std::vector<std::vector<float>> queries;
  std::vector<std::vector<Neighbor>> before;
  for (int i = 0; i < 50; ++i) {
    queries.push_back(vectors_.Next());
    before.push_back(*index_->Search(queries.back(), 10, {}));
  }
  Reopen(Saved());
  for (size_t i = 0; i < queries.size(); ++i) {
    const auto found = *index_->Search(queries[i], 10, {});
    ASSERT_EQ(found.size(), before[i].size());
    for (size_t j = 0; j < found.size(); ++j) EXPECT_EQ(found[j].id, before[i][j].id);
  }
}

// Rows that went keep their numbers for the graph, which needs their codes to pass over them.
TEST_F(SavedGraphTest, IsRightWhateverCameAndWentSinceItWasBuilt) {
  MakeSaved(2000);
  std::mt19937 random(3);
  for (uint64_t round = 0; round < 6; ++round) {
    const uint64_t before = token_;
    std::vector<uint64_t> gone;
    for (const auto& [id, entry] : model_.entries) {
      if (random() % 14 == 0) gone.push_back(id);
    }
    Remove(gone);
    Add(10'000 + 140 * round, 140);
    index_->RunIndexing(kNotCancelled);
    ASSERT_NE(token_, before);  // so much that it was saved again
    Reopen(Saved());
    EXPECT_EQ(index_->engine(), IndexKind::kGraph) << round;
    EXPECT_GE(MeanRecall(), 0.95) << round;
  }
}

TEST_F(SavedGraphTest, IsNotTakenByAnIndexThatIsToUseNone) {
  MakeSaved(2000);
  Reopen(Saved(), IndexKind::kLists);
  EXPECT_EQ(index_->engine(), IndexKind::kLists);
  EXPECT_GE(MeanRecall(), 0.95);
}

TEST_F(SavedGraphTest, ThatWasNotFinishedIsBuiltAfterTheNextOpening) {
  std::atomic<bool> cancelled{false};
  on_saved_ = [&] { cancelled = true; };  // lists are saved before a graph is built
  Open();
  Add(0, 2000);
  index_->RunIndexing(cancelled);
  ASSERT_EQ(index_->engine(), IndexKind::kLists);
  on_saved_ = [] {};
  Reopen(Saved());
  EXPECT_EQ(index_->engine(), IndexKind::kGraph);
}

TEST_F(SavedGraphTest, ThatNobodyAskedForIsTriedTwiceAtMost) {
  for (uint64_t tries = 1; tries <= 2; ++tries) {
    MakeSaved(2000);
    const uint64_t first = token_;
    SavedIndex saved = Saved();
    saved.graph.reset();
    saved.facts.checked_graph.reset();
    saved.facts.graph_tries = tries;
    Open(IndexKind::kAuto);
    ASSERT_OK(index_->Restore(std::move(saved)));
    std::atomic<bool> cancelled{false};
    on_saved_ = [&] { cancelled = true; };
    index_->RunIndexing(cancelled);
    if (tries == 1) {
      ASSERT_NE(token_, first);  // that it is begun is saved
      EXPECT_EQ(Saved().facts.graph_tries, 2);
    } else {
      EXPECT_EQ(token_, first);
    }
    on_saved_ = [] {};
    EXPECT_EQ(index_->NeedsIndexing(), tries == 1);
  }
}

// What a graph of three nodes is saved as, with words that a test may change. By inner product.
struct GraphChunks {
  std::vector<uint32_t> header = {3, 16, 1, 1};  // nodes, m, entry, its level
  std::vector<uint32_t> rows = {0, 2, 1};
  std::vector<float> on_mean = {0, 0, 0};
  std::vector<uint8_t> levels = {0, 1, 1};
  // Of each node for each level how many links, and which.
  std::vector<uint32_t> links = {2, 1, 2, 2, 0, 2, 1, 2, 2, 0, 1, 1, 1};

  absl::Status WriteAndRead(const loadline::Directory& folder) const {
    const ChunkFileKind kind = {1, 1};
    {
      LOADLINE_ASSIGN_OR_RETURN(const auto writer, ChunkWriter::Create(folder, "graph", kind));
      LOADLINE_RETURN_IF_ERROR(writer->WriteAll(absl::MakeConstSpan(header)));
      LOADLINE_RETURN_IF_ERROR(writer->WriteAll(absl::MakeConstSpan(rows)));
      LOADLINE_RETURN_IF_ERROR(writer->WriteAll(absl::MakeConstSpan(on_mean)));
      LOADLINE_RETURN_IF_ERROR(writer->WriteAll(absl::MakeConstSpan(levels)));
      LOADLINE_RETURN_IF_ERROR(writer->WriteAll(absl::MakeConstSpan(links)));
      LOADLINE_RETURN_IF_ERROR(writer->Commit());
    }
    LOADLINE_ASSIGN_OR_RETURN(const auto reader, ChunkReader::Open(folder, "graph", kind));
    const auto coding =
        std::make_shared<const ListCoding>(kGraphConfig, std::vector<float>(kGraphConfig.dimension),
                                           1, ListCoding::Bytes::kAroundMean);
    LOADLINE_RETURN_IF_ERROR(ReadGraph(*reader, coding, 3).status());
    return reader->Finish();
  }
};

TEST(SavedGraph, IsReadAsItWasWritten) {
  const loadline::testing::TempDir temp;
  EXPECT_OK(GraphChunks().WriteAndRead(**loadline::Directory::Open(temp.path())));
}

TEST(SavedGraph, ThatCannotBeIsRefused) {
  const loadline::testing::TempDir temp;
  const auto folder = *loadline::Directory::Open(temp.path());
  const auto refused = [&](const std::function<void(GraphChunks&)>& change) {
    GraphChunks chunks;
    change(chunks);
    EXPECT_THAT(chunks.WriteAndRead(*folder),
                StatusIs(absl::StatusCode::kDataLoss, HasSubstr("graph")));
  };
  for (const uint32_t wrong : {0U, 2U, 4U, ~0U}) {
    refused([&](GraphChunks& chunks) { chunks.header[0] = wrong; });
  }
  for (const uint32_t wrong : {0U, 1U, 101U, ~0U}) {
    refused([&](GraphChunks& chunks) { chunks.header[1] = wrong; });
  }
  for (const uint32_t wrong : {0U, 3U, ~0U}) {
    refused([&](GraphChunks& chunks) { chunks.header[2] = wrong; });
  }
  for (const uint32_t wrong : {0U, 2U, ~0U}) {
    refused([&](GraphChunks& chunks) { chunks.header[3] = wrong; });
  }
  for (const uint32_t wrong : {2U, 3U, ~0U}) {
    refused([&](GraphChunks& chunks) { chunks.rows[0] = wrong; });
  }
  refused([](GraphChunks& chunks) { chunks.rows.pop_back(); });
  refused([](GraphChunks& chunks) { chunks.on_mean.pop_back(); });
  refused([](GraphChunks& chunks) { chunks.levels.pop_back(); });
  refused([](GraphChunks& chunks) { chunks.levels[0] = 200; });
  refused([](GraphChunks& chunks) { chunks.links.pop_back(); });
  refused([](GraphChunks& chunks) { chunks.links.push_back(0); });
  for (const uint32_t wrong : {4U, 33U, ~0U}) {
    refused([&](GraphChunks& chunks) { chunks.links[0] = wrong; });
  }
  refused([](GraphChunks& chunks) { chunks.links[1] = 3; });
  refused([](GraphChunks& chunks) { chunks.links[7] = 0; });  // which is on the ground level only
}

}  // namespace
}  // namespace stowage
