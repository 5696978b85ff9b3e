// Many threads on one file: what they share, and that none harms another.

#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <new>
#include <string>
#include <thread>
#include <vector>

#include "tests/stowage/storage/storage_fixture.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/quiet_log.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::FaultVfs;
using ::loadline::testing::StatusIs;
using ::testing::HasSubstr;
using testing::NoteFile;
using testing::PutNote;
using testing::ReadNotes;

constexpr int kThreads = 8;

template <typename Work>
void OnThreads(Work work) {
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back([&work, t] { work(t); });
  for (std::thread& thread : threads) thread.join();
}

TEST(GroupCommit, SharesSyncsBetweenThreads) {
  FaultVfs vfs;
  NoteFile file;
  const auto db = file.Open({.checkpoint_pages = 1'000'000});
  ASSERT_OK(db);
  constexpr int kEach = 50;
  OnThreads([&](int t) {
    for (int i = 0; i < kEach; ++i) {
      const int number = t * kEach + i;
      EXPECT_OK((*db)->Commit([&](Connection& connection) {
        return PutNote(connection, number, std::to_string(number));
      }));
    }
  });
  const DatabaseStats stats = (*db)->Stats();
  EXPECT_EQ(stats.commits, uint64_t{kThreads * kEach});
  EXPECT_LE(stats.transactions, stats.commits);
  // The first sync of a log is one more: its header.
  EXPECT_LE(vfs.log_syncs(), static_cast<int>(stats.transactions) + 2);
  const auto notes = ReadNotes(**db);
  ASSERT_OK(notes);
  EXPECT_EQ(notes->size(), size_t{kThreads * kEach});
}

TEST(GroupCommit, LetsAFailingWriteHarmNoOther) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  std::atomic<int> refused{0};
  OnThreads([&](int t) {
    for (int i = 0; i < 40; ++i) {
      const int number = t * 100 + i;
      const absl::Status status = (*db)->Commit([&](Connection& connection) -> absl::Status {
        absl::Status put = PutNote(connection, number, std::to_string(number));
        if (!put.ok()) return put;
        return i % 2 == 0 ? absl::OkStatus() : absl::CancelledError("odd");
      });
      if (absl::IsCancelled(status)) ++refused;
      EXPECT_EQ(status.ok(), i % 2 == 0) << status;
    }
  });
  EXPECT_EQ(refused, kThreads * 20);
  const auto notes = ReadNotes(**db);
  ASSERT_OK(notes);
  EXPECT_EQ(notes->size(), size_t{kThreads * 20});
  for (const auto& [number, text] : *notes) EXPECT_EQ(number % 2, 0);
  EXPECT_OK((*db)->CheckIntegrity());
}

TEST(GroupCommit, CallsBackInTheOrderOfTheCommits) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  // Neither needs a lock: writes run one at a time, and so do callbacks.
  int64_t written = 0;
  std::vector<int64_t> called_back;
  OnThreads([&](int) {
    for (int i = 0; i < 40; ++i) {
      int64_t mine = 0;
      EXPECT_OK((*db)->Commit(
          [&](Connection& connection) {
            mine = ++written;
            return PutNote(connection, mine, std::to_string(mine));
          },
          [&] { called_back.push_back(mine); }));
    }
  });
  ASSERT_EQ(called_back.size(), size_t{kThreads * 40});
  for (size_t i = 0; i < called_back.size(); ++i) {
    EXPECT_EQ(called_back[i], static_cast<int64_t>(i) + 1);
  }
}

TEST(GroupCommit, ReadsOnlyWholeCommits) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop) {
      const auto notes = ReadNotes(**db);
      EXPECT_OK(notes);
      EXPECT_EQ(notes->size() % 2, 0u);
    }
  });
  for (int i = 0; i < 60; i += 2) {
    EXPECT_OK((*db)->Commit([&](Connection& connection) -> absl::Status {
      absl::Status first = PutNote(connection, i, std::to_string(i));
      return first.ok() ? PutNote(connection, i + 1, std::to_string(i + 1)) : first;
    }));
  }
  stop = true;
  reader.join();
}

