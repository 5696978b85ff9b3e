#include "stowage/vector/vector_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "loadline/base/directory.h"
#include "tests/support/sqlite_script.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace stowage {
namespace {

using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

VectorEntry RowAt(uint64_t id, float x, const std::string& file = "a.cc") {
  return {.id = id, .values = {x, 1}, .chunk = {.file = file, .first_line = 1, .last_line = 2}};
}

class VectorFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(VectorFile::Create(*Folder(), id_, {.dimension = 2, .metric = Metric::kSquaredL2}));
    Open();
  }

  std::unique_ptr<loadline::Directory> Folder() const {
    return *loadline::Directory::Open(temp_.path());
  }
  void Open() {
    file_.reset();
    auto file = VectorFile::Open(Folder(), id_);
    ASSERT_OK(file);
    file_ = *std::move(file);
  }
  // The number of the change.
  uint64_t Upsert(std::vector<VectorEntry> entries) {
    uint64_t change = 0;
    EXPECT_OK(file_->Upsert(entries, [&](uint64_t number) { change = number; }));
    return change;
  }
  uint64_t Remove(std::vector<uint64_t> ids) {
    uint64_t change = 0;
    EXPECT_OK(file_->Remove(ids, [&](uint64_t number) { change = number; }));
    return change;
  }
  // Makes the closed file one of the first format, which knew nothing of changes and kept its
  // pages.
  void MakeFirstFormat() {
    file_.reset();
    loadline::testing::RunSql(
        temp_.Path("vectors.db"),
        "DROP TABLE change; DROP TABLE saved; DROP TABLE search; PRAGMA user_version=1;"
        "PRAGMA auto_vacuum=NONE; VACUUM");
  }

  const ProjectId id_ = *ProjectId::FromHex("0123456789abcdef0123456789abcdef");
  loadline::testing::TempDir temp_;
  std::unique_ptr<VectorFile> file_;
};

TEST_F(VectorFileTest, NumbersChangesUpwardsAlsoWhenOpenedAnew) {
  const uint64_t first = Upsert({RowAt(1, 1)});
  const uint64_t second = Remove({1});
  EXPECT_GT(second, first);
  Open();
  EXPECT_GT(Upsert({RowAt(1, 1)}), second);
}

TEST_F(VectorFileTest, SaysWhatChangedAfterAChange) {
  const uint64_t first = Upsert({RowAt(1, 1), RowAt(2, 2)});
  Upsert({RowAt(3, 3, "b.cc"), RowAt(2, 9)});
  Remove({1});
  ASSERT_OK(file_->RemoveByFile("b.cc", [](uint64_t) {}));
  Open();
  EXPECT_THAT(file_->ChangedAfter(0), IsOkAndHolds(ElementsAre(1, 2, 3)));
  EXPECT_THAT(file_->ChangedAfter(first), IsOkAndHolds(ElementsAre(1, 2, 3)));
  EXPECT_THAT(file_->ChangedAfter(first + 1), IsOkAndHolds(ElementsAre(1, 3)));
  EXPECT_THAT(file_->ChangedAfter(first + 3), IsOkAndHolds(IsEmpty()));
}

