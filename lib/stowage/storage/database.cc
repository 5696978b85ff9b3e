#include "stowage/storage/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadline/base/deferred_calls.h"
#include "loadline/base/log.h"
#include "loadline/base/status_macros.h"
#include "stowage/storage/sqlite_header.h"

namespace stowage {
namespace {

using loadline::Directory;
using loadline::MutexLock;

// Writes in one transaction at most: bounds how long the first of them waits.
constexpr size_t kMaxBatch = 256;
// How long a leader waits for writes that it expects, at most.
constexpr std::chrono::nanoseconds kLongestPatience = std::chrono::milliseconds(1);
// A log of so many times DatabaseOptions::checkpoint_pages is emptied when it is folded.
constexpr int kLongLog = 2;

std::string LogName(absl::string_view name) { return absl::StrCat(name, "-wal"); }

uint32_t BigEndian32(absl::string_view bytes, size_t offset) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes[offset + i]);
  return value;
}

// What lies under `name`; nothing is followed or opened.
struct FileState {
  bool exists = false;
  int64_t size = 0;
};

absl::StatusOr<FileState> LookAt(const Directory& directory, const std::string& name) {
  struct stat info {};
  if (directory.fs().StatAt(directory.fd(), name.c_str(), &info) != 0) {
    if (errno == ENOENT) return FileState{};
    return absl::ErrnoToStatus(errno, absl::StrCat("look up ", directory.path(), "/", name));
  }
  if (!S_ISREG(info.st_mode) || info.st_nlink != 1) {
    return absl::PermissionDeniedError(
        absl::StrCat(directory.path(), "/", name,
                     ": want a regular file with one hard link and no symbolic link"));
  }
  return FileState{true, static_cast<int64_t>(info.st_size)};
}

