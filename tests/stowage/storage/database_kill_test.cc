// A process that is killed in the middle of its commits loses none that it was told of.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <random>
#include <string>

#include "tests/stowage/storage/storage_fixture.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using testing::NoteFile;
using testing::PutNote;
using testing::ReadNotes;

// Commits notes for ever, and says through the pipe which ones are durable.
[[noreturn]] void CommitUntilKilled(NoteFile& file, int64_t first, int pipe) {
  auto db = file.Open({.checkpoint_pages = 10});
  if (!db.ok()) ::_exit(1);
  for (int64_t i = first;; ++i) {
    const std::string text = std::to_string(i) + std::string(static_cast<size_t>(i % 7) * 500, 'k');
    if (!(*db)->Commit([&](Connection& c) { return PutNote(c, i, text); }).ok()) ::_exit(1);
    if (::write(pipe, &i, sizeof i) != sizeof i) ::_exit(1);
  }
}

// The last note that the child was told is durable; it is killed `delay_us` after its first.
int64_t RunAndKill(NoteFile& file, int64_t first, useconds_t delay_us) {
  int pipe[2];
  EXPECT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) CommitUntilKilled(file, first, pipe[1]);
  ::close(pipe[1]);
  int64_t acknowledged = 0;
  EXPECT_EQ(::read(pipe[0], &acknowledged, sizeof acknowledged), ssize_t{sizeof acknowledged});
  ::usleep(delay_us);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  while (::read(pipe[0], &acknowledged, sizeof acknowledged) == ssize_t{sizeof acknowledged}) {
  }
  ::close(pipe[0]);
  return acknowledged;
}

TEST(DatabaseKill, LosesNothingAcknowledged) {
  const int rounds = std::getenv("LOADLINE_DEEP") != nullptr ? 500 : 12;
  std::mt19937 random(3);
  NoteFile file;
  int64_t next = 1;
  for (int round = 0; round < rounds; ++round) {
    const int64_t acknowledged = RunAndKill(file, next, static_cast<useconds_t>(random() % 20'000));
    const auto db = file.Open();
    ASSERT_OK(db);
    const auto notes = ReadNotes(**db);
    ASSERT_OK(notes);
    // All notes from 1 on without a hole: at least those acknowledged, at most one more.
    const auto count = static_cast<int64_t>(notes->size());
    EXPECT_GE(count, acknowledged);
    EXPECT_LE(count, acknowledged + 1);
    EXPECT_EQ(notes->rbegin()->first, count);
    next = count + 1;
  }
}

}  // namespace
}  // namespace stowage
