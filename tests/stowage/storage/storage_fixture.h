#ifndef TESTS_STOWAGE_STORAGE_STORAGE_FIXTURE_H_
#define TESTS_STOWAGE_STORAGE_STORAGE_FIXTURE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadline/base/directory.h"
#include "stowage/storage/database.h"
#include "tests/support/sqlite_script.h"
#include "tests/support/temp_dir.h"

namespace stowage::testing {

inline constexpr uint32_t kApplicationId = 0x54657374;

// A file of notes: a number, and a text that no other note has.
inline const Table& Notes() {
  static const Table table("notes", {{"number", ColumnType::kInteger}, {"text", ColumnType::kBlob}},
                           1, "UNIQUE(text)");
  return table;
}

inline Schema NoteSchema(int version = 1) {
  return {kApplicationId, version, 4096, {Notes()}, {"CREATE INDEX by_text ON notes(text)"}};
}

using NoteMap = std::map<int64_t, std::string>;

inline absl::Status PutNote(Connection& connection, int64_t number, const std::string& text) {
  return Notes().Upsert(connection, {Value::Integer(number), Value::Blob(text)});
}

inline absl::StatusOr<NoteMap> ReadNotes(Database& db) {
  NoteMap notes;
  absl::Status status = db.Read([&](Connection& connection) {
    return Notes().Scan(connection, "ORDER BY number", {}, [&](const Row& row) {
      notes[row.Integer(0)] = std::string(row.Blob(1));
      return absl::OkStatus();
    });
  });
  if (!status.ok()) return status;
  return notes;
}

// A directory with a file "notes.db" in it.
class NoteFile {
 public:
  NoteFile() : directory_(*loadline::Directory::Open(dir_.path())) {}

  absl::StatusOr<std::unique_ptr<Database>> Open(DatabaseOptions options = {},
                                                 const Schema& schema = NoteSchema()) {
    if (options.identity.empty()) options.identity = "the tests";
    return Database::Open(*directory_, "notes.db", schema, std::move(options));
  }

  // Does something to the closed file with SQLite alone.
  void Tamper(const std::string& sql) { loadline::testing::RunSql(path(), sql); }

  std::string path() const { return dir_.Path("notes.db"); }
  std::string Bytes() const { return dir_.ReadFile("notes.db"); }
  const loadline::testing::TempDir& dir() const { return dir_; }
  const loadline::Directory& directory() const { return *directory_; }

 private:
  loadline::testing::TempDir dir_;
  std::unique_ptr<loadline::Directory> directory_;
};

}  // namespace stowage::testing

#endif  // TESTS_STOWAGE_STORAGE_STORAGE_FIXTURE_H_