absl::StatusOr<std::string> ReadHeader(const Directory& directory, const std::string& name) {
  const std::string path = absl::StrCat(directory.path(), "/", name);
  loadline::FileSystem& fs = directory.fs();
  const int fd = fs.OpenAt(directory.fd(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0);
  if (fd < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", path));
  std::string header(kHeaderBytes, '\0');
  ssize_t got;
  do {
    got = fs.Read(fd, header.data(), header.size());
  } while (got < 0 && errno == EINTR);
  const int error = errno;
  fs.Close(fd);
  if (got < 0) return absl::ErrnoToStatus(error, absl::StrCat("read ", path));
  header.resize(static_cast<size_t>(got));
  return header;
}

// Holds the file's first bytes against the schema before SQLite, which might write, sees the file.
absl::Status CheckHeader(const Directory& directory, const std::string& name,
                         const Schema& schema) {
  LOADLINE_ASSIGN_OR_RETURN(const std::string header, ReadHeader(directory, name));
  const std::string path = absl::StrCat(directory.path(), "/", name);
  if (header.size() < kHeaderBytes || header.compare(0, kMagic.size(), std::string(kMagic)) != 0) {
    return absl::DataLossError(absl::StrCat(path, ": not an SQLite file"));
  }
  const uint32_t id = BigEndian32(header, kApplicationIdOffset);
  if (id != schema.application_id) {
    return absl::DataLossError(absl::StrCat(path, ": is another kind of file: application id ", id,
                                            ", want ", schema.application_id));
  }
  const uint32_t version = BigEndian32(header, kUserVersionOffset);
  if (version > static_cast<uint32_t>(schema.user_version)) {
    return absl::FailedPreconditionError(absl::StrCat(path, ": made by a newer version: format ",
                                                      version, ", this program knows up to ",
                                                      schema.user_version));
  }
  if (header[kWriteVersionOffset] != kWriteAheadLogVersion ||
      header[kReadVersionOffset] != kWriteAheadLogVersion) {
    return absl::DataLossError(absl::StrCat(path, ": not in the write-ahead mode it was made in"));
  }
  return absl::OkStatus();
}

// Makes the file whole or not at all: an empty or half-made file can then only be damage.
absl::Status CreateFile(const Directory& directory, const std::string& name, const Schema& schema,
                        absl::string_view identity) {
  LOADLINE_ASSIGN_OR_RETURN(const FileState log, LookAt(directory, LogName(name)));
  if (log.size > 0) {
    return absl::DataLossError(
        absl::StrCat(directory.path(), "/", name, ": missing, but its write-ahead log is there"));
  }
  LOADLINE_RETURN_IF_ERROR(directory.RemoveFile(LogName(name)));
  // Nobody else writes here: the directory is locked by this process, and a file opened once.
  LOADLINE_RETURN_IF_ERROR(directory.RemoveLeftovers(name));
  LOADLINE_ASSIGN_OR_RETURN(const std::string image, NewFileImage(schema, identity));
  return directory.WriteFileAtomically(name, image);
}

// Looks for files beside the database that SQLite would act upon. Returns whether the last close
// was clean: then there is no log, or an empty one.
absl::StatusOr<bool> CheckCompanions(const Directory& directory, const std::string& name) {
  LOADLINE_ASSIGN_OR_RETURN(const bool journal, directory.Exists(absl::StrCat(name, "-journal")));
  if (journal) {
    return absl::DataLossError(absl::StrCat(
        directory.path(), "/", name,
        ": has a rollback journal beside it, which this program never writes and will not apply"));
  }
  LOADLINE_ASSIGN_OR_RETURN(const FileState log, LookAt(directory, LogName(name)));
  return log.size == 0;
}

absl::Status WalkFile(Connection& connection, absl::string_view pragma) {
  LOADLINE_ASSIGN_OR_RETURN(const std::string answer, connection.QueryText(pragma));
  if (answer == "ok") return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(connection.path(), ": ", OneLine(answer)));
}

// Everything that decides whether an opened file is accepted, and only then what changes it. A log
// that was left is folded: what was read back from it may never have reached the disk, so it is
// written and synced anew before anything is added behind it.
absl::Status Accept(Connection& connection, const Schema& schema, const DatabaseOptions& options,
                    bool clean) {
  LOADLINE_RETURN_IF_ERROR(CheckSchema(connection, schema, options.identity));
  if (!clean) {
    LOADLINE_RETURN_IF_ERROR(WalkFile(connection, "PRAGMA integrity_check(1)"));
    LOADLINE_RETURN_IF_ERROR(connection.Checkpoint(/*truncate=*/true));
  } else if (options.quick_check) {
    LOADLINE_RETURN_IF_ERROR(WalkFile(connection, "PRAGMA quick_check(1)"));
  }
  LOADLINE_RETURN_IF_ERROR(UpgradeSchema(connection, schema));
  return connection.FoldLogOnClose(true);
}

// Whatever `call` throws as a status: an exception must not leave the other writers of a batch
// waiting for ever.
template <typename Call>
absl::Status Guarded(const std::string& path, absl::string_view what, Call call) {
  try {
    return call();
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat(path, ": ", what, " threw ", error.what()));
  } catch (...) {
    return absl::InternalError(absl::StrCat(path, ": ", what, " threw something unknown"));
  }
}

}  // namespace

// A write that waits to be made durable. Lives on the stack of the thread that asked for it, and
// has a lock of its own: threads that are woken together would only wait again for a shared one.
struct Database::Entry {
  enum class State { kQueued, kLeads, kDone };

  // Waits until it is this thread's turn to lead (true) or another has done the work (false).
  bool AwaitTurn() {
    MutexLock lock(mutex);
    while (state == State::kQueued) changed.Wait(mutex);
    return state == State::kLeads;
  }
  void Become(State next) {
    MutexLock lock(mutex);
    state = next;
    // Under the lock: once it is released a finished entry may be gone with its thread's stack.
    changed.NotifyOne();
  }

  absl::FunctionRef<absl::Status(Connection&)> write;
  absl::FunctionRef<void()> on_durable;
  absl::Status status;  // the leader's until the entry is done
  loadline::Mutex mutex;
  loadline::CondVar changed;
  State state ABSL_GUARDED_BY(mutex) = State::kQueued;
};

