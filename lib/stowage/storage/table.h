#ifndef STOWAGE_STORAGE_TABLE_H_
#define STOWAGE_STORAGE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "stowage/storage/connection.h"

struct sqlite3_stmt;

namespace stowage {

// kText is for UTF-8 that was checked; anything else is kBlob. No column is ever NULL.
enum class ColumnType { kInteger, kReal, kText, kBlob };

struct Column {
  std::string name;
  ColumnType type = ColumnType::kInteger;
};

// One value on its way into a row or a condition. Text and blobs are views, bound without a copy:
// their bytes must live until the call they are passed to has returned.
class Value {
 public:
  static Value Integer(int64_t value) {
    Value v(ColumnType::kInteger);
    v.integer_ = value;
    return v;
  }
  static Value Real(double value) {
    Value v(ColumnType::kReal);
    v.real_ = value;
    return v;
  }
  static Value Text(absl::string_view value) { return Value(ColumnType::kText, value); }
  static Value Blob(absl::string_view value) { return Value(ColumnType::kBlob, value); }
  static Value Blob(const void* data, size_t size) {
    return Value(ColumnType::kBlob, {static_cast<const char*>(data), size});
  }

  ColumnType type() const { return type_; }
  int64_t integer() const { return integer_; }
  double real() const { return real_; }
  absl::string_view bytes() const { return bytes_; }

 private:
  explicit Value(ColumnType type, absl::string_view bytes = {}) : type_(type), bytes_(bytes) {}

  ColumnType type_;
  int64_t integer_ = 0;
  double real_ = 0;
  absl::string_view bytes_;
};

// A row whose checksum and types have been verified. Text and blobs point into SQLite's page
// cache: valid only during the call that was given the row. Columns are numbered as in the table.
class Row {
 public:
  int64_t Integer(size_t column) const;
  double Real(size_t column) const;
  absl::string_view Text(size_t column) const { return Bytes(column); }
  absl::string_view Blob(size_t column) const { return Bytes(column); }

 private:
  friend class Table;
  explicit Row(sqlite3_stmt* statement) : statement_(statement) {}
  absl::string_view Bytes(size_t column) const;

  sqlite3_stmt* statement_;
};

// One table of a file, and the only way to its rows. Every row carries, in a last column `crc`, a
// CRC-32C over the file's identity, the table's name and all its values (docs/formats.md, "Row
// checksum"). It is written with the row and verified on every read, so a row that was altered,
// or copied from another key, table or file, is kDataLoss naming file, table and key.
//
// A Table is a constant description: make one, keep it, share it between threads and files.
class Table {
 public:
  // The first `key_columns` columns are the primary key. A single integer key is SQLite's rowid
  // (the row stays in one page up to about the page size); any other key makes the table WITHOUT
  // ROWID (rows up to about a quarter of the page size stay in one page). `constraints` goes into
  // the CREATE TABLE behind the columns, e.g. "UNIQUE(name)".
  Table(std::string name, std::vector<Column> columns, size_t key_columns = 1,
        absl::string_view constraints = "");

  const std::string& name() const { return name_; }
  const std::string& create_statement() const { return create_sql_; }

  // `row` has a value for each column, `key` one for each key column; a wrong number or type is
  // kInvalidArgument. Writes belong inside Database::Commit.

  // kAlreadyExists: the key, or the value of a UNIQUE constraint, is taken.
  absl::Status Insert(Connection& connection, absl::Span<const Value> row) const;
  // As Insert, replacing the row that has the key.
  absl::Status Upsert(Connection& connection, absl::Span<const Value> row) const;
  // Whether there was such a row.
  absl::StatusOr<bool> Delete(Connection& connection, absl::Span<const Value> key) const;
  // Deletes the rows for which `condition` (SQL, "file = ? AND line > ?") holds; how many.
  // `condition` must be a constant: the statement is kept.
  absl::StatusOr<int64_t> DeleteWhere(Connection& connection, absl::string_view condition,
                                      absl::Span<const Value> values) const;

  // Calls `visit` with the row of `key`, if there is one; whether there was.
  absl::StatusOr<bool> Get(Connection& connection, absl::Span<const Value> key,
                           absl::FunctionRef<absl::Status(const Row&)> visit) const;
  // Calls `visit` with each row that `tail` selects (constant SQL behind "SELECT ... FROM t",
  // e.g. "WHERE sequence > ? ORDER BY sequence LIMIT ?"), until it returns an error, which is
  // then returned. `visit` must not use the connection.
  absl::Status Scan(Connection& connection, absl::string_view tail, absl::Span<const Value> values,
                    absl::FunctionRef<absl::Status(const Row&)> visit) const;
  absl::StatusOr<int64_t> Count(Connection& connection) const;
  // The keys of the rows for which `condition` holds, as in DeleteWhere(), of a table with a single
  // integer key. The rows themselves are neither read, where an index has the condition, nor
  // checked.
  absl::StatusOr<std::vector<int64_t>> KeysWhere(Connection& connection,
                                                 absl::string_view condition,
                                                 absl::Span<const Value> values) const;

 private:
  absl::Status CheckValues(absl::Span<const Value> values, size_t want) const;
  absl::Status Write(Connection& connection, const std::string& sql,
                     absl::Span<const Value> row) const;
  absl::Status ScanSql(Connection& connection, absl::string_view sql,
                       absl::Span<const Value> values,
                       absl::FunctionRef<absl::Status(const Row&)> visit) const;
  absl::Status Verify(Connection& connection, sqlite3_stmt* statement) const;
  absl::Status Damaged(Connection& connection, sqlite3_stmt* statement,
                       absl::string_view found) const;

  const std::string name_;
  const std::vector<Column> columns_;
  const size_t key_columns_;
  std::string create_sql_, insert_sql_, upsert_sql_, delete_sql_, select_sql_, get_sql_, count_sql_,
      key_condition_;
};

}  // namespace stowage

#endif  // STOWAGE_STORAGE_TABLE_H_
