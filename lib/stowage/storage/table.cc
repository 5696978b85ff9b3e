#include "stowage/storage/table.h"

#include <sqlite3.h>

#include <cmath>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "loadline/base/crc32c.h"
#include "loadline/base/status_macros.h"

namespace stowage {
namespace {

constexpr size_t kMaxValueBytes = 512 << 20;  // SQLite's own limit is 1e9 for the whole row

const char* SqlType(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return "INTEGER";
    case ColumnType::kReal:
      return "REAL";
    case ColumnType::kText:
      return "TEXT";
    case ColumnType::kBlob:
      return "BLOB";
  }
  return "";
}

int SqliteType(ColumnType type) {
  switch (type) {
    case ColumnType::kInteger:
      return SQLITE_INTEGER;
    case ColumnType::kReal:
      return SQLITE_FLOAT;
    case ColumnType::kText:
      return SQLITE_TEXT;
    case ColumnType::kBlob:
      return SQLITE_BLOB;
  }
  return SQLITE_NULL;
}

// The checksum of a row under construction: of each value its type, eight bytes (the number, or
// the length), and its bytes. Lengths make it impossible to move bytes between columns.
class RowChecksum {
 public:
  RowChecksum(uint32_t seed, absl::string_view table) : crc_(seed) {
    AddBytes(ColumnType::kText, table);
  }
  void AddInteger(int64_t value) { AddWord(ColumnType::kInteger, static_cast<uint64_t>(value)); }
  void AddReal(double value) {
    uint64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    AddWord(ColumnType::kReal, bits);
  }
  void AddBytes(ColumnType type, absl::string_view bytes) {
    AddWord(type, bytes.size());
    crc_ = loadline::Crc32c(crc_, bytes.data(), bytes.size());
  }
  uint32_t value() const { return crc_; }

 private:
  void AddWord(ColumnType type, uint64_t word) {
    uint8_t buffer[9] = {static_cast<uint8_t>(type)};
    for (size_t i = 0; i < 8; ++i) buffer[i + 1] = static_cast<uint8_t>(word >> (8 * i));
    crc_ = loadline::Crc32c(crc_, buffer, sizeof buffer);
  }

  uint32_t crc_;
};

// SQLite stores -0.0 as 0.0, so that is what is checksummed.
double StoredReal(double value) { return value + 0.0; }

uint32_t ChecksumOf(uint32_t seed, absl::string_view table, absl::Span<const Value> row) {
  RowChecksum checksum(seed, table);
  for (const Value& value : row) {
    switch (value.type()) {
      case ColumnType::kInteger:
        checksum.AddInteger(value.integer());
        break;
      case ColumnType::kReal:
        checksum.AddReal(StoredReal(value.real()));
        break;
      case ColumnType::kText:
      case ColumnType::kBlob:
        checksum.AddBytes(value.type(), value.bytes());
        break;
    }
  }
  return checksum.value();
}

absl::string_view ColumnBytes(sqlite3_stmt* statement, int column) {
  // The pointer first: asking for it may convert, which changes the length. An empty value has a
  // null pointer.
  const void* const data = sqlite3_column_blob(statement, column);
  const auto size = static_cast<size_t>(sqlite3_column_bytes(statement, column));
  return data == nullptr ? absl::string_view()
                         : absl::string_view(static_cast<const char*>(data), size);
}

int BindOne(sqlite3_stmt* statement, int position, const Value& value) {
  // A null pointer would bind NULL instead of an empty value.
  const char* const data = value.bytes().empty() ? "" : value.bytes().data();
  switch (value.type()) {
    case ColumnType::kInteger:
      return sqlite3_bind_int64(statement, position, value.integer());
    case ColumnType::kReal:
      return sqlite3_bind_double(statement, position, StoredReal(value.real()));
    case ColumnType::kText:
      return sqlite3_bind_text64(statement, position, data, value.bytes().size(), SQLITE_STATIC,
                                 SQLITE_UTF8);
    case ColumnType::kBlob:
      return sqlite3_bind_blob64(statement, position, data, value.bytes().size(), SQLITE_STATIC);
  }
  return SQLITE_MISUSE;
}

absl::Status Bind(Connection& connection, sqlite3_stmt* statement, absl::Span<const Value> values) {
  for (size_t i = 0; i < values.size(); ++i) {
    const int code = BindOne(statement, static_cast<int>(i) + 1, values[i]);
    if (code != SQLITE_OK) return connection.Error(code, "bind a value");
  }
  return absl::OkStatus();
}

// Ends a statement's run at the end of the scope: an open one would keep the log from being
// folded, and its bound values are the caller's.
class StatementRun {
 public:
  explicit StatementRun(sqlite3_stmt* statement) : statement_(statement) {}
  ~StatementRun() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  StatementRun(const StatementRun&) = delete;
  StatementRun& operator=(const StatementRun&) = delete;