absl::StatusOr<std::unique_ptr<Database>> Database::Open(const Directory& directory,
                                                         absl::string_view name,
                                                         const Schema& schema,
                                                         DatabaseOptions options) {
  const std::string file(name);
  LOADLINE_RETURN_IF_ERROR(directory.Exists(file).status());
  LOADLINE_ASSIGN_OR_RETURN(const FileState state, LookAt(directory, file));
  if (!state.exists) {
    LOADLINE_RETURN_IF_ERROR(CreateFile(directory, file, schema, options.identity));
  }
  LOADLINE_RETURN_IF_ERROR(CheckHeader(directory, file, schema));
  LOADLINE_ASSIGN_OR_RETURN(const bool clean, CheckCompanions(directory, file));
  LOADLINE_ASSIGN_OR_RETURN(auto connection,
                            Connection::Open(absl::StrCat(directory.path(), "/", file),
                                             {.cache_kib = options.cache_kib, .vfs = options.vfs}));
  LOADLINE_RETURN_IF_ERROR(Accept(*connection, schema, options, clean));
  return std::unique_ptr<Database>(new Database(std::move(connection), options));
}

Database::Database(std::unique_ptr<Connection> connection, const DatabaseOptions& options)
    : path_(connection->path()),
      checkpoint_pages_(options.checkpoint_pages),
      owner_pid_(::getpid()),
      connection_(std::move(connection)) {
  batch_.reserve(kMaxBatch);
}

// Without the lock: in a forked child it may be held for ever, by a thread that only the parent
// has.
Database::~Database() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  if (::getpid() != owner_pid_) connection_->Abandon();
}

absl::Status Database::CheckProcess() const {
  if (::getpid() == owner_pid_) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(path_, ": opened by process ", owner_pid_, ", of which this process is a fork"));
}

absl::Status Database::Commit(absl::FunctionRef<absl::Status(Connection&)> write,
                              absl::FunctionRef<void()> on_durable) {
  LOADLINE_RETURN_IF_ERROR(CheckProcess());
  // A leader has other writers waiting for it, and whoever logs may be waiting for one of them.
  const loadline::DeferredCalls told_later;
  Entry entry{write, on_durable, {}, {}, {}};
  if (JoinQueue(entry) || entry.AwaitTurn()) Lead();
  return std::move(entry.status);
}

bool Database::JoinQueue(Entry& entry) {
  MutexLock lock(queue_mutex_);
  queue_.push_back(&entry);
  if (leading_) {
    if (queue_.size() >= expected_) gathered_.NotifyOne();
    return false;
  }
  leading_ = true;
  return true;
}

void Database::Lead() {
  TakeBatch();
  RunBatch(batch_);
  for (Entry* entry : batch_) {
    if (entry->status.ok()) entry->status = TellDurable(*entry);
  }
  FinishBatch(batch_);
  CheckpointIfDue();
  PassOn();
}

void Database::TakeBatch() {
  MutexLock lock(queue_mutex_);
  // The threads of the last batch are about to come back with their next writes. A sync costs much
  // more than waiting a little for them, and without it they fall into two groups of half the size
  // that take turns.
  if (queue_.size() < expected_) {
    using Clock = std::chrono::steady_clock;
    const auto deadline = Clock::now() + std::min(last_duration_ / 4, kLongestPatience);
    while (queue_.size() < expected_ && gathered_.WaitFor(queue_mutex_, deadline - Clock::now())) {
    }
  }
  const auto end = queue_.begin() + static_cast<ptrdiff_t>(std::min(queue_.size(), kMaxBatch));
  batch_.assign(queue_.begin(), end);
  queue_.erase(queue_.begin(), end);
}

