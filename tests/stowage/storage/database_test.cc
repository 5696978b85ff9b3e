#include "stowage/storage/database.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/stowage/storage/storage_fixture.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::FaultVfs;
using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::NoteFile;
using testing::NoteMap;
using ::testing::Pair;
using testing::PutNote;
using testing::ReadNotes;

absl::Status Put(Database& db, int64_t number, const std::string& text) {
  return db.Commit([&](Connection& connection) { return PutNote(connection, number, text); });
}

// The exit code of a forked child that ran `work`.
template <typename Work>
int InChild(Work work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Database, HoldsWhatWasCommittedWhenOpenedAgain) {
  NoteFile file;
  {
    const auto db = file.Open();
    ASSERT_OK(db);
    ASSERT_OK(Put(**db, 1, "one"));
    ASSERT_OK(Put(**db, 2, "two"));
  }
  const auto db = file.Open();
  ASSERT_OK(db);
  EXPECT_THAT(ReadNotes(**db), IsOkAndHolds(ElementsAre(Pair(1, "one"), Pair(2, "two"))));
  EXPECT_OK((*db)->CheckIntegrity());
}

TEST(Database, LeavesOneFileBehindWhenClosed) {
  NoteFile file;
  {
    const auto db = file.Open();
    ASSERT_OK(db);
    ASSERT_OK(Put(**db, 1, "one"));
  }
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(file.dir().path())) {
    names.push_back(entry.path().filename());
  }
  EXPECT_THAT(names, ElementsAre("notes.db"));
}

TEST(Database, RemovesWhatACrashLeftOfItsMaking) {
  NoteFile file;
  file.dir().WriteFile("notes.db.12.34.tmp", "half of a database");
  ASSERT_OK(file.Open());
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(file.dir().path())) {
    names.push_back(entry.path().filename());
  }
  EXPECT_THAT(names, ElementsAre("notes.db"));
}

TEST(Database, TakesNothingOfAWriteThatFails) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  bool durable = false;
  EXPECT_THAT((*db)->Commit(
                  [](Connection& connection) {
                    return PutNote(connection, 1, "one").ok() ? absl::CancelledError("no")
                                                              : absl::InternalError("put failed");
                  },
                  [&] { durable = true; }),
              StatusIs(absl::StatusCode::kCancelled, "no"));
  EXPECT_FALSE(durable);
  EXPECT_THAT(ReadNotes(**db), IsOkAndHolds(NoteMap{}));
  EXPECT_OK(Put(**db, 2, "two")) << "a failed write must not degrade the file";
}

TEST(Database, TurnsAnExceptionOfAWriteIntoAStatus) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  EXPECT_THAT((*db)->Commit([](Connection&) -> absl::Status { throw std::runtime_error("oops"); }),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("oops")));
  EXPECT_OK(Put(**db, 1, "one"));
}

TEST(Database, SyncsItsLogOnceForEachCommit) {
  FaultVfs vfs;
  NoteFile file;
  const auto db = file.Open({.checkpoint_pages = 1'000'000});
  ASSERT_OK(db);
  ASSERT_OK(Put(**db, 0, "the first one also makes the log"));
  const int log_syncs = vfs.log_syncs();
  const int file_syncs = vfs.file_syncs();
  for (int i = 1; i <= 100; ++i) ASSERT_OK(Put(**db, i, std::to_string(i)));
  EXPECT_EQ(vfs.log_syncs() - log_syncs, 100);
  EXPECT_EQ(vfs.file_syncs() - file_syncs, 0);
}

TEST(Database, SyncsNothingForAWriteThatChangesNothing) {
  FaultVfs vfs;
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  const int before = vfs.log_syncs() + vfs.file_syncs();
  ASSERT_OK((*db)->Commit([](Connection&) { return absl::OkStatus(); }));
  EXPECT_EQ(vfs.log_syncs() + vfs.file_syncs(), before);
}

TEST(Database, FoldsItsLogWhenItHasGrown) {
  NoteFile file;
  const auto db = file.Open({.checkpoint_pages = 20});
  ASSERT_OK(db);
  for (int i = 1; i <= 200; ++i) ASSERT_OK(Put(**db, i, std::to_string(i)));
  EXPECT_GT((*db)->Stats().checkpoints, 10u);
  EXPECT_LT(std::filesystem::file_size(file.path() + "-wal"), 60u * 4'200u);
  ASSERT_OK((*db)->Checkpoint());
  EXPECT_EQ(std::filesystem::file_size(file.path() + "-wal"), 0u);
}

TEST(Database, CountsCommitsAndTransactions) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  for (int i = 1; i <= 3; ++i) ASSERT_OK(Put(**db, i, std::to_string(i)));
  EXPECT_FALSE(Put(**db, 4, "1").ok());
  const DatabaseStats stats = (*db)->Stats();
  EXPECT_EQ(stats.commits, 3u);
  EXPECT_EQ(stats.transactions, 3u);
  EXPECT_GE(stats.log_pages, 3u);
  EXPECT_FALSE(stats.degraded);
}

TEST(Database, RefusesAFileOfANewerVersionAndLeavesItAsItIs) {
  NoteFile file;
  ASSERT_OK(file.Open({}, testing::NoteSchema(2)));
  const std::string before = file.Bytes();
  EXPECT_THAT(file.Open(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("newer version")));
  EXPECT_EQ(file.Bytes(), before);
}

TEST(Database, RefusesAnotherKindOfFileAndAnotherOwners) {
  NoteFile file;
  ASSERT_OK(file.Open());
  const std::string before = file.Bytes();
  Schema other = testing::NoteSchema();
  other.application_id = 1;
  EXPECT_THAT(file.Open({}, other),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("another kind of file")));
  EXPECT_THAT(file.Open({.identity = "somebody else"}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("belongs to \"the tests\"")));
  EXPECT_EQ(file.Bytes(), before);
}

