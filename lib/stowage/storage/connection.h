#ifndef STOWAGE_STORAGE_CONNECTION_H_
#define STOWAGE_STORAGE_CONNECTION_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

struct sqlite3;
struct sqlite3_stmt;

namespace stowage {

// What SQLite says, which may span lines and quote the file, as a part of a message: on one line,
// escaped.
std::string OneLine(absl::string_view words_of_sqlite);

struct ConnectionOptions {
  int cache_kib = 256;        // SQLite's page cache, at most
  const char* vfs = nullptr;  // SQLite's file layer by name; null: the default one
};

// One SQLite connection with the settings that durability and safety need. Rooms above storage
// see it only as the argument that Database hands to their writes and reads, and pass it on to
// Table. Not thread-safe: Database lets one thread at a time use it.
class Connection {
 public:
  // Opens the existing file `path` (absolute, no links in it) and takes it for this process alone.
  // kPermissionDenied: a link, or read-only; kUnavailable: another process has it open, or it
  // cannot be read; kDataLoss: not a database.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(absl::string_view path,
                                                          const ConnectionOptions& options);
  // An empty database in memory, for making new files.
  static absl::StatusOr<std::unique_ptr<Connection>> OpenInMemory();
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  const std::string& path() const { return path_; }
  sqlite3* handle() const { return handle_; }

  // Where the checksum of every row starts: it ties the rows to this file's identity.
  uint32_t row_seed() const { return row_seed_; }
  void set_row_seed(uint32_t seed) { row_seed_ = seed; }

  // The prepared statement for `sql`, kept for the life of the connection, reset and unbound.
  absl::StatusOr<sqlite3_stmt*> Statement(absl::string_view sql);

  // Runs `sql`, which takes no values; result rows are dropped.
  absl::Status Execute(absl::string_view sql);
  // The first column of the first row.
  absl::StatusOr<int64_t> QueryInteger(absl::string_view sql);
  absl::StatusOr<std::string> QueryText(absl::string_view sql);

  // Where more than 16 pages and more than a quarter of the file are free, moves pages from its end
  // into free ones and cuts it off there, until at most an eighth is free. It is done or undone
  // with the transaction or savepoint around it; on disk the file gets shorter when the log is
  // folded. Does nothing to a file that was not made to give pages back (see Schema).
  absl::Status GiveBackFreePages();

  // The status for a failed SQLite call, naming what was attempted and the file. A failure of the
  // file (not one of the caller's input) is remembered until TakeFileError().
  absl::Status Error(int code, absl::string_view attempt);
  // The first failure of the file since the last call; OK if there was none.
  absl::Status TakeFileError();
  void ForgetFileError() { file_error_ = absl::OkStatus(); }

  // Whether closing folds the write-ahead log into the file and removes it (SQLite's default), or
  // leaves both as they are: for a file that is refused, or whose last write failed.
  absl::Status FoldLogOnClose(bool fold);
  // Folds the log into the file; `truncate` empties it as well.
  absl::Status Checkpoint(bool truncate);
  // Pages in the log since it was last folded.
  int log_pages() const { return log_pages_; }

  // Gives the handle up without closing it: a forked child must not touch the parent's file.
  void Abandon();

 private:
  Connection(std::string path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}
  absl::Status Configure(const ConnectionOptions& options);
  absl::Status Expect(absl::string_view pragma, absl::string_view answer);
  static int CountLogPages(void* self, sqlite3* handle, const char* schema, int pages);

  const std::string path_;
  sqlite3* handle_;
  uint32_t row_seed_ = 0;
  int log_pages_ = 0;
  absl::Status file_error_;
  absl::flat_hash_map<std::string, sqlite3_stmt*> statements_;
};

}  // namespace stowage

#endif  // STOWAGE_STORAGE_CONNECTION_H_
