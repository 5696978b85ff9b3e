// Random damage to a closed file: it is refused, or reported when read, or did not matter. It is
// never served, and never ends the process.

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>
#include <string>

#include "tests/stowage/storage/storage_fixture.h"
#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using testing::NoteFile;
using testing::NoteMap;
using testing::PutNote;
using testing::ReadNotes;

int Rounds(int usual) { return std::getenv("LOADLINE_DEEP") != nullptr ? 100 * usual : usual; }

std::string Mutate(std::string bytes, std::mt19937_64& random) {
  const size_t at = random() % bytes.size();
  switch (random() % 5) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
      break;
    case 1:
      for (size_t i = at / 512 * 512, end = i + 512; i < end && i < bytes.size(); ++i) bytes[i] = 0;
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      for (size_t i = at; i < at + 16 && i < bytes.size(); ++i)
        bytes[i] = static_cast<char>(random());
      break;
    default: {  // a page in the place of another
      const size_t pages = bytes.size() / 4096;
      const std::string page = bytes.substr(random() % pages * 4096, 4096);
      bytes.replace(random() % pages * 4096, 4096, page);
    }
  }
  return bytes;
}

NoteMap ManyNotes(Database& db) {
  std::mt19937_64 random(5);
  NoteMap notes;
  for (int64_t i = 1; i <= 120; ++i) {
    std::string text = std::to_string(i) + std::string(random() % 400, static_cast<char>(random()));
    if (i % 20 == 0) text += std::string(9'000, 'o');  // overflow pages
    notes[i] = text;
  }
  EXPECT_OK(db.Commit([&](Connection& connection) {
    absl::Status status;
    for (const auto& [number, text] : notes) status.Update(PutNote(connection, number, text));
    return status;
  }));
  return notes;
}

TEST(DatabaseDamage, IsNeverServed) {
  NoteFile whole;
  NoteMap truth;
  {
    const auto db = whole.Open();
    ASSERT_OK(db);
    truth = ManyNotes(**db);
  }
  const std::string bytes = whole.Bytes();
  std::mt19937_64 random(1);
  int reported = 0;
  const int rounds = Rounds(400);
  for (int round = 0; round < rounds; ++round) {
    whole.dir().WriteFile("notes.db", Mutate(bytes, random));
    const auto db = whole.Open();
    if (!db.ok()) {
      EXPECT_TRUE(absl::IsDataLoss(db.status()) || absl::IsFailedPrecondition(db.status()))
          << "round " << round << ": " << db.status();
      ++reported;
      continue;
    }
    const auto notes = ReadNotes(**db);
    if (!notes.ok()) {
      EXPECT_TRUE(absl::IsDataLoss(notes.status())) << "round " << round << ": " << notes.status();
      ++reported;
      continue;
    }
    EXPECT_TRUE(*notes == truth) << "round " << round << ": served wrong notes";
  }
  EXPECT_GT(reported, rounds / 2) << "most of the damage must have hit something";
}

TEST(DatabaseDamage, IsReportedOnOneLine) {
  NoteFile whole;
  {
    const auto db = whole.Open();
    ASSERT_OK(db);
    ManyNotes(**db);
  }
  const std::string bytes = whole.Bytes();
  std::mt19937_64 random(3);
  int reported = 0;
  for (int round = 0; round < Rounds(150); ++round) {
    whole.dir().WriteFile("notes.db", Mutate(bytes, random));
    const auto db = whole.Open();
    const absl::Status status = db.ok() ? ReadNotes(**db).status() : db.status();
    if (status.ok()) continue;
    ++reported;
    for (const char c : status.message()) {
      EXPECT_GE(static_cast<unsigned char>(c), ' ') << "round " << round << ": " << status;
    }
  }
  EXPECT_GT(reported, 50);
}

TEST(DatabaseDamage, OfTheLogRollsBackToAWholeCommit) {
  // A copy made while the file is open is what a killed process leaves.
  NoteFile live;
  const auto db = live.Open({.checkpoint_pages = 1'000'000});
  ASSERT_OK(db);
  constexpr int64_t kNotes = 30;
  for (int64_t i = 1; i <= kNotes; ++i) {
    ASSERT_OK((*db)->Commit([&](Connection& c) { return PutNote(c, i, std::to_string(i)); }));
  }
  const std::string file = live.Bytes();
  const std::string log = live.dir().ReadFile("notes.db-wal");
  std::mt19937_64 random(2);
  for (int round = 0; round < Rounds(100); ++round) {
    NoteFile copy;
    copy.dir().WriteFile("notes.db", file);
    copy.dir().WriteFile("notes.db-wal", Mutate(log, random));
    const auto opened = copy.Open();
    ASSERT_OK(opened) << round;
    const auto notes = ReadNotes(**opened);
    ASSERT_OK(notes) << round;
    int64_t next = 1;
    for (const auto& [number, text] : *notes) EXPECT_EQ(number, next++) << "a hole, " << round;
  }
}

TEST(DatabaseDamage, NamesTheRow) {
  NoteFile file;
  {
    const auto db = file.Open();
    ASSERT_OK(db);
    ASSERT_OK((*db)->Commit([&](Connection& c) { return PutNote(c, 41, "find me"); }));
  }
  std::string bytes = file.Bytes();
  // In the table and in the two indexes, so that the walk at open finds them in agreement.
  for (size_t at = 0; (at = bytes.find("find me", at)) != std::string::npos; ++at) bytes[at] = 'm';
  file.dir().WriteFile("notes.db", bytes);
  const auto db = file.Open();
  ASSERT_OK(db);
  EXPECT_THAT(ReadNotes(**db),
              loadline::testing::StatusIs(absl::StatusCode::kDataLoss,
                                          ::testing::HasSubstr("table notes, key 41")));
}

}  // namespace
}  // namespace stowage
