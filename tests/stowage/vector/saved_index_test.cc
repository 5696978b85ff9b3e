// Stores that are opened with the index that was saved beside their rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "stowage/vector/vector_store_manager.h"
#include "tests/stowage/vector/clustered_vectors.h"
#include "tests/stowage/vector/scratch_index.h"
#include "tests/stowage/vector/store_fixture.h"
#include "tests/stowage/vector/vector_model.h"
#include "tests/support/quiet_log.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr StoreConfig kConfig = {.dimension = 64, .metric = Metric::kCosine};

class SavedIndexTest : public testing::StoreFixture {
 protected:
  SavedIndexTest() : id_(NewStore("p", kConfig)) {}

  void Upsert(std::vector<VectorEntry> entries) {
    for (const VectorEntry& entry : entries) model_.entries[entry.id] = entry;
    ASSERT_OK(manager_->Upsert(id_, std::move(entries)));
  }
  void Remove(const std::vector<uint64_t>& ids) {
    for (const uint64_t id : ids) model_.entries.erase(id);
    ASSERT_OK(manager_->Remove(id_, ids));
  }
  // A store with a saved index, closed.
  void MakeSaved(size_t count) {
    Upsert(vectors_.NextEntries(0, count));
    manager_->WaitUntilIndexed();
    manager_.reset();
    ASSERT_THAT(Files("vectors.index."), SizeIs(1));
  }
  void ExpectRight() {
    EXPECT_EQ(*manager_->Count(id_), model_.entries.size());
    for (int i = 0; i < 20; ++i) {
      const std::vector<float> query = vectors_.Next();
      const auto found = manager_->Search(id_, query, 10);
      ASSERT_OK(found);
      EXPECT_GE(testing::Recall(model_.Search(query, 10), *found), 0.9);
    }
    for (const auto& [id, entry] : model_.entries) {
      const auto got = manager_->Get(id_, id);
      ASSERT_OK(got);
      ASSERT_EQ(got->values, entry.values) << id;
      ASSERT_EQ(got->chunk.file, entry.chunk.file);
    }
  }
  std::vector<std::string> Files(const std::string& prefix) const {
    std::vector<std::string> names;
    const std::string folder = std::filesystem::path(FileOf(id_)).parent_path();
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (absl::StartsWith(entry.path().filename().string(), prefix)) {
        names.push_back(entry.path());
      }
    }
    return names;
  }
  static void Flip(const std::string& path, size_t offset) {
    std::fstream stream(path, std::ios::in | std::ios::out | std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(offset));
    const auto byte = static_cast<char>(stream.get() ^ 1);
    stream.seekp(static_cast<std::streamoff>(offset));
    stream.put(byte);
  }

  testing::ClusteredVectors vectors_{kConfig.dimension, 20, 5};
  testing::VectorModel model_{kConfig, {}};
  const ProjectId id_;
};

TEST_F(SavedIndexTest, AnswersAsTheStoreDidBefore) {
  MakeSaved(600);
  OpenManager({});
  ExpectRight();
}

TEST_F(SavedIndexTest, KnowsWhatWasMeasuredOfItsSearches) {
  MakeSaved(600);
  OpenManager({});
  EXPECT_TRUE(manager_->Stats(id_)->recall.has_value());
}

TEST_F(SavedIndexTest, KnowsWhatWasChosenForEachTargetButNoOther) {
  uint64_t saved = 0;
  VectorIndexOptions options;
  options.folder = directory_.get();
  options.target_recall = 0.5;
  options.set_saved = [&](uint64_t token, uint64_t) {
    saved = token;
    return absl::OkStatus();
  };
  {
    VectorIndex index(kConfig, options);
    auto staged = index.Stage(vectors_.NextEntries(0, 600));
    ASSERT_OK(staged);
    index.Publish(*std::move(staged));
    index.RunIndexing(testing::kNotCancelled);
  }
  for (const double target : {0.4, 0.5, 0.95, 0.96, 0.99}) {
    options.target_recall = target;
    VectorIndex index(kConfig, options);
    auto read = index.ReadSaved(saved);
    ASSERT_OK(read);
    ASSERT_THAT(read->facts.checked, SizeIs(3));
    ASSERT_OK(index.Restore(*std::move(read)));
    const bool chosen = target != 0.4 && target != 0.96;
    ASSERT_EQ(index.checked().has_value(), chosen) << target;
    if (chosen) {
      EXPECT_EQ(index.checked()->target, target);
    }
  }
}