absl::Status Database::TellDurable(Entry& entry) {
  absl::Status told = Guarded(path_, "what follows a commit", [&] {
    entry.on_durable();
    return absl::OkStatus();
  });
  if (told.ok()) return told;
  // Memory has fallen behind the file, and the next write would build on it.
  MutexLock lock(connection_mutex_);
  Degrade(told);
  return absl::InternalError(
      absl::StrCat(told.message(),
                   "; the write is durable all the same, and seen when the file is opened anew"));
}

void Database::FinishBatch(absl::Span<Entry* const> batch) {
  {
    MutexLock lock(queue_mutex_);
    expected_ = std::min(batch.size() + queue_.size(), kMaxBatch);
  }
  for (Entry* entry : batch) entry->Become(Entry::State::kDone);
}

void Database::PassOn() {
  Entry* next = nullptr;
  {
    MutexLock lock(queue_mutex_);
    leading_ = !queue_.empty();
    if (leading_) next = queue_.front();
  }
  // It cannot be gone: only the next leader takes it out of the queue.
  if (next != nullptr) next->Become(Entry::State::kLeads);
}

void Database::RunBatch(absl::Span<Entry* const> batch) {
  MutexLock lock(connection_mutex_);
  absl::Status status = degraded();
  const int log_pages_before = connection_->log_pages();
  if (status.ok()) {
    const auto start = std::chrono::steady_clock::now();
    status = RunTransaction(batch);
    if (!status.ok()) Degrade(status);
    SetLastDuration(std::chrono::steady_clock::now() - start);
  }
  uint64_t committed = 0;
  for (Entry* entry : batch) {
    // All of them: the reason a write gave by itself may have been another write of the batch,
    // which now never happened.
    if (!status.ok()) entry->status = status;
    if (entry->status.ok()) ++committed;
  }
  if (committed == 0) return;
  const int log_pages = connection_->log_pages();
  const int written = log_pages > log_pages_before ? log_pages - log_pages_before : log_pages;
  MutexLock stats_lock(stats_mutex_);
  stats_.commits += committed;
  ++stats_.transactions;
  stats_.log_pages += static_cast<uint64_t>(written);
}

void Database::SetLastDuration(std::chrono::nanoseconds duration) {
  MutexLock lock(queue_mutex_);
  last_duration_ = duration;
}

absl::Status Database::RunWrites(absl::Span<Entry* const> batch) {
  LOADLINE_RETURN_IF_ERROR(connection_->Execute("BEGIN IMMEDIATE"));
  bool anything = false;
  for (Entry* entry : batch) {
    entry->status = RunEntry(*entry, batch.size() == 1);
    LOADLINE_RETURN_IF_ERROR(connection_->TakeFileError());
    // The writes before it are gone, and the next would not be in a transaction.
    if (sqlite3_get_autocommit(connection_->handle()) != 0) {
      return absl::InternalError(
          absl::StrCat(path_, ": a write ended the transaction: ", entry->status.message()));
    }
    anything = anything || entry->status.ok();
  }
  return anything ? connection_->Execute("COMMIT") : absl::OkStatus();
}

absl::Status Database::RunTransaction(absl::Span<Entry* const> batch) {
  // The lock is held, but the analysis does not look into the lambda.
  absl::Status status = Guarded(path_, "a transaction",
                                [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return RunWrites(batch); });
  // SQLite has rolled back by itself after some errors, and then wants no second one.
  if (sqlite3_get_autocommit(connection_->handle()) == 0) {
    const absl::Status rollback = connection_->Execute("ROLLBACK");
    if (status.ok()) status = rollback;
  }
  connection_->ForgetFileError();  // reported through `status`
  return status;
}

absl::Status Database::RunEntry(Entry& entry, bool alone) {
  const auto write = [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return entry.write(*connection_); };
  if (alone) return Guarded(path_, "a write", write);
  LOADLINE_RETURN_IF_ERROR(connection_->Execute("SAVEPOINT one_write"));
  absl::Status status = Guarded(path_, "a write", write);
  // After a failure of the file there may be no savepoint left, and all is rolled back anyway.
  if (sqlite3_get_autocommit(connection_->handle()) != 0) return status;
  if (!status.ok()) {
    LOADLINE_RETURN_IF_ERROR(connection_->Execute("ROLLBACK TO one_write"));
  }
  LOADLINE_RETURN_IF_ERROR(connection_->Execute("RELEASE one_write"));
  return status;
}

