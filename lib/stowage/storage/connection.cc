#include "stowage/storage/connection.h"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

constexpr int64_t kPagesGivenBackAtOnce = 16;

bool IsDiskFull(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

absl::StatusCode CodeOfIoError(int extended_code, int error) {
  if (extended_code == SQLITE_IOERR_NOMEM || IsDiskFull(error)) {
    return absl::StatusCode::kResourceExhausted;
  }
  if (extended_code == SQLITE_IOERR_CORRUPTFS) return absl::StatusCode::kDataLoss;
  return absl::StatusCode::kUnavailable;
}

absl::StatusCode CodeOfCannotOpen(int extended_code, int error) {
  if (extended_code == SQLITE_CANTOPEN_SYMLINK) return absl::StatusCode::kPermissionDenied;
  if (error == 0) return absl::StatusCode::kUnavailable;
  return absl::ErrnoToStatusCode(error);
}

absl::StatusCode CodeOf(int extended_code, int error) {
  switch (extended_code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
      return absl::StatusCode::kDataLoss;
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return absl::StatusCode::kResourceExhausted;
    case SQLITE_IOERR:
      return CodeOfIoError(extended_code, error);
    case SQLITE_CANTOPEN:
      return CodeOfCannotOpen(extended_code, error);
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return absl::StatusCode::kPermissionDenied;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return absl::StatusCode::kUnavailable;
    case SQLITE_CONSTRAINT:
      return extended_code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                     extended_code == SQLITE_CONSTRAINT_ROWID ||
                     extended_code == SQLITE_CONSTRAINT_UNIQUE
                 ? absl::StatusCode::kAlreadyExists
                 : absl::StatusCode::kInvalidArgument;
    case SQLITE_TOOBIG:
    case SQLITE_RANGE:
    case SQLITE_MISMATCH:
      return absl::StatusCode::kInvalidArgument;
    default:
      return absl::StatusCode::kInternal;
  }
}

// Whether a failure is the file's (or the machine's), after which its state on disk is in doubt.
bool IsFileError(int code) {
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_FULL:
    case SQLITE_NOMEM:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return true;
    default:
      return false;
  }
}

// What the operating system said when a call failed. A failed COMMIT does not hand it to the
// connection, but the log or the file that was being written still knows.
int SystemErrno(sqlite3* handle) {
  int error = sqlite3_system_errno(handle);
  if (error != 0) return error;
  sqlite3_file* log = nullptr;
  sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (log != nullptr && log->pMethods != nullptr) {
    log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &error);
  }
  if (error == 0) sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &error);
  return error;
}

