#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "stowage/storage/database.h"
#include "stowage/storage/schema.h"
#include "tests/stowage/storage/storage_fixture.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::FaultVfs;
using ::loadline::testing::StatusIs;
using ::stowage::testing::NoteFile;
using ::stowage::testing::NoteMap;
using ::stowage::testing::Notes;
using ::stowage::testing::NoteSchema;
using ::stowage::testing::PutNote;
using ::stowage::testing::ReadNotes;
using ::testing::HasSubstr;

const Table& Marks() {
  static const Table table("marks", {{"number", ColumnType::kInteger}});
  return table;
}

absl::Status MarkOnce(Connection& connection) {
  return Marks().Insert(connection, {Value::Integer(1)});
}

// Notes, then notes and marks, then those with an index.
const Schema& Second() {
  static const Schema first = NoteSchema(1);
  static const Schema second = {.application_id = first.application_id,
                                .user_version = 2,
                                .page_size = 4096,
                                .tables = {Notes(), Marks()},
                                .indexes = first.indexes,
                                .previous = &first,
                                .upgrade = &MarkOnce};
  return second;
}
const Schema& Third() {
  static const Schema third = {
      .application_id = Second().application_id,
      .user_version = 3,
      .page_size = 4096,
      .tables = {Notes(), Marks()},
      .indexes = {Second().indexes[0], "CREATE INDEX by_number ON marks(crc)"},
      .previous = &Second()};
  return third;
}

class SchemaUpgrade : public ::testing::Test {
 protected:
  void SetUp() override {
    auto db = file_.Open();
    ASSERT_OK(db);
    ASSERT_OK((*db)->Commit([](Connection& c) { return PutNote(c, 7, "seven"); }));
  }

  static absl::StatusOr<int64_t> CountMarks(Database& db) {
    absl::StatusOr<int64_t> count;
    absl::Status status = db.Read([&](Connection& connection) {
      count = Marks().Count(connection);
      return count.status();
    });
    return count;
  }

  NoteFile file_;
};

TEST_F(SchemaUpgrade, KeepsTheRowsAndAddsWhatIsNew) {
  auto db = file_.Open({}, Third());
  ASSERT_OK(db);
  EXPECT_EQ(*ReadNotes(**db), (NoteMap{{7, "seven"}}));
  EXPECT_EQ(*CountMarks(**db), 1);
}

TEST_F(SchemaUpgrade, HappensOnce) {
  ASSERT_OK(file_.Open({}, Third()));
  auto db = file_.Open({}, Third());
  ASSERT_OK(db);
  EXPECT_EQ(*CountMarks(**db), 1);
  db->reset();
  EXPECT_THAT(file_.Open({}, Second()),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("format 3")));
}

TEST_F(SchemaUpgrade, IsNotMadeOfAFileThatIsDamagedByItsOwnFormat) {
  file_.Tamper("DROP INDEX by_text");
  const std::string before = file_.Bytes();
  EXPECT_THAT(file_.Open({}, Third()), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("by_text")));
  EXPECT_EQ(file_.Bytes(), before);
}

TEST_F(SchemaUpgrade, LeavesTheFileAsItWasOrWholeWhicheverWriteFails) {
  constexpr int kMost = 100;
  for (int n = 1; n < kMost; ++n) {
    SCOPED_TRACE(n);
    NoteFile file;
    ASSERT_OK(file.Open());
    {
      FaultVfs vfs;
      vfs.FailNth(n, ENOSPC, /*sticky=*/true);
      const absl::Status status = file.Open({}, Third()).status();
      if (!vfs.failed()) {
        EXPECT_GT(n, 2);
        EXPECT_OK(status);
        return;
      }
    }
    auto db = file.Open({}, Third());
    ASSERT_OK(db);
    EXPECT_EQ(*CountMarks(**db), 1);
  }
  FAIL() << "no end of calls";
}

}  // namespace
}  // namespace stowage