TEST_F(VectorFileTest, AFailedChangeIsNone) {
  const uint64_t last = Upsert({RowAt(1, 1)});
  EXPECT_THAT(file_->Insert({{RowAt(5, 5), RowAt(1, 2)}}, [](uint64_t) {}),
              StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_THAT(file_->Remove(std::vector<uint64_t>{7}, [](uint64_t) {}),
              StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(file_->ChangedAfter(last), IsOkAndHolds(IsEmpty()));
}

TEST_F(VectorFileTest, ForgetsTheChangesThatASavedIndexKnows) {
  const uint64_t first = Upsert({RowAt(1, 1)});
  const uint64_t second = Upsert({RowAt(2, 2)});
  ASSERT_OK(file_->SetSaved({.token = 77, .change = first}));
  Open();
  EXPECT_EQ(file_->saved()->token, 77);
  EXPECT_EQ(file_->saved()->change, first);
  EXPECT_THAT(file_->ChangedAfter(first), IsOkAndHolds(ElementsAre(2)));
  EXPECT_THAT(file_->ChangedAfter(first - 1),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("forgotten")));
  ASSERT_OK(file_->SetSaved({.token = 78, .change = second}));
  Open();
  EXPECT_GT(Upsert({RowAt(3, 3)}), second);
}

TEST_F(VectorFileTest, HasNoSavedIndexAtFirst) { EXPECT_EQ(file_->saved()->token, 0); }

TEST_F(VectorFileTest, ReadsOneVector) {
  Upsert({RowAt(4, 4, "d.cc")});
  const auto entry = file_->Read(4);
  ASSERT_OK(entry);
  EXPECT_THAT(entry->values, ElementsAre(4, 1));
  EXPECT_EQ(entry->chunk.file, "d.cc");
  EXPECT_THAT(file_->Read(5), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(VectorFileTest, KnowsHowItIsToBeSearched) {
  file_.reset();
  ASSERT_OK(VectorFile::Delete(*Folder()));
  ASSERT_OK(VectorFile::Create(*Folder(), id_,
                               {.dimension = 2,
                                .metric = Metric::kCosine,
                                .index = IndexKind::kGraph,
                                .target_recall = 0.9}));
  Open();
  EXPECT_EQ(file_->config().index, IndexKind::kGraph);
  EXPECT_EQ(file_->config().target_recall, 0.9);
}

TEST_F(VectorFileTest, OpensAFileOfTheFirstFormat) {
  Upsert({RowAt(1, 1)});
  MakeFirstFormat();
  Open();
  EXPECT_THAT(file_->Count(), IsOkAndHolds(1));
  EXPECT_EQ(file_->saved()->token, 0);
  const uint64_t change = Upsert({RowAt(2, 2)});
  EXPECT_THAT(file_->ChangedAfter(change - 1), IsOkAndHolds(ElementsAre(2)));
}

constexpr uint64_t kMany = 2'000;

// A file of many vectors of 384 dimensions, numbered from 0 on: 230 pages.
class LargeVectorFileTest : public VectorFileTest {
 protected:
  void SetUp() override {
    ASSERT_OK(VectorFile::Create(*Folder(), id_, {.dimension = 384, .metric = Metric::kSquaredL2}));
    Open();
    UpsertFrom(0, kMany);
    Open();
    full_bytes_ = Bytes();
    ASSERT_GT(full_bytes_, kMany * 384 * sizeof(float));
  }

  static std::vector<uint64_t> IdsFrom(uint64_t first, uint64_t count) {
    std::vector<uint64_t> ids(count);
    std::iota(ids.begin(), ids.end(), first);
    return ids;
  }
  void UpsertFrom(uint64_t first, uint64_t count) {
    std::vector<VectorEntry> entries;
    for (const uint64_t id : IdsFrom(first, count)) {
      entries.push_back(RowAt(id, 0));
      entries.back().values.assign(384, static_cast<float>(id));
    }
    Upsert(std::move(entries));
  }
  void RemoveInBatches(uint64_t first, uint64_t end) {
    for (uint64_t id = first; id < end; id += 199)
      Remove(IdsFrom(id, std::min(end - id, uint64_t{199})));
  }
  // Of the file and its log.
  size_t Bytes() const { return file_->DiskBytes().value_or(0); }
  // All of them, with their values, and nothing is damaged.
  void ExpectIds(const std::vector<uint64_t>& ids) {
    EXPECT_OK(file_->Verify());
    std::vector<uint64_t> found;
    EXPECT_OK(file_->ForEachRun([&](const std::vector<VectorEntry>& run) {
      for (const VectorEntry& entry : run) {
        found.push_back(entry.id);
        EXPECT_EQ(entry.values, std::vector<float>(384, static_cast<float>(entry.id)));
      }
      return absl::OkStatus();
    }));
    EXPECT_EQ(found, ids);
  }

  size_t full_bytes_ = 0;
};

TEST_F(LargeVectorFileTest, GetsShorterAsVectorsAreRemoved) {
  RemoveInBatches(0, kMany - 10);
  ExpectIds(IdsFrom(kMany - 10, 10));
  Open();
  EXPECT_LT(Bytes(), full_bytes_ / 4);
  ExpectIds(IdsFrom(kMany - 10, 10));
}

TEST_F(LargeVectorFileTest, GetsShorterAsWellByOneLargeRemoval) {
  Remove(IdsFrom(10, kMany - 10));
  Open();
  EXPECT_LT(Bytes(), full_bytes_ / 4);
  ExpectIds(IdsFrom(0, 10));
}

// As when a source file is read anew.
TEST_F(LargeVectorFileTest, KeepsItsPagesForVectorsThatAreReplaced) {
  for (int i = 0; i < 3; ++i) {
    Remove(IdsFrom(500, kMany / 10));
    Open();
    EXPECT_GE(Bytes(), full_bytes_);
    UpsertFrom(500, kMany / 10);
    UpsertFrom(0, kMany / 2);
    Open();
    EXPECT_GE(Bytes(), full_bytes_);
    EXPECT_LT(Bytes(), full_bytes_ + full_bytes_ / 8);
  }
  ExpectIds(IdsFrom(0, kMany));
}

TEST_F(LargeVectorFileTest, IsAsItWasAfterARemovalThatFails) {
  std::vector<uint64_t> ids = IdsFrom(0, kMany - 10);
  ids.push_back(kMany);
  EXPECT_THAT(file_->Remove(ids, [](uint64_t) {}), StatusIs(absl::StatusCode::kNotFound));
  Open();
  EXPECT_EQ(Bytes(), full_bytes_);
  ExpectIds(IdsFrom(0, kMany));
}

TEST_F(LargeVectorFileTest, KeepsThePagesOfAFileOfTheFirstFormat) {
  MakeFirstFormat();
  Open();
  Open();  // what the upgrade wrote is in the file
  const size_t bytes = Bytes();
  RemoveInBatches(0, kMany - 10);
  UpsertFrom(0, 5);
  Open();
  EXPECT_GE(Bytes(), bytes);
  std::vector<uint64_t> ids = IdsFrom(0, 5);
  for (const uint64_t id : IdsFrom(kMany - 10, 10)) ids.push_back(id);
  ExpectIds(ids);
}

}  // namespace
}  // namespace stowage