bool ErrnoMatters(int code) {
  const int primary = code & 0xFF;
  return primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(absl::string_view path,
                                                             const ConnectionOptions& options) {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(
      std::string(path).c_str(), &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      options.vfs);
  // SQLite hands out a handle to close even when it could not open, unless memory ran out.
  if (handle == nullptr) {
    return absl::ResourceExhaustedError(absl::StrCat("open ", path, ": out of memory"));
  }
  auto connection = std::unique_ptr<Connection>(new Connection(std::string(path), handle));
  if (code != SQLITE_OK) return connection->Error(code, "open");
  LOADLINE_RETURN_IF_ERROR(connection->Configure(options));
  return connection;
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::OpenInMemory() {
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(
      ":memory:", &handle,
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
      nullptr);
  if (handle == nullptr) return absl::ResourceExhaustedError("open a database: out of memory");
  auto connection = std::unique_ptr<Connection>(new Connection(":memory:", handle));
  if (code != SQLITE_OK) return connection->Error(code, "open");
  return connection;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  // What closing cannot fold into the file stays in the log, and the next open sees to it.
  if (handle_ != nullptr) sqlite3_close(handle_);
}

absl::Status Connection::Configure(const ConnectionOptions& options) {
  // Nothing in the file may run code or reach beyond it.
  const std::pair<int, int> switches[] = {
      {SQLITE_DBCONFIG_DEFENSIVE, 1},      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
      {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0}, {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
      {SQLITE_DBCONFIG_DQS_DML, 0},        {SQLITE_DBCONFIG_DQS_DDL, 0}};
  for (const auto& [name, value] : switches) {
    const int code = sqlite3_db_config(handle_, name, value, nullptr);
    if (code != SQLITE_OK) return Error(code, "configure");
  }
  // Until the file has been accepted, closing must leave it as it was found.
  LOADLINE_RETURN_IF_ERROR(FoldLogOnClose(false));
  LOADLINE_RETURN_IF_ERROR(Execute("PRAGMA trusted_schema=OFF"));
  LOADLINE_RETURN_IF_ERROR(Execute("PRAGMA cell_size_check=ON"));
  LOADLINE_RETURN_IF_ERROR(Execute("PRAGMA mmap_size=0"));
  LOADLINE_RETURN_IF_ERROR(Execute("PRAGMA temp_store=MEMORY"));
  // Before anything that reads the file: the mode in which its log is first opened stays.
  LOADLINE_RETURN_IF_ERROR(Expect("PRAGMA locking_mode=EXCLUSIVE", "exclusive"));
  LOADLINE_RETURN_IF_ERROR(Execute(absl::StrCat("PRAGMA cache_size=-", options.cache_kib)));
  LOADLINE_RETURN_IF_ERROR(Expect("PRAGMA journal_mode=WAL", "wal"));
  LOADLINE_RETURN_IF_ERROR(Execute("PRAGMA synchronous=FULL"));
  LOADLINE_RETURN_IF_ERROR(Expect("PRAGMA synchronous", "2"));
#ifdef __APPLE__
  // fsync(2) alone does not wait for the drive there.
  LOADLINE_RETURN_IF_ERROR(Execute("PRAGMA fullfsync=1"));
  LOADLINE_RETURN_IF_ERROR(Execute("PRAGMA checkpoint_fullfsync=1"));
#endif
  // SQLite's own checkpoints drop their errors; Database makes them and looks. The hook also
  // switches the automatic ones off.
  sqlite3_wal_hook(handle_, &Connection::CountLogPages, this);
  return absl::OkStatus();
}

absl::Status Connection::Expect(absl::string_view pragma, absl::string_view answer) {
  LOADLINE_ASSIGN_OR_RETURN(const std::string got, QueryText(pragma));
  if (got == answer) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(path_, ": ", pragma, " answered \"", got, "\", want \"",
                                          answer, "\": this SQLite cannot keep files durable"));
}

int Connection::CountLogPages(void* self, sqlite3*, const char*, int pages) {
  static_cast<Connection*>(self)->log_pages_ = pages;
  return SQLITE_OK;
}

absl::StatusOr<sqlite3_stmt*> Connection::Statement(absl::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    // What reset returns is the error of the last run, which has been reported.
    sqlite3_reset(found->second);
    sqlite3_clear_bindings(found->second);
    return found->second;
  }
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return Error(code, absl::StrCat("prepare \"", sql, "\""));
  statements_.emplace(sql, statement);
  return statement;
}

absl::Status Connection::Execute(absl::string_view sql) {
  LOADLINE_ASSIGN_OR_RETURN(sqlite3_stmt* const statement, Statement(sql));
  int code;
  do {
    code = sqlite3_step(statement);
  } while (code == SQLITE_ROW);
  absl::Status status = code == SQLITE_DONE ? absl::OkStatus() : Error(code, sql);
  sqlite3_reset(statement);
  return status;
}

absl::StatusOr<std::string> Connection::QueryText(absl::string_view sql) {
  LOADLINE_ASSIGN_OR_RETURN(sqlite3_stmt* const statement, Statement(sql));
  const int code = sqlite3_step(statement);
  if (code != SQLITE_ROW) {
    absl::Status status = code == SQLITE_DONE
                              ? absl::InternalError(absl::StrCat(path_, ": ", sql, ": no answer"))
                              : Error(code, sql);
    sqlite3_reset(statement);
    return status;
  }
  const unsigned char* const text = sqlite3_column_text(statement, 0);
  std::string answer = text == nullptr ? "" : reinterpret_cast<const char*>(text);
  sqlite3_reset(statement);
  return answer;
}

absl::StatusOr<int64_t> Connection::QueryInteger(absl::string_view sql) {
  LOADLINE_ASSIGN_OR_RETURN(sqlite3_stmt* const statement, Statement(sql));
  const int code = sqlite3_step(statement);
  const int64_t answer = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
  absl::Status status = code == SQLITE_ROW ? absl::OkStatus() : Error(code, sql);
  sqlite3_reset(statement);
  if (!status.ok()) return status;
  return answer;
}

absl::Status Connection::GiveBackFreePages() {
  LOADLINE_ASSIGN_OR_RETURN(int64_t free, QueryInteger("PRAGMA freelist_count"));
  LOADLINE_ASSIGN_OR_RETURN(const int64_t pages, QueryInteger("PRAGMA page_count"));
  const int64_t used = pages - free;
  // From an eighth to a quarter of the file becomes free before pages are moved again, and as much
  // is given back then: about one page is moved for each that became free, none while rows are
  // replaced, and a file of any size is shortened in proportion.
  if (free <= kPagesGivenBackAtOnce || free <= used / 3) return absl::OkStatus();
  while (free > used / 7) {
    const int64_t before = free;
    LOADLINE_RETURN_IF_ERROR(
        Execute(absl::StrCat("PRAGMA incremental_vacuum(", kPagesGivenBackAtOnce, ")")));
    LOADLINE_ASSIGN_OR_RETURN(free, QueryInteger("PRAGMA freelist_count"));
    if (free >= before) break;  // this file keeps its pages
  }
  return absl::OkStatus();
}

absl::Status Connection::Error(int code, absl::string_view attempt) {
  const int error = ErrnoMatters(code) ? SystemErrno(handle_) : 0;
  std::string message = absl::StrCat(path_, ": ", attempt, ": ", OneLine(sqlite3_errmsg(handle_)),
                                     " (SQLite code ", code, ")");
  if (error != 0) absl::StrAppend(&message, ": ", std::strerror(error));
  if ((code & 0xFF) == SQLITE_BUSY) {
    absl::StrAppend(&message, ": another process has it open, or it is open here already");
  }
  absl::Status status(CodeOf(code, error), message);
  if (IsFileError(code) && file_error_.ok()) file_error_ = status;
  return status;
}

std::string OneLine(absl::string_view words_of_sqlite) {
  return absl::CHexEscape(absl::StripAsciiWhitespace(words_of_sqlite));
}

absl::Status Connection::TakeFileError() { return std::exchange(file_error_, absl::OkStatus()); }

absl::Status Connection::FoldLogOnClose(bool fold) {
  const int code =
      sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, fold ? 0 : 1, nullptr);
  return code == SQLITE_OK ? absl::OkStatus() : Error(code, "configure");
}

absl::Status Connection::Checkpoint(bool truncate) {
  const int mode = truncate ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE;
  const int code = sqlite3_wal_checkpoint_v2(handle_, "main", mode, nullptr, nullptr);
  if (code != SQLITE_OK) return Error(code, "fold the write-ahead log into the file");
  log_pages_ = 0;
  return absl::OkStatus();
}

void Connection::Abandon() {
  handle_ = nullptr;
  statements_.clear();
}

}  // namespace stowage
