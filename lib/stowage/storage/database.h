#ifndef STOWAGE_STORAGE_DATABASE_H_
#define STOWAGE_STORAGE_DATABASE_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/directory.h"
#include "loadline/base/mutex.h"
#include "stowage/storage/connection.h"
#include "stowage/storage/schema.h"
#include "stowage/storage/table.h"

namespace stowage {

struct DatabaseOptions {
  std::string identity;  // whose file this is, e.g. a project's hex id; part of every row checksum
  int cache_kib = 256;   // SQLite's page cache, at most
  // Pages in the write-ahead log from which it is folded into the file. It keeps its size then,
  // unless it has twice as many: then it is emptied.
  int checkpoint_pages = 256;
  // Walk the whole file at open although it was closed cleanly. Where it is left out, a damaged row
  // is found when it is read, by its checksum, and damage elsewhere when SQLite comes across it or
  // by CheckIntegrity(). After an unclean end the file is always walked.
  bool quick_check = true;
  const char* vfs = nullptr;  // SQLite's file layer by name; null: the default one
};

struct DatabaseStats {
  uint64_t commits = 0;       // writes made durable
  uint64_t transactions = 0;  // SQLite commits, one sync each; commits / transactions = mean batch
  uint64_t checkpoints = 0;
  uint64_t log_pages = 0;  // pages written to the write-ahead log
  bool degraded = false;   // a write failed: see Database
  std::string degraded_reason;
};

// One SQLite file with one connection, shared by all threads of one process.
//
// Writes of many threads are made durable together: one thread leads, runs every queued write in
// one transaction (each in its own savepoint, so a write that fails takes no other with it) and
// syncs once for all.
//
// The first write or sync that fails degrades the database: nothing more is written (kUnavailable)
// and nothing is retried, because a second sync would report success for pages that are lost.
// Reads go on. Opening the file anew finds out what reached the disk.
//
// Thread-safe but for destruction. After fork() the child gets kFailedPrecondition from every call.
class Database {
 public:
  // Opens `name` in `directory` (whose lock the caller holds; it must outlive the database), making
  // it if it is missing. Never alters a file it refuses:
  //   kDataLoss: damaged, not of this kind, or another owner's; see quarantine.h
  //   kFailedPrecondition: made by a newer version
  //   kUnavailable: another process has it open, or it cannot be read
  //   kPermissionDenied: a link, more than one hard link, not a regular file, or no rights
  //   kResourceExhausted: no descriptors, memory or disk space
  static absl::StatusOr<std::unique_ptr<Database>> Open(const loadline::Directory& directory,
                                                        absl::string_view name,
                                                        const Schema& schema,
                                                        DatabaseOptions options = {});
  // Folds the log into the file. A failure here loses nothing: the next open does it again.
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  const std::string& path() const { return path_; }

  // Runs `write` in a transaction and returns OK once it is durable; otherwise nothing of it is in
  // the file (or, when the sync itself failed, the next open decides). `write` may be called on
  // another thread, once, or not at all; its error is returned as it is, unless the transaction
  // that it was part of failed. When it is durable `on_durable` is called, in the order of the
  // commits, before any caller of the batch returns: the place to update what is kept in memory.
  //
  // `write` and `on_durable` must not call this database. What a `write` throws is kInternal, and
  // nothing of it is kept. `on_durable` should not throw: the write is durable then, so its caller
  // gets kInternal that says so, and the database degrades, as memory no longer follows it. Do not
  // hold a lock around Commit() that any `write` or `on_durable` of this database takes; a lock may
  // be held around Read() if no `write` takes it.
  //
  // kUnavailable: degraded; kResourceExhausted: the disk is full (and degraded from now on).
  absl::Status Commit(
      absl::FunctionRef<absl::Status(Connection&)> write,
      absl::FunctionRef<void()> on_durable = [] {});

  // Runs `read` against the last durable state, one at a time and not during a commit: for loading
  // and for what memory does not hold, not for the hot path. Its error is returned as it is.
  absl::Status Read(absl::FunctionRef<absl::Status(Connection&)> read);

  // Folds the log into the file and empties it, for idle moments.
  absl::Status Checkpoint();

  // Walks the whole file (SQLite's integrity_check), from the disk and not from what SQLite has
  // cached of it. kDataLoss, with the first thing found; also when the file is no longer where it
  // was opened, because then nothing written since will be found again.
  absl::Status CheckIntegrity();

  // OK, or why the database takes no more writes.
  absl::Status degraded() const;
  DatabaseStats Stats() const;

 private:
  struct Entry;

  Database(std::unique_ptr<Connection> connection, const DatabaseOptions& options);
  absl::Status CheckProcess() const;
  // Whether the caller is to lead.
  bool JoinQueue(Entry& entry);
  void Lead();
  void TakeBatch();
  void RunBatch(absl::Span<Entry* const> batch);
  absl::Status RunWrites(absl::Span<Entry* const> batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(connection_mutex_);
  absl::Status RunTransaction(absl::Span<Entry* const> batch)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(connection_mutex_);
  absl::Status RunEntry(Entry& entry, bool alone) ABSL_EXCLUSIVE_LOCKS_REQUIRED(connection_mutex_);
  absl::Status TellDurable(Entry& entry);
  void SetLastDuration(std::chrono::nanoseconds duration);
  void FinishBatch(absl::Span<Entry* const> batch);
  void PassOn();
  void CheckpointIfDue();
  absl::Status CheckpointLocked(bool truncate) ABSL_EXCLUSIVE_LOCKS_REQUIRED(connection_mutex_);
  void Degrade(const absl::Status& reason) ABSL_EXCLUSIVE_LOCKS_REQUIRED(connection_mutex_);

  const std::string path_;
  const int checkpoint_pages_;
  const pid_t owner_pid_;

  mutable loadline::Mutex queue_mutex_;
  std::deque<Entry*> queue_ ABSL_GUARDED_BY(queue_mutex_);
  bool leading_ ABSL_GUARDED_BY(queue_mutex_) = false;
  // The threads that were writing when the last batch ended, and how long its transaction took.
  size_t expected_ ABSL_GUARDED_BY(queue_mutex_) = 0;
  std::chrono::nanoseconds last_duration_ ABSL_GUARDED_BY(queue_mutex_){0};
  loadline::CondVar gathered_;
  std::vector<Entry*> batch_;  // the leader's; reserved, so that taking a batch cannot fail

  loadline::Mutex connection_mutex_;
  const std::unique_ptr<Connection> connection_ ABSL_PT_GUARDED_BY(connection_mutex_);

  mutable loadline::Mutex stats_mutex_;
  DatabaseStats stats_ ABSL_GUARDED_BY(stats_mutex_);
  absl::Status degraded_ ABSL_GUARDED_BY(stats_mutex_);
};

// The version of the SQLite library that runs, and whether it has the fix of the defect that could
// corrupt a file in WAL mode under two connections (fixed in 3.51.3, 3.50.7 and 3.44.6). Database
// cannot meet it: it has one connection a file.
absl::string_view SqliteVersion();
bool SqliteHasWalResetFix();

}  // namespace stowage

#endif  // STOWAGE_STORAGE_DATABASE_H_