void Database::Degrade(const absl::Status& reason) {
  // No retry, not even by closing: see the class comment.
  const absl::Status kept = connection_->FoldLogOnClose(false);
  const std::string message(reason.message());
  {
    MutexLock lock(stats_mutex_);
    if (!degraded_.ok()) return;
    degraded_ = absl::UnavailableError(absl::StrCat(
        path_, ": takes no more writes until it is opened anew, because one failed: ", message));
    stats_.degraded = true;
    stats_.degraded_reason = message;
  }
  loadline::Log({loadline::LogLevel::kError,
                 "storage",
                 "a write failed; the file takes no more writes until it is opened anew",
                 {{"file", path_}, {"reason", message}, {"log_kept", kept.ok() ? "yes" : "no"}}});
}

void Database::CheckpointIfDue() {
  MutexLock lock(connection_mutex_);
  const int pages = connection_->log_pages();
  if (pages < checkpoint_pages_ || !degraded().ok()) return;
  // It is overwritten from its start, and would stay as long as the largest write ever made it.
  const bool truncate = pages / kLongLog >= checkpoint_pages_;
  // A failure degrades the database; the commits that are in the log stay durable.
  CheckpointLocked(truncate).IgnoreError();
}

absl::Status Database::CheckpointLocked(bool truncate) {
  absl::Status status = connection_->Checkpoint(truncate);
  connection_->ForgetFileError();  // reported through `status`
  if (!status.ok()) {
    Degrade(status);
    return status;
  }
  MutexLock lock(stats_mutex_);
  ++stats_.checkpoints;
  return status;
}

absl::Status Database::Read(absl::FunctionRef<absl::Status(Connection&)> read) {
  LOADLINE_RETURN_IF_ERROR(CheckProcess());
  const loadline::DeferredCalls told_later;
  MutexLock lock(connection_mutex_);
  // Only when rolling back a failed write failed too: what is visible now was never committed.
  if (sqlite3_get_autocommit(connection_->handle()) == 0) return degraded();
  absl::Status status =
      Guarded(path_, "a read", [&]() ABSL_NO_THREAD_SAFETY_ANALYSIS { return read(*connection_); });
  connection_->ForgetFileError();  // reported through `status`
  return status;
}

absl::Status Database::Checkpoint() {
  LOADLINE_RETURN_IF_ERROR(CheckProcess());
  const loadline::DeferredCalls told_later;
  MutexLock lock(connection_mutex_);
  LOADLINE_RETURN_IF_ERROR(degraded());
  return CheckpointLocked(/*truncate=*/true);
}

absl::Status Database::CheckIntegrity() {
  return Read([](Connection& connection) -> absl::Status {
    int moved = 0;
    const int code =
        sqlite3_file_control(connection.handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (code == SQLITE_OK && moved != 0) {
      return absl::DataLossError(
          absl::StrCat(connection.path(),
                       ": was moved, replaced or deleted while it was open; what has been "
                       "written since goes with it: put it back, then reopen the workspace"));
    }
    // Nobody else writes the file, so SQLite would believe its page cache for ever.
    sqlite3_db_release_memory(connection.handle());
    return WalkFile(connection, "PRAGMA integrity_check(1)");
  });
}

absl::Status Database::degraded() const {
  MutexLock lock(stats_mutex_);
  return degraded_;
}

DatabaseStats Database::Stats() const {
  MutexLock lock(stats_mutex_);
  return stats_;
}

absl::string_view SqliteVersion() { return sqlite3_libversion(); }

bool SqliteHasWalResetFix() {
  const int version = sqlite3_libversion_number();
  return version >= 3051003 || (version >= 3050007 && version < 3051000) ||
         (version >= 3044006 && version < 3045000);
}

}  // namespace stowage
