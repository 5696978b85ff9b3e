// A file whose schema gives pages back follows what is deleted from it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "tests/stowage/storage/storage_fixture.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/quiet_log.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::FaultVfs;
using ::loadline::testing::QuietLog;
using ::loadline::testing::StatusIs;
using testing::NoteFile;
using testing::NoteMap;
using testing::Notes;
using testing::NoteSchema;
using testing::PutNote;
using testing::ReadNotes;

constexpr int64_t kNotes = 200;  // two pages each: the row, and its text in the index

Schema ShrinkingSchema() {
  Schema schema = NoteSchema();
  schema.indexes.clear();
  schema.gives_pages_back = true;
  return schema;
}

std::string TextOf(int64_t number) { return std::to_string(number) + std::string(3'000, 'x'); }

NoteMap NotesFrom(int64_t first) {
  NoteMap notes;
  for (int64_t i = first; i < kNotes; ++i) notes[i] = TextOf(i);
  return notes;
}

absl::Status PutNotes(Connection& connection) {
  for (const auto& [number, text] : NotesFrom(0)) {
    const absl::Status status = PutNote(connection, number, text);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// Those before `end`, and what was theirs is given back.
absl::Status DeleteNotes(Connection& connection, int64_t end) {
  const absl::Status status =
      Notes().DeleteWhere(connection, "number < ?", {Value::Integer(end)}).status();
  return status.ok() ? connection.GiveBackFreePages() : status;
}

int64_t Query(Database& db, const std::string& pragma) {
  absl::StatusOr<int64_t> answer;
  EXPECT_OK(db.Read([&](Connection& connection) {
    answer = connection.QueryInteger(pragma);
    return answer.status();
  }));
  return answer.value_or(-1);
}
int64_t PagesOf(Database& db) { return Query(db, "PRAGMA page_count"); }
int64_t FreePagesOf(Database& db) { return Query(db, "PRAGMA freelist_count"); }

class FreePages : public ::testing::Test {
 protected:
  FreePages() { Make(ShrinkingSchema()); }

  void Make(const Schema& schema) {
    db_.reset();
    std::filesystem::remove(file_.path());
    Open(schema);
    ASSERT_OK(db_->Commit(PutNotes));
    ASSERT_OK(db_->Checkpoint());
    pages_ = PagesOf(*db_);
    ASSERT_GT(pages_, 2 * kNotes);
  }
  // Folds the log when it is told to and when it is closed.
  void Open(const Schema& schema = ShrinkingSchema(),
            DatabaseOptions options = {.checkpoint_pages = 1'000'000}) {
    db_.reset();
    auto db = file_.Open(std::move(options), schema);
    ASSERT_OK(db);
    db_ = *std::move(db);
  }
  absl::Status Delete(int64_t end) {
    return db_->Commit([&](Connection& connection) { return DeleteNotes(connection, end); });
  }
  // Of the file itself.
  int64_t PagesOnDisk() const {
    return static_cast<int64_t>(std::filesystem::file_size(file_.path())) / 4'096;
  }
  void ExpectWholeWith(const NoteMap& notes) {
    EXPECT_OK(db_->CheckIntegrity());
    const auto found = ReadNotes(*db_);
    ASSERT_OK(found);
    EXPECT_TRUE(*found == notes) << found->size() << " notes, want " << notes.size();
  }

  NoteFile file_;
  std::unique_ptr<Database> db_;
  int64_t pages_ = 0;
};

TEST_F(FreePages, StayWhereTheyAreAQuarterOfTheFile) {
  ASSERT_OK(Delete(kNotes / 5));
  EXPECT_EQ(PagesOf(*db_), pages_);
  EXPECT_GT(FreePagesOf(*db_), 16);
}

TEST_F(FreePages, StayWhereTheyAreFew) {
  ASSERT_OK(Delete(kNotes - 12));
  const int64_t pages = PagesOf(*db_);
  ASSERT_OK(Delete(kNotes - 6));
  EXPECT_EQ(PagesOf(*db_), pages);
  EXPECT_GT(FreePagesOf(*db_), pages / 3);
}

TEST_F(FreePages, AreAnEighthAtMostOnceTheyWereMore) {
  ASSERT_OK(Delete(kNotes / 3));
  EXPECT_LT(PagesOf(*db_), pages_);
  EXPECT_LE(FreePagesOf(*db_), PagesOf(*db_) / 8);
  ExpectWholeWith(NotesFrom(kNotes / 3));
}

TEST_F(FreePages, LeaveTheFileWhenItsLogIsFolded) {
  ASSERT_OK(Delete(kNotes - 4));
  EXPECT_EQ(PagesOnDisk(), pages_);
  ASSERT_OK(db_->Checkpoint());
  EXPECT_EQ(PagesOnDisk(), PagesOf(*db_));
  EXPECT_LT(PagesOnDisk(), 64);
  ExpectWholeWith(NotesFrom(kNotes - 4));
}

TEST_F(FreePages, LeaveTheFileWhenItIsClosed) {
  ASSERT_OK(Delete(kNotes - 4));
  db_.reset();
  EXPECT_LT(PagesOnDisk(), 64);
  Open();
  ExpectWholeWith(NotesFrom(kNotes - 4));
}

TEST_F(FreePages, ComeBackWithAWriteThatIsUndone) {
  EXPECT_THAT(db_->Commit([&](Connection& connection) -> absl::Status {
    const absl::Status status = DeleteNotes(connection, kNotes - 4);
    return status.ok() ? absl::CancelledError("no") : status;
  }),
              StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(PagesOf(*db_), pages_);
  ExpectWholeWith(NotesFrom(0));
}

// As in a transaction of several threads, where each write has a savepoint.
TEST_F(FreePages, ComeBackWithASavepointWhileTheWritesAroundItStay) {
  NoteMap notes = NotesFrom(0);
  ASSERT_OK(db_->Commit([&](Connection& connection) -> absl::Status {
    EXPECT_OK(PutNote(connection, 1'000, notes[1'000] = "before"));
    EXPECT_OK(connection.Execute("SAVEPOINT inner"));
    EXPECT_OK(DeleteNotes(connection, kNotes - 4));
    EXPECT_LT(*connection.QueryInteger("PRAGMA page_count"), pages_ / 2);
    EXPECT_OK(connection.Execute("ROLLBACK TO inner"));
    EXPECT_OK(connection.Execute("RELEASE inner"));
    return PutNote(connection, 1'001, notes[1'001] = "after");
  }));
  EXPECT_GE(PagesOf(*db_), pages_);
  ExpectWholeWith(notes);
  Open();
  ExpectWholeWith(notes);
}

TEST_F(FreePages, StayInAFileOfASchemaThatKeepsThem) {
  Schema schema = ShrinkingSchema();
  schema.gives_pages_back = false;
  Make(schema);
  ASSERT_OK(Delete(kNotes - 4));
  EXPECT_EQ(PagesOf(*db_), pages_);
  ExpectWholeWith(NotesFrom(kNotes - 4));
}

TEST_F(FreePages, DoNotLeaveTheLogAsLongAsTheWriteThatFreedThem) {
  Open(ShrinkingSchema(), {.checkpoint_pages = 20});
  ASSERT_OK(Delete(kNotes - 4));
  EXPECT_LT(PagesOnDisk(), 64);
  EXPECT_EQ(std::filesystem::file_size(file_.path() + "-wal"), 0U);
}

// Deletes most notes of a file that holds all, folds the log and closes it.
absl::Status DeleteAndClose(NoteFile& file) {
  const auto db = file.Open({.checkpoint_pages = 20}, ShrinkingSchema());
  if (!db.ok()) return db.status();
  return (*db)->Commit([](Connection& connection) { return DeleteNotes(connection, kNotes - 4); });
}

// Every write, sync and truncation of that fails once: a sample of them and the last ones, which
// shorten the file and empty the log; with LOADLINE_DEEP in the environment, all.
class FreePagesFaults : public FreePages {
 protected:
  FreePagesFaults() {
    db_.reset();
    bytes_ = file_.Bytes();
    FaultVfs vfs;
    EXPECT_OK(DeleteAndClose(file_));
    EXPECT_LT(PagesOnDisk(), 64);
    calls_ = vfs.calls();
  }

  // `run(file, n)` lets the nth call fail and returns whether the notes were deleted all the same.
  template <typename Run>
  void ExpectNoRowLost(Run run) const {
    for (int n = 1; n <= calls_; ++n) {
      if (!Sampled(n)) continue;
      SCOPED_TRACE(n);
      NoteFile file;
      file.dir().WriteFile("notes.db", bytes_);
      const bool acknowledged = run(file, n);
      const auto db = file.Open({}, ShrinkingSchema());
      ASSERT_OK(db);
      EXPECT_OK((*db)->CheckIntegrity());
      const auto notes = ReadNotes(**db);
      ASSERT_OK(notes);
      EXPECT_TRUE(*notes == NotesFrom(kNotes - 4) || (!acknowledged && *notes == NotesFrom(0)))
          << notes->size() << " notes";
    }
  }

 private:
  bool Sampled(int n) const {
    return std::getenv("LOADLINE_DEEP") != nullptr || n % 61 == 1 || n > calls_ - 8;
  }

  std::string bytes_;
  int calls_ = 0;
};

TEST_F(FreePagesFaults, LoseNoRowWhicheverCallFails) {
  const QuietLog quiet;
  for (const auto& [error, sticky] : {std::pair(EIO, false), std::pair(ENOSPC, true)}) {
    ExpectNoRowLost([error = error, sticky = sticky](NoteFile& file, int n) {
      FaultVfs vfs;
      vfs.FailNth(n, error, sticky);
      const bool acknowledged = DeleteAndClose(file).ok();
      EXPECT_TRUE(vfs.failed());
      return acknowledged;
    });
  }
}

TEST_F(FreePagesFaults, LoseNoRowWhereverTheProcessEnds) {
  ExpectNoRowLost([](NoteFile& file, int n) {
    const pid_t child = ::fork();
    if (child == 0) {
      FaultVfs vfs;
      vfs.HalfWrites(true);
      vfs.FailNth(n, FaultVfs::kKill);
      ::_exit(DeleteAndClose(file).ok() ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), FaultVfs::kKilled);
    return false;
  });
}

}  // namespace
}  // namespace stowage