 private:
  sqlite3_stmt* statement_;
};

std::string Placeholders(size_t count) {
  return absl::StrJoin(std::vector<absl::string_view>(count, "?"), ", ");
}

std::string KeyCondition(absl::Span<const Column> key) {
  return absl::StrJoin(key, " AND ", [](std::string* out, const Column& column) {
    absl::StrAppend(out, column.name, " = ?");
  });
}

std::string CreateSql(absl::string_view name, absl::Span<const Column> columns, size_t key_columns,
                      absl::string_view constraints) {
  const bool rowid = key_columns == 1 && columns[0].type == ColumnType::kInteger;
  std::string sql = absl::StrCat("CREATE TABLE ", name, "(");
  for (const Column& column : columns) {
    absl::StrAppend(&sql, column.name, " ", SqlType(column.type), " NOT NULL",
                    rowid && &column == columns.data() ? " PRIMARY KEY" : "", ", ");
  }
  absl::StrAppend(&sql, "crc INTEGER NOT NULL");
  if (!rowid) {
    absl::StrAppend(&sql, ", PRIMARY KEY(",
                    absl::StrJoin(columns.first(key_columns), ", ",
                                  [](std::string* out, const Column& column) {
                                    absl::StrAppend(out, column.name);
                                  }),
                    ")");
  }
  if (!constraints.empty()) absl::StrAppend(&sql, ", ", constraints);
  absl::StrAppend(&sql, ") STRICT", rowid ? "" : ", WITHOUT ROWID");
  return sql;
}

std::string UpsertSql(absl::string_view insert, absl::Span<const Column> columns,
                      size_t key_columns) {
  const auto list = [](std::string* out, const Column& column) {
    absl::StrAppend(out, column.name);
  };
  std::string sql =
      absl::StrCat(insert, " ON CONFLICT(", absl::StrJoin(columns.first(key_columns), ", ", list),
                   ") DO UPDATE SET ");
  for (const Column& column : columns.subspan(key_columns)) {
    absl::StrAppend(&sql, column.name, " = excluded.", column.name, ", ");
  }
  return absl::StrCat(sql, "crc = excluded.crc");
}

std::string KeyText(sqlite3_stmt* statement, absl::Span<const Column> key) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < key.size(); ++i) {
    const int column = static_cast<int>(i);
    const absl::string_view bytes = ColumnBytes(statement, column);
    parts.push_back(key[i].type == ColumnType::kBlob ? absl::BytesToHexString(bytes)
                                                     : absl::CHexEscape(bytes));
  }
  return absl::StrJoin(parts, ", ");
}

}  // namespace

int64_t Row::Integer(size_t column) const {
  return sqlite3_column_int64(statement_, static_cast<int>(column));
}

double Row::Real(size_t column) const {
  return sqlite3_column_double(statement_, static_cast<int>(column));
}

absl::string_view Row::Bytes(size_t column) const {
  return ColumnBytes(statement_, static_cast<int>(column));
}

