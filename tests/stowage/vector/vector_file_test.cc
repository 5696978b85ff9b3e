#include "stowage/vector/vector_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
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
  // Makes the closed file one of the first format, which knew nothing of changes.
  void MakeFirstFormat() {
    file_.reset();
    loadline::testing::RunSql(
        temp_.Path("vectors.db"),
        "DROP TABLE change; DROP TABLE saved; DROP TABLE search; PRAGMA user_version=1");
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
  EXPECT_THAT(file_->Remove({{7}}, [](uint64_t) {}), StatusIs(absl::StatusCode::kNotFound));
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

}  // namespace
}  // namespace stowage
