// Every write, sync and truncation of a scripted life fails once: after each failure the file,
// opened anew, must hold what was acknowledged, or that and the one write that was under way.

#include <gtest/gtest.h>

#include <cerrno>
#include <functional>
#include <string>
#include <vector>

#include "tests/stowage/storage/storage_fixture.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/quiet_log.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::FaultVfs;
using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::QuietLog;
using ::loadline::testing::StatusIs;
using ::testing::HasSubstr;
using testing::NoteFile;
using testing::NoteMap;
using testing::PutNote;
using testing::ReadNotes;

struct Step {
  std::function<absl::Status(Connection&)> write;
  std::function<void(NoteMap&)> model;
};

Step PutStep(int64_t number, std::string text) {
  return {[=](Connection& connection) { return PutNote(connection, number, text); },
          [=](NoteMap& notes) { notes[number] = text; }};
}

Step DeleteStep(int64_t number) {
  return {[=](Connection& connection) {
            return testing::Notes().Delete(connection, {Value::Integer(number)}).status();
          },
          [=](NoteMap& notes) { notes.erase(number); }};
}

Step BatchStep(int64_t first, int64_t count) {
  return {[=](Connection& connection) -> absl::Status {
            for (int64_t i = first; i < first + count; ++i) {
              absl::Status status =
                  PutNote(connection, i, std::string(600, 'b') + std::to_string(i));
              if (!status.ok()) return status;
            }
            return absl::OkStatus();
          },
          [=](NoteMap& notes) {
            for (int64_t i = first; i < first + count; ++i) {
              notes[i] = std::string(600, 'b') + std::to_string(i);
            }
          }};
}