// Commits a first write, during which two others queue up: as a rule they share a transaction.
// Their statuses.
std::vector<absl::Status> CommitTwoBehindAnother(Database& db, int64_t number, std::string text) {
  std::vector<absl::Status> statuses(2);
  std::vector<std::thread> others;
  EXPECT_OK(db.Commit([&](Connection& connection) {
    for (size_t i = 0; i < 2; ++i) {
      others.emplace_back([&, i] {
        statuses[i] = db.Commit(
            [&](Connection& c) { return PutNote(c, number + static_cast<int64_t>(i), text); });
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return PutNote(connection, 1, "first");
  }));
  for (std::thread& other : others) other.join();
  return statuses;
}

TEST(GroupCommit, TellsOneOfTwoThatItsTextIsTaken) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  const auto statuses = CommitTwoBehindAnother(**db, 10, "wanted by both");
  EXPECT_NE(statuses[0].ok(), statuses[1].ok());
  EXPECT_EQ(absl::IsAlreadyExists(statuses[0]), !absl::IsAlreadyExists(statuses[1]));
}

TEST(GroupCommit, BlamesNoOtherWriteThatNeverHappened) {
  const loadline::testing::QuietLog quiet;
  FaultVfs vfs;
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  ASSERT_OK((*db)->Commit([](Connection& c) { return PutNote(c, 0, "makes the log"); }));
  vfs.OnlySyncs(true);
  vfs.FailNth(2, EIO);  // the first write's succeeds
  // One of the two finds the text taken, by a write that then does not become durable.
  for (const absl::Status& status : CommitTwoBehindAnother(**db, 10, "wanted by both")) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  }
}

TEST(GroupCommit, SurvivesAWriteThatThrowsAnything) {
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  OnThreads([&](int t) {
    for (int i = 0; i < 10; ++i) {
      const int number = t * 100 + i;
      const absl::Status status = (*db)->Commit([&](Connection& c) -> absl::Status {
        absl::Status put = PutNote(c, number, std::to_string(number));
        if (i % 3 == 0) throw number;
        return put;
      });
      EXPECT_EQ(absl::IsInternal(status), i % 3 == 0) << status;
      EXPECT_EQ(status.ok(), i % 3 != 0) << status;
    }
  });
  const auto notes = ReadNotes(**db);
  ASSERT_OK(notes);
  EXPECT_EQ(notes->size(), size_t{kThreads * 6});
}

TEST(GroupCommit, StopsWhenMemoryCannotFollowACommit) {
  const loadline::testing::QuietLog quiet;
  NoteFile file;
  {
    const auto db = file.Open();
    ASSERT_OK(db);
    EXPECT_THAT((*db)->Commit([](Connection& c) { return PutNote(c, 1, "one"); },
                              [] { throw std::bad_alloc(); }),
                StatusIs(absl::StatusCode::kInternal, HasSubstr("durable all the same")));
    EXPECT_THAT((*db)->Commit([](Connection& c) { return PutNote(c, 2, "two"); }),
                StatusIs(absl::StatusCode::kUnavailable));
  }
  const auto db = file.Open();
  ASSERT_OK(db);
  EXPECT_THAT(ReadNotes(**db), loadline::testing::IsOkAndHolds(testing::NoteMap{{1, "one"}}));
}

TEST(GroupCommit, AcknowledgesNothingWhenAWriteEndsTheTransaction) {
  const loadline::testing::QuietLog quiet;
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  EXPECT_THAT((*db)->Commit([](Connection& c) -> absl::Status {
    absl::Status put = PutNote(c, 1, "one");
    return put.ok() ? c.Execute("ROLLBACK") : put;
  }),
              StatusIs(absl::StatusCode::kInternal, HasSubstr("ended the transaction")));
  EXPECT_THAT(ReadNotes(**db), loadline::testing::IsOkAndHolds(testing::NoteMap{}));
}

}  // namespace
}  // namespace stowage