TEST_F(SavedIndexTest, TakesAsMuchMemoryAsItTookWithCodesOnTheDisk) {
  uint64_t saved = 0;
  VectorIndexOptions options;
  options.folder = directory_.get();
  options.max_code_bytes = 20'000;
  options.set_saved = [&](uint64_t token, uint64_t) {
    saved = token;
    return absl::OkStatus();
  };
  size_t before = 0;
  {
    VectorIndex index(kConfig, options);
    auto staged = index.Stage(vectors_.NextEntries(0, 2'000));
    ASSERT_OK(staged);
    index.Publish(*std::move(staged));
    index.RunIndexing(testing::kNotCancelled);
    before = index.memory_bytes();
  }
  VectorIndex index(kConfig, options);
  const auto predicted = index.PredictSavedBytes(saved);
  ASSERT_OK(predicted);
  ASSERT_OK(index.Restore(*index.ReadSaved(saved)));
  EXPECT_LE(index.memory_bytes(), *predicted);
  EXPECT_LE(*predicted, before + 20'000);
}

TEST_F(SavedIndexTest, IsReadThoughMostOfTheStoreIsGone) {
  uint64_t saved = 0;
  VectorIndexOptions options;
  options.folder = directory_.get();
  options.set_saved = [&](uint64_t token, uint64_t) {
    saved = token;
    return absl::OkStatus();
  };
  VectorIndex index(kConfig, options);
  auto staged = index.Stage(vectors_.NextEntries(0, 10'000));
  ASSERT_OK(staged);
  index.Publish(*std::move(staged));
  std::vector<uint64_t> gone(9'600);
  std::iota(gone.begin(), gone.end(), 0);
  index.Remove(gone);
  index.RunIndexing(testing::kNotCancelled);
  const auto read = index.ReadSaved(saved);
  ASSERT_OK(read);
  EXPECT_THAT(read->entries, SizeIs(400));
}

TEST_F(SavedIndexTest, HasWhatChangedSinceItWasSaved) {
  MakeSaved(600);
  OpenManager({});
  Upsert(vectors_.NextEntries(590, 60));
  Remove({1, 2, 3, 595});
  manager_.reset();
  OpenManager({});
  ExpectRight();
}

TEST_F(SavedIndexTest, IsRightWhateverChangedBetweenSavings) {
  MakeSaved(600);
  std::mt19937 random(3);
  for (int round = 0; round < 12; ++round) {
    OpenManager({});
    Upsert(vectors_.NextEntries(random() % 900, 1 + random() % 200));
    std::vector<uint64_t> gone;
    for (const auto& [id, entry] : model_.entries) {
      if (random() % 8 == 0) gone.push_back(id);
    }
    Remove(gone);
    // A copy of one that is gone takes its row.
    VectorEntry copy = vectors_.NextEntries(5'000 + static_cast<uint64_t>(round), 1)[0];
    copy.values = model_.entries.begin()->second.values;
    Upsert({copy});
    if (round % 3 == 0) manager_->WaitUntilIndexed();
    manager_.reset();
  }
  OpenManager({});
  ExpectRight();
}

TEST_F(SavedIndexTest, KeepsNoFilesThatNobodyNeeds) {
  MakeSaved(600);
  const std::string folder = std::filesystem::path(FileOf(id_)).parent_path();
  for (const char* name : {"vectors.floats.0", "vectors.codes.0", "vectors.index.0"}) {
    std::ofstream(folder + "/" + name) << "left by a crash";
  }
  OpenManager({});
  ExpectRight();
  for (const char* prefix : {"vectors.floats.", "vectors.codes.", "vectors.index."}) {
    EXPECT_THAT(Files(prefix), SizeIs(1)) << prefix;
  }
  ASSERT_OK(manager_->Drop(id_));
  EXPECT_THAT(Files("vectors."), IsEmpty());
}

TEST_F(SavedIndexTest, IsMadeAnewWhereAFileOfItIsDamagedAnywhere) {
  MakeSaved(600);
  const loadline::testing::QuietLog quiet;
  for (const char* prefix : {"vectors.index.", "vectors.codes.", "vectors.floats."}) {
    for (const double place : {0.0, 0.01, 0.3, 0.6, 0.999}) {
      SCOPED_TRACE(std::string(prefix) + " at " + std::to_string(place));
      const std::string path = Files(prefix).at(0);
      const auto size = static_cast<double>(std::filesystem::file_size(path));
      Flip(path, static_cast<size_t>(place * (size - 1)));
      OpenManager({});
      ExpectRight();
      manager_->WaitUntilIndexed();
      ExpectRight();
      manager_.reset();
    }
  }
}

TEST_F(SavedIndexTest, IsMadeAnewWhereAFileOfItIsGoneOrCutOff) {
  MakeSaved(600);
  const loadline::testing::QuietLog quiet;
  for (const char* prefix : {"vectors.index.", "vectors.codes.", "vectors.floats."}) {
    SCOPED_TRACE(prefix);
    std::filesystem::resize_file(Files(prefix).at(0),
                                 std::filesystem::file_size(Files(prefix).at(0)) / 2);
    OpenManager({});
    ExpectRight();
    manager_->WaitUntilIndexed();
    manager_.reset();
    std::filesystem::remove(Files(prefix).at(0));
    OpenManager({});
    ExpectRight();
    manager_->WaitUntilIndexed();
    manager_.reset();
  }
}

TEST_F(SavedIndexTest, OfAnOlderCopyOfTheStoreIsNotUsed) {
  MakeSaved(600);
  const std::string old = temp_.path() + "/old.db";
  std::filesystem::copy_file(FileOf(id_), old);
  const testing::VectorModel then = model_;
  OpenManager({});
  Upsert(vectors_.NextEntries(0, 600));
  manager_->WaitUntilIndexed();
  manager_.reset();
  std::filesystem::copy_file(old, FileOf(id_), std::filesystem::copy_options::overwrite_existing);
  model_ = then;
  OpenManager({});
  ExpectRight();
}

}  // namespace
}  // namespace stowage
