#include "stowage/storage/schema.h"

#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/crc32c.h"
#include "loadline/base/status_macros.h"
#include "stowage/storage/sqlite_header.h"

namespace stowage {
namespace {

constexpr absl::string_view kIdentityKey = "identity";

const Table& FileTable() {
  static const Table table("file", {{"key", ColumnType::kText}, {"value", ColumnType::kBlob}});
  return table;
}

absl::Status Damaged(const Connection& connection, absl::string_view found) {
  return absl::DataLossError(absl::StrCat(connection.path(), ": ", found));
}

// Name of an object from "CREATE TABLE name(" or "CREATE [UNIQUE] INDEX name ON".
std::string ObjectName(absl::string_view create) {
  size_t start = create.find(absl::StrContains(create, " INDEX ") ? " INDEX " : " TABLE ") + 7;
  return std::string(create.substr(start, create.find_first_of(" (", start) - start));
}

std::map<std::string, std::string> ExpectedObjects(const Schema& schema) {
  std::map<std::string, std::string> objects;
  objects[FileTable().name()] = FileTable().create_statement();
  for (const Table& table : schema.tables) objects[table.name()] = table.create_statement();
  for (const std::string& index : schema.indexes) objects[ObjectName(index)] = index;
  return objects;
}

// The indexes that SQLite makes by itself for PRIMARY KEY and UNIQUE have no text; the table's
// text implies them.
bool IsImpliedIndex(absl::string_view type, absl::string_view name, bool has_sql) {
  return type == "index" && !has_sql && absl::StartsWith(name, "sqlite_autoindex_");
}

absl::Status CheckObjects(Connection& connection, const Schema& schema) {
  std::map<std::string, std::string> missing = ExpectedObjects(schema);
  LOADLINE_ASSIGN_OR_RETURN(sqlite3_stmt* const statement,
                            connection.Statement("SELECT type, name, sql FROM sqlite_schema"));
  absl::Status status;
  int code;
  while (status.ok() && (code = sqlite3_step(statement)) == SQLITE_ROW) {
    const auto text = [&](int column) {
      const unsigned char* const bytes = sqlite3_column_text(statement, column);
      return std::string(bytes == nullptr ? "" : reinterpret_cast<const char*>(bytes));
    };
    const std::string name = text(1);
    const std::string sql = text(2);
    if (IsImpliedIndex(text(0), name, !sql.empty())) continue;
    const auto expected = missing.find(name);
    if (expected == missing.end()) {
      status =
          Damaged(connection, absl::StrCat("has an object that does not belong there: ", text(0),
                                           " ", absl::CHexEscape(name)));
    } else if (expected->second != sql) {
      status =
          Damaged(connection, absl::StrCat("table or index ", name, " is \"", absl::CHexEscape(sql),
                                           "\", want \"", expected->second, "\""));
    } else {
      missing.erase(expected);
    }
  }
  if (status.ok() && code != SQLITE_DONE) status = connection.Error(code, "read the schema");
  sqlite3_reset(statement);
  if (status.ok() && !missing.empty()) {
    status = Damaged(connection, absl::StrCat("lacks ", missing.begin()->first));
  }
  return status;
}

absl::StatusOr<int64_t> VersionOf(Connection& connection) {
  return connection.QueryInteger("PRAGMA user_version");
}

// The schema, or the previous one, whose version the file has.
absl::StatusOr<const Schema*> FindSchema(Connection& connection, const Schema& schema) {
  LOADLINE_ASSIGN_OR_RETURN(const int64_t id, connection.QueryInteger("PRAGMA application_id"));
  if (static_cast<uint32_t>(id) != schema.application_id) {
    return Damaged(connection,
                   absl::StrCat("is another kind of file: application id ",
                                static_cast<uint32_t>(id), ", want ", schema.application_id));
  }
  LOADLINE_ASSIGN_OR_RETURN(const int64_t version, VersionOf(connection));
  if (version > schema.user_version) {
    return absl::FailedPreconditionError(
        absl::StrCat(connection.path(), ": made by a newer version: format ", version,
                     ", this program knows up to ", schema.user_version));
  }
  for (const Schema* found = &schema; found != nullptr; found = found->previous) {
    if (version == found->user_version) return found;
  }
  return Damaged(connection, absl::StrCat("has format ", version, ", want ", schema.user_version));
}

uint32_t SeedOf(absl::string_view identity) {
  return loadline::Crc32c(0, identity.data(), identity.size());
}

absl::Status CheckIdentity(Connection& connection, absl::string_view identity) {
  std::string found;
  // The seed is not known before the row that it comes from.
  connection.set_row_seed(0);
  LOADLINE_ASSIGN_OR_RETURN(
      const bool there,
      FileTable().Get(connection, {Value::Text(kIdentityKey)}, [&](const Row& row) {
        found = std::string(row.Blob(1));
        return absl::OkStatus();
      }));
  if (!there) return Damaged(connection, "does not say whose file it is");
  if (found != identity) {
    return Damaged(connection, absl::StrCat("belongs to \"", absl::CHexEscape(found), "\", want \"",
                                            absl::CHexEscape(identity), "\""));
  }
  connection.set_row_seed(SeedOf(identity));
  return absl::OkStatus();
}

absl::StatusOr<std::string> Serialize(Connection& connection) {
  sqlite3_int64 size = 0;
  unsigned char* const bytes = sqlite3_serialize(connection.handle(), "main", &size, 0);
  if (bytes == nullptr) return absl::ResourceExhaustedError("make a new file: out of memory");
  std::string image(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  sqlite3_free(bytes);
  return image;
}

}  // namespace

absl::StatusOr<std::string> NewFileImage(const Schema& schema, absl::string_view identity) {
  LOADLINE_ASSIGN_OR_RETURN(const auto connection, Connection::OpenInMemory());
  const std::string settings[] = {
      absl::StrCat("PRAGMA page_size=", schema.page_size),
      absl::StrCat("PRAGMA auto_vacuum=", schema.gives_pages_back ? "INCREMENTAL" : "NONE"),
      absl::StrCat("PRAGMA application_id=", static_cast<int32_t>(schema.application_id)),
      absl::StrCat("PRAGMA user_version=", schema.user_version)};
  for (const std::string& setting : settings) {
    LOADLINE_RETURN_IF_ERROR(connection->Execute(setting));
  }
  LOADLINE_RETURN_IF_ERROR(connection->Execute(FileTable().create_statement()));
  for (const Table& table : schema.tables) {
    LOADLINE_RETURN_IF_ERROR(connection->Execute(table.create_statement()));
  }
  for (const std::string& index : schema.indexes) {
    LOADLINE_RETURN_IF_ERROR(connection->Execute(index));
  }
  LOADLINE_RETURN_IF_ERROR(
      FileTable().Insert(*connection, {Value::Text(kIdentityKey), Value::Blob(identity)}));
  LOADLINE_ASSIGN_OR_RETURN(std::string image, Serialize(*connection));
  // A database in memory has no log, but the file will be used with one from the start.
  image[kWriteVersionOffset] = kWriteAheadLogVersion;
  image[kReadVersionOffset] = kWriteAheadLogVersion;
  return image;
}

absl::Status CheckSchema(Connection& connection, const Schema& schema, absl::string_view identity) {
  LOADLINE_ASSIGN_OR_RETURN(const Schema* const found, FindSchema(connection, schema));
  LOADLINE_RETURN_IF_ERROR(CheckObjects(connection, *found));
  return CheckIdentity(connection, identity);
}

namespace {

// What of the schema the one before it lacks.
absl::Status AddObjects(Connection& connection, const Schema& schema) {
  const std::map<std::string, std::string> there = ExpectedObjects(*schema.previous);
  for (const Table& table : schema.tables) {
    if (there.contains(table.name())) continue;
    LOADLINE_RETURN_IF_ERROR(connection.Execute(table.create_statement()));
  }
  for (const std::string& index : schema.indexes) {
    if (there.contains(ObjectName(index))) continue;
    LOADLINE_RETURN_IF_ERROR(connection.Execute(index));
  }
  return absl::OkStatus();
}

absl::Status UpgradeStep(Connection& connection, const Schema& schema) {
  LOADLINE_RETURN_IF_ERROR(AddObjects(connection, schema));
  if (schema.upgrade != nullptr) LOADLINE_RETURN_IF_ERROR(schema.upgrade(connection));
  return connection.Execute(absl::StrCat("PRAGMA user_version=", schema.user_version));
}

}  // namespace

absl::Status UpgradeSchema(Connection& connection, const Schema& schema) {
  LOADLINE_ASSIGN_OR_RETURN(const int64_t version, VersionOf(connection));
  if (version == schema.user_version) return absl::OkStatus();
  LOADLINE_RETURN_IF_ERROR(UpgradeSchema(connection, *schema.previous));
  LOADLINE_RETURN_IF_ERROR(connection.Execute("BEGIN IMMEDIATE"));
  absl::Status status = UpgradeStep(connection, schema);
  if (status.ok()) status = connection.Execute("COMMIT");
  if (!status.ok()) connection.Execute("ROLLBACK").IgnoreError();  // the first error is the one
  return status;
}

}  // namespace stowage