TEST(Database, RefusesWhatTheSchemaDoesNotHave) {
  const char* const additions[] = {
      "CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM notes; END",
      "CREATE VIEW v AS SELECT * FROM notes",
      "CREATE TABLE extra(x)",
      "CREATE INDEX extra ON notes(number)",
      "CREATE VIRTUAL TABLE words USING fts5(word)",
      "DROP INDEX by_text",
      "DROP INDEX by_text; CREATE INDEX by_text ON notes(number)"};
  for (const char* addition : additions) {
    NoteFile file;
    ASSERT_OK(file.Open());
    file.Tamper(addition);
    EXPECT_THAT(file.Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("notes.db")))
        << addition;
  }
}

TEST(Database, RefusesAFileThatLeftItsWriteAheadMode) {
  NoteFile file;
  ASSERT_OK(file.Open());
  file.Tamper("PRAGMA journal_mode=DELETE");
  EXPECT_THAT(file.Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("write-ahead")));
}

TEST(Database, TakesAnEmptyFileForDamageNotForANewOne) {
  NoteFile file;
  file.dir().WriteFile("notes.db", "");
  EXPECT_THAT(file.Open(), StatusIs(absl::StatusCode::kDataLoss));
  file.dir().WriteFile("notes.db", std::string(8192, '\0'));
  EXPECT_THAT(file.Open(), StatusIs(absl::StatusCode::kDataLoss));
}

TEST(Database, RefusesALogWithoutItsFile) {
  NoteFile file;
  file.dir().WriteFile("notes.db-wal", "rows that were committed");
  EXPECT_THAT(file.Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("missing")));
  EXPECT_EQ(file.dir().ReadFile("notes.db-wal"), "rows that were committed");
}

TEST(Database, RefusesToApplyARollbackJournal) {
  NoteFile file;
  ASSERT_OK(file.Open());
  file.dir().WriteFile("notes.db-journal", "anything");
  EXPECT_THAT(file.Open(), StatusIs(absl::StatusCode::kDataLoss, HasSubstr("rollback journal")));
}

TEST(Database, FollowsNoLinkToItsFilesAndSharesNone) {
  NoteFile file;
  ASSERT_OK(file.Open());
  std::filesystem::rename(file.path(), file.dir().Path("elsewhere.db"));
  std::filesystem::create_symlink("elsewhere.db", file.path());
  EXPECT_THAT(file.Open(), StatusIs(absl::StatusCode::kPermissionDenied));
  std::filesystem::remove(file.path());
  std::filesystem::create_hard_link(file.dir().Path("elsewhere.db"), file.path());
  EXPECT_THAT(file.Open(), StatusIs(absl::StatusCode::kPermissionDenied));
  std::filesystem::remove(file.dir().Path("elsewhere.db"));
  file.dir().WriteFile("target", "");
  std::filesystem::create_symlink("target", file.path() + "-wal");
  EXPECT_THAT(file.Open(), StatusIs(absl::StatusCode::kPermissionDenied));
  std::filesystem::remove(file.path() + "-wal");
  EXPECT_OK(file.Open());
}

TEST(Database, KeepsASecondOpenerOut) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  EXPECT_THAT(file.Open(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("has it open")));
  EXPECT_OK(Put(**db, 1, "one"));
}

TEST(Database, KeepsASecondProcessOut) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  ASSERT_OK(Put(**db, 1, "one"));
  EXPECT_EQ(InChild([&] { return absl::IsUnavailable(file.Open().status()) ? 7 : 1; }), 7);
  EXPECT_OK(Put(**db, 2, "two"));
}

TEST(Database, RefusesToWorkInAForkedChild) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  EXPECT_EQ(InChild([&] {
              const bool refused = absl::IsFailedPrecondition(Put(**db, 1, "child")) &&
                                   absl::IsFailedPrecondition(ReadNotes(**db).status()) &&
                                   absl::IsFailedPrecondition((*db)->Checkpoint());
              return refused ? 7 : 1;
            }),
            7);
  ASSERT_OK(Put(**db, 1, "parent"));
  EXPECT_THAT(ReadNotes(**db), IsOkAndHolds(ElementsAre(Pair(1, "parent"))));
}

TEST(Database, ClosesInAForkedChildAlthoughAnotherThreadWasWriting) {
  NoteFile file;
  auto db = file.Open();
  ASSERT_OK(db);
  int status = 0;
  ASSERT_OK((*db)->Commit([&](Connection& connection) {
    // The write runs on this thread, so at the moment of the fork the connection is in use.
    status = InChild([&] {
      ::alarm(20);
      (*db).reset();
      return 7;
    });
    return PutNote(connection, 1, "parent");
  }));
  EXPECT_EQ(status, 7);
  EXPECT_THAT(ReadNotes(**db), IsOkAndHolds(ElementsAre(Pair(1, "parent"))));
}

TEST(Database, CallsBackOnceDurableAndBeforeItReturns) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  int calls = 0;
  ASSERT_OK((*db)->Commit([](Connection& connection) { return PutNote(connection, 1, "one"); },
                          [&] { ++calls; }));
  EXPECT_EQ(calls, 1);
}

TEST(Database, NamesTheFileInEveryError) {
  NoteFile file;
  file.dir().WriteFile("notes.db",
                       "not a database at all, and long enough to have a header: "
                       "more than one hundred bytes of text, to be on the safe side");
  EXPECT_THAT(file.Open(), StatusIs(absl::StatusCode::kDataLoss,
                                    AllOf(HasSubstr(file.path()), HasSubstr("not an SQLite"))));
}

}  // namespace
}  // namespace stowage