Table::Table(std::string name, std::vector<Column> columns, size_t key_columns,
             absl::string_view constraints)
    : name_(std::move(name)), columns_(std::move(columns)), key_columns_(key_columns) {
  const absl::Span<const Column> all = columns_;
  const std::string names = absl::StrCat(absl::StrJoin(all, ", ",
                                                       [](std::string* out, const Column& column) {
                                                         absl::StrAppend(out, column.name);
                                                       }),
                                         ", crc");
  const std::string where_key = absl::StrCat(" WHERE ", KeyCondition(all.first(key_columns)));
  create_sql_ = CreateSql(name_, all, key_columns, constraints);
  insert_sql_ = absl::StrCat("INSERT INTO ", name_, "(", names, ") VALUES(",
                             Placeholders(all.size() + 1), ")");
  upsert_sql_ = UpsertSql(insert_sql_, all, key_columns);
  delete_sql_ = absl::StrCat("DELETE FROM ", name_);
  select_sql_ = absl::StrCat("SELECT ", names, " FROM ", name_);
  get_sql_ = absl::StrCat(select_sql_, where_key);
  count_sql_ = absl::StrCat("SELECT count(*) FROM ", name_);
  key_condition_ = KeyCondition(all.first(key_columns));
}

absl::Status Table::CheckValues(absl::Span<const Value> values, size_t want) const {
  if (values.size() != want) {
    return absl::InvalidArgumentError(
        absl::StrCat("table ", name_, ": ", values.size(), " values, want ", want));
  }
  for (size_t i = 0; i < values.size(); ++i) {
    const Value& value = values[i];
    if (value.type() != columns_[i].type) {
      return absl::InvalidArgumentError(absl::StrCat("table ", name_, ", column ", columns_[i].name,
                                                     ": want ", SqlType(columns_[i].type)));
    }
    if (std::isnan(value.real()) || value.bytes().size() > kMaxValueBytes) {
      return absl::InvalidArgumentError(absl::StrCat("table ", name_, ", column ", columns_[i].name,
                                                     ": NaN, or more than ", kMaxValueBytes,
                                                     " bytes"));
    }
  }
  return absl::OkStatus();
}

absl::Status Table::Write(Connection& connection, const std::string& sql,
                          absl::Span<const Value> row) const {
  LOADLINE_RETURN_IF_ERROR(CheckValues(row, columns_.size()));
  LOADLINE_ASSIGN_OR_RETURN(sqlite3_stmt* const statement, connection.Statement(sql));
  const StatementRun run(statement);
  LOADLINE_RETURN_IF_ERROR(Bind(connection, statement, row));
  const int bound = sqlite3_bind_int64(statement, static_cast<int>(row.size()) + 1,
                                       ChecksumOf(connection.row_seed(), name_, row));
  if (bound != SQLITE_OK) return connection.Error(bound, "bind the checksum");
  const int code = sqlite3_step(statement);
  if (code != SQLITE_DONE) return connection.Error(code, absl::StrCat("write to table ", name_));
  return absl::OkStatus();
}

absl::Status Table::Insert(Connection& connection, absl::Span<const Value> row) const {
  return Write(connection, insert_sql_, row);
}

absl::Status Table::Upsert(Connection& connection, absl::Span<const Value> row) const {
  return Write(connection, upsert_sql_, row);
}

absl::StatusOr<bool> Table::Delete(Connection& connection, absl::Span<const Value> key) const {
  LOADLINE_RETURN_IF_ERROR(CheckValues(key, key_columns_));
  LOADLINE_ASSIGN_OR_RETURN(const int64_t deleted, DeleteWhere(connection, key_condition_, key));
  return deleted > 0;
}

absl::StatusOr<int64_t> Table::DeleteWhere(Connection& connection, absl::string_view condition,
                                           absl::Span<const Value> values) const {
  LOADLINE_ASSIGN_OR_RETURN(sqlite3_stmt* const statement,
                            connection.Statement(absl::StrCat(delete_sql_, " WHERE ", condition)));
  const StatementRun run(statement);
  LOADLINE_RETURN_IF_ERROR(Bind(connection, statement, values));
  const int code = sqlite3_step(statement);
  if (code != SQLITE_DONE) {
    return connection.Error(code, absl::StrCat("delete from table ", name_));
  }
  return sqlite3_changes64(connection.handle());
}