std::vector<Step> Script() {
  std::vector<Step> steps;
  for (int i = 1; i <= 6; ++i) steps.push_back(PutStep(i, std::to_string(i)));
  steps.push_back(BatchStep(100, 40));  // more pages than the log may have: a checkpoint follows
  steps.push_back(DeleteStep(3));
  steps.push_back(PutStep(2, "two again"));
  for (int i = 7; i <= 10; ++i)
    steps.push_back(PutStep(i, std::string(3'000, 'x') + std::to_string(i)));
  return steps;
}

struct Outcome {
  NoteMap acknowledged;
  NoteMap with_the_one_under_way;
  bool acknowledged_after_failure = false;
};

// Runs the script on the open file until the first failure, and then makes sure that nothing is
// taken any more.
Outcome RunScript(Database& db, const FaultVfs& vfs) {
  Outcome outcome;
  bool refused = false;
  for (const Step& step : Script()) {
    const bool degraded_before = !db.degraded().ok();
    const absl::Status status = db.Commit(step.write);
    if (status.ok()) {
      if (degraded_before || refused) outcome.acknowledged_after_failure = true;
      step.model(outcome.acknowledged);
      if (!refused) outcome.with_the_one_under_way = outcome.acknowledged;
    } else if (!refused) {
      EXPECT_TRUE(vfs.failed()) << status;
      if (!degraded_before) step.model(outcome.with_the_one_under_way);
      refused = true;
    }
  }
  return outcome;
}

// Fails the nth call and says whether there was one.
bool FailAndReopen(int n, int error, bool sticky) {
  FaultVfs vfs;
  NoteFile file;
  Outcome outcome;
  {
    const auto db = file.Open({.checkpoint_pages = 12});
    EXPECT_OK(db);
    vfs.FailNth(n, error, sticky);
    outcome = RunScript(**db, vfs);
  }  // closing may fail too
  const bool failed = vfs.failed();
  vfs.Disarm();
  EXPECT_FALSE(outcome.acknowledged_after_failure) << "n = " << n;
  const auto db = file.Open();
  EXPECT_OK(db) << "n = " << n;
  if (!db.ok()) return failed;
  const auto notes = ReadNotes(**db);
  EXPECT_OK(notes) << "n = " << n;
  if (notes.ok()) {
    EXPECT_TRUE(*notes == outcome.acknowledged || *notes == outcome.with_the_one_under_way)
        << "n = " << n << ": " << notes->size() << " notes, acknowledged "
        << outcome.acknowledged.size();
  }
  EXPECT_OK((*db)->CheckIntegrity()) << "n = " << n;
  EXPECT_OK((*db)->Commit([](Connection& connection) { return PutNote(connection, 999, "on"); }));
  return failed;
}

class DatabaseFaults : public ::testing::TestWithParam<std::pair<int, bool>> {};

TEST_P(DatabaseFaults, LoseNothingAcknowledgedWhicheverCallFails) {
  const QuietLog quiet;
  const auto [error, sticky] = GetParam();
  int n = 1;
  while (FailAndReopen(n, error, sticky)) ++n;
  EXPECT_GT(n, 80) << "the script must reach many calls";
}

INSTANTIATE_TEST_SUITE_P(Errors, DatabaseFaults,
                         ::testing::Values(std::pair(EIO, false), std::pair(EIO, true),
                                           std::pair(ENOSPC, false), std::pair(ENOSPC, true)));

TEST(DatabaseFault, RefusesWritesAndAnswersReadsAfterAFailedSync) {
  const QuietLog quiet;
  FaultVfs vfs;
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  ASSERT_OK((*db)->Commit([](Connection& c) { return PutNote(c, 1, "one"); }));
  vfs.OnlySyncs(true);
  vfs.FailNth(1, EIO);
  EXPECT_THAT((*db)->Commit([](Connection& c) { return PutNote(c, 2, "two"); }),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("Input/output error")));
  bool called = false;
  EXPECT_THAT((*db)->Commit([&](Connection&) {
    called = true;
    return absl::OkStatus();
  }),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(file.path())));
  EXPECT_FALSE(called);
  EXPECT_THAT(ReadNotes(**db), IsOkAndHolds(NoteMap{{1, "one"}}));
  EXPECT_TRUE((*db)->Stats().degraded);
  EXPECT_THAT((*db)->Stats().degraded_reason, HasSubstr("Input/output error"));
}

TEST(DatabaseFault, SaysThatTheDiskIsFull) {
  const QuietLog quiet;
  FaultVfs vfs;
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  vfs.FailNth(1, ENOSPC);
  EXPECT_THAT((*db)->Commit([](Connection& c) { return PutNote(c, 1, "one"); }),
              StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(DatabaseFault, TakesNoMoreWritesWhenFoldingTheLogFails) {
  const QuietLog quiet;
  FaultVfs vfs;
  NoteFile file;
  const auto db = file.Open();
  ASSERT_OK(db);
  ASSERT_OK((*db)->Commit([](Connection& c) { return PutNote(c, 1, "one"); }));
  vfs.OnlySyncs(true);
  vfs.FailNth(2, EIO);  // the log's sync succeeds, the file's does not
  EXPECT_FALSE((*db)->Checkpoint().ok());
  EXPECT_FALSE((*db)->Commit([](Connection& c) { return PutNote(c, 2, "two"); }).ok());
}

TEST(DatabaseFault, WritesAnewWhatItFindsInALogBeforeItGoesOn) {
  const QuietLog quiet;
  FaultVfs vfs;
  NoteFile file;
  {
    const auto db = file.Open();
    ASSERT_OK(db);
    ASSERT_OK((*db)->Commit([](Connection& c) { return PutNote(c, 1, "one"); }));
    vfs.OnlySyncs(true);
    vfs.FailNth(1, EIO);
    ASSERT_FALSE((*db)->Commit([](Connection& c) { return PutNote(c, 2, "two"); }).ok());
  }
  vfs.Disarm();
  const int file_syncs = vfs.file_syncs();
  ASSERT_OK(file.Open());
  // The log may hold pages that the failed sync lost although they can still be read.
  EXPECT_GE(vfs.file_syncs() - file_syncs, 1);
}

}  // namespace
}  // namespace stowage