absl::StatusOr<bool> Table::Get(Connection& connection, absl::Span<const Value> key,
                                absl::FunctionRef<absl::Status(const Row&)> visit) const {
  LOADLINE_RETURN_IF_ERROR(CheckValues(key, key_columns_));
  bool found = false;
  LOADLINE_RETURN_IF_ERROR(ScanSql(connection, get_sql_, key, [&](const Row& row) {
    found = true;
    return visit(row);
  }));
  return found;
}

absl::Status Table::Scan(Connection& connection, absl::string_view tail,
                         absl::Span<const Value> values,
                         absl::FunctionRef<absl::Status(const Row&)> visit) const {
  return ScanSql(connection, absl::StrCat(select_sql_, " ", tail), values, visit);
}

absl::Status Table::ScanSql(Connection& connection, absl::string_view sql,
                            absl::Span<const Value> values,
                            absl::FunctionRef<absl::Status(const Row&)> visit) const {
  LOADLINE_ASSIGN_OR_RETURN(sqlite3_stmt* const statement, connection.Statement(sql));
  const StatementRun run(statement);
  LOADLINE_RETURN_IF_ERROR(Bind(connection, statement, values));
  for (;;) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return absl::OkStatus();
    if (code != SQLITE_ROW) return connection.Error(code, absl::StrCat("read table ", name_));
    LOADLINE_RETURN_IF_ERROR(Verify(connection, statement));
    LOADLINE_RETURN_IF_ERROR(visit(Row(statement)));
  }
}

absl::StatusOr<std::vector<int64_t>> Table::KeysWhere(Connection& connection,
                                                      absl::string_view condition,
                                                      absl::Span<const Value> values) const {
  LOADLINE_ASSIGN_OR_RETURN(sqlite3_stmt* const statement,
                            connection.Statement(absl::StrCat("SELECT ", columns_[0].name, " FROM ",
                                                              name_, " WHERE ", condition)));
  const StatementRun run(statement);
  LOADLINE_RETURN_IF_ERROR(Bind(connection, statement, values));
  std::vector<int64_t> keys;
  int code;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    keys.push_back(sqlite3_column_int64(statement, 0));
  }
  if (code == SQLITE_DONE) return keys;
  return connection.Error(code, absl::StrCat("read keys of table ", name_));
}

absl::StatusOr<int64_t> Table::Count(Connection& connection) const {
  return connection.QueryInteger(count_sql_);
}

absl::Status Table::Verify(Connection& connection, sqlite3_stmt* statement) const {
  RowChecksum checksum(connection.row_seed(), name_);
  for (size_t i = 0; i < columns_.size(); ++i) {
    const int column = static_cast<int>(i);
    if (sqlite3_column_type(statement, column) != SqliteType(columns_[i].type)) {
      return Damaged(connection, statement,
                     absl::StrCat("column ", columns_[i].name, " has another type"));
    }
    switch (columns_[i].type) {
      case ColumnType::kInteger:
        checksum.AddInteger(sqlite3_column_int64(statement, column));
        break;
      case ColumnType::kReal:
        checksum.AddReal(sqlite3_column_double(statement, column));
        break;
      case ColumnType::kText:
      case ColumnType::kBlob:
        checksum.AddBytes(columns_[i].type, ColumnBytes(statement, column));
        break;
    }
  }
  const int64_t stored = sqlite3_column_int64(statement, static_cast<int>(columns_.size()));
  if (stored == int64_t{checksum.value()}) return absl::OkStatus();
  return Damaged(connection, statement,
                 absl::StrFormat("checksum %08x, want %08x", stored, checksum.value()));
}

absl::Status Table::Damaged(Connection& connection, sqlite3_stmt* statement,
                            absl::string_view found) const {
  // A long value needs memory to be put together; without it the row only seems damaged.
  if (sqlite3_errcode(connection.handle()) == SQLITE_NOMEM) {
    return connection.Error(SQLITE_NOMEM, absl::StrCat("read table ", name_));
  }
  return absl::DataLossError(
      absl::StrCat(connection.path(), ": table ", name_, ", key ",
                   KeyText(statement, absl::MakeConstSpan(columns_).first(key_columns_)),
                   ": the row is damaged: ", found));
}

}  // namespace stowage
