#include "stowage/vector/vector_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "stowage/storage/schema.h"
#include "stowage/storage/table.h"
#include "stowage/vector/vector_checks.h"

namespace stowage {
namespace {

constexpr absl::string_view kNewFileName = "vectors.db.new";
constexpr absl::string_view kLogSuffix = "-wal";
constexpr absl::string_view kPrefix = "vectors.";  // of this file, its log and an index's files
constexpr uint32_t kApplicationId = 0x53745665;    // "StVe"
constexpr size_t kRowsPerRun = 256;

// Columns in the order of the table.
enum VectorColumn : size_t { kId, kFile, kFirstLine, kLastLine, kLanguage, kValues };

const Table& VectorTable() {
  static const auto* const table = new Table("vector", {{"id", ColumnType::kInteger},
                                                        {"file", ColumnType::kBlob},
                                                        {"first_line", ColumnType::kInteger},
                                                        {"last_line", ColumnType::kInteger},
                                                        {"language", ColumnType::kBlob},
                                                        {"data", ColumnType::kBlob}});
  return *table;
}

const Table& ConfigTable() {
  static const auto* const table = new Table("config", {{"id", ColumnType::kInteger},
                                                        {"dimension", ColumnType::kInteger},
                                                        {"metric", ColumnType::kText}});
  return *table;
}

// What changed since the newest saved index: the ids of one change, eight bytes each.
const Table& ChangeTable() {
  static const auto* const table =
      new Table("change", {{"number", ColumnType::kInteger}, {"ids", ColumnType::kBlob}});
  return *table;
}

// No row, or one.
const Table& SavedTable() {
  static const auto* const table = new Table("saved", {{"id", ColumnType::kInteger},
                                                       {"token", ColumnType::kInteger},
                                                       {"change", ColumnType::kInteger}});
  return *table;
}

// Nine rows of 384 floats fill a page of 16 KiB to nine tenths; of 4 KiB, two to eight.
constexpr int kPageSize = 16'384;
constexpr absl::string_view kFileIndex = "CREATE INDEX vector_file ON vector(file)";

// How the store is to be searched: no row, as in files of the first format, or one.
const Table& SearchTable() {
  static const auto* const table = new Table(
      "search",
      {{"id", ColumnType::kInteger}, {"engine", ColumnType::kText}, {"target", ColumnType::kReal}});
  return *table;
}

const Schema& FirstSchema() {
  static const auto* const schema = new Schema{.application_id = kApplicationId,
                                               .user_version = 1,
                                               .page_size = kPageSize,
                                               .tables = {ConfigTable(), VectorTable()},
                                               .indexes = {std::string(kFileIndex)}};
  return *schema;
}

const Schema& VectorSchema() {
  static const auto* const schema = new Schema{
      .application_id = kApplicationId,
      .user_version = 2,
      .page_size = kPageSize,
      .tables = {ConfigTable(), SearchTable(), VectorTable(), ChangeTable(), SavedTable()},
      .indexes = {std::string(kFileIndex)},
      .gives_pages_back = true,
      .previous = &FirstSchema()};
  return *schema;
}

DatabaseOptions OptionsFor(const ProjectId& id) {
  DatabaseOptions options;
  options.identity = id.hex();
  options.cache_kib = 512;
  // A store that has a saved index is opened without reading its rows, and a walk would read them
  // all. Damage is found when a row is read, or by Verify().
  options.quick_check = false;
  return options;
}

absl::Status InsertConfig(Connection& connection, const StoreConfig& config) {
  const Value row[] = {Value::Integer(1), Value::Integer(static_cast<int64_t>(config.dimension)),
                       Value::Text(MetricName(config.metric))};
  LOADLINE_RETURN_IF_ERROR(ConfigTable().Insert(connection, row));
  const Value search[] = {Value::Integer(1), Value::Text(IndexKindName(config.index)),
                          Value::Real(config.target_recall)};
  return SearchTable().Insert(connection, search);
}

// What no store can have been made with.
absl::Status AsDamage(Connection& connection, const absl::Status& status) {
  if (!absl::IsInvalidArgument(status)) return status;
  return absl::DataLossError(absl::StrCat(connection.path(), ": table config: ", status.message()));
}

absl::StatusOr<StoreConfig> ReadConfig(Connection& connection) {
  StoreConfig config;
  const Value key[] = {Value::Integer(1)};
  const absl::StatusOr<bool> found =
      ConfigTable().Get(connection, key, [&](const Row& row) -> absl::Status {
        config.dimension = static_cast<size_t>(row.Integer(1));
        LOADLINE_ASSIGN_OR_RETURN(config.metric, ParseMetric(row.Text(2)));
        return absl::OkStatus();
      });
  LOADLINE_RETURN_IF_ERROR(AsDamage(connection, found.status()));
  if (!*found) {
    return absl::DataLossError(
        absl::StrCat(connection.path(), ": table config: its row is missing"));
  }
  LOADLINE_RETURN_IF_ERROR(AsDamage(
      connection, SearchTable()
                      .Get(connection, key,
                           [&](const Row& row) -> absl::Status {
                             LOADLINE_ASSIGN_OR_RETURN(config.index, ParseIndexKind(row.Text(1)));
                             config.target_recall = row.Real(2);
                             return absl::OkStatus();
                           })
                      .status()));
  LOADLINE_RETURN_IF_ERROR(AsDamage(connection, CheckConfig(config)));
  return config;
}

// Ids are unsigned, SQLite's integers are signed: the same 64 bits.
int64_t KeyOf(uint64_t id) { return static_cast<int64_t>(id); }

std::vector<Value> RowOf(const VectorEntry& entry) {
  return {Value::Integer(KeyOf(entry.id)),
          Value::Blob(entry.chunk.file),
          Value::Integer(entry.chunk.first_line),
          Value::Integer(entry.chunk.last_line),
          Value::Blob(entry.chunk.language),
          Value::Blob(entry.values.data(), entry.values.size() * sizeof(float))};
}

absl::StatusOr<VectorEntry> EntryOf(const Row& row, const StoreConfig& config) {
  VectorEntry entry;
  entry.id = static_cast<uint64_t>(row.Integer(kId));
  entry.chunk = {std::string(row.Blob(kFile)), row.Integer(kFirstLine), row.Integer(kLastLine),
                 std::string(row.Blob(kLanguage))};
  const absl::string_view bytes = row.Blob(kValues);
  entry.values.resize(bytes.size() / sizeof(float));
  std::memcpy(entry.values.data(), bytes.data(), entry.values.size() * sizeof(float));
  LOADLINE_RETURN_IF_ERROR(CheckEntry(entry, config));
  return entry;
}

absl::StatusOr<VectorFile::SavedIndex> ReadSaved(Connection& connection) {
  VectorFile::SavedIndex saved;
  const Value key[] = {Value::Integer(1)};
  LOADLINE_RETURN_IF_ERROR(SavedTable()
                               .Get(connection, key,
                                    [&](const Row& row) {
                                      saved = {static_cast<uint64_t>(row.Integer(1)),
                                               static_cast<uint64_t>(row.Integer(2))};
                                      return absl::OkStatus();
                                    })
                               .status());
  return saved;
}

absl::StatusOr<uint64_t> ReadLastChange(Connection& connection) {
  LOADLINE_ASSIGN_OR_RETURN(const VectorFile::SavedIndex saved, ReadSaved(connection));
  LOADLINE_ASSIGN_OR_RETURN(const int64_t last,
                            connection.QueryInteger("SELECT COALESCE(MAX(number), 0) FROM change"));
  return std::max(saved.change, static_cast<uint64_t>(last));
}

std::vector<uint64_t> IdsOf(absl::Span<const VectorEntry> entries) {
  std::vector<uint64_t> ids;
  ids.reserve(entries.size());
  for (const VectorEntry& entry : entries) ids.push_back(entry.id);
  return ids;
}

absl::Status RemoveWithLog(const loadline::Directory& folder, absl::string_view name) {
  // The file first: a log without its file is ignored and replaced, a file without its log is not.
  LOADLINE_RETURN_IF_ERROR(folder.RemoveFile(name));
  LOADLINE_RETURN_IF_ERROR(folder.RemoveFile(absl::StrCat(name, kLogSuffix)));
  return folder.Sync();
}

}  // namespace

VectorFile::VectorFile(std::unique_ptr<loadline::Directory> folder,
                       std::unique_ptr<Database> database, const StoreConfig& config)
    : folder_(std::move(folder)), database_(std::move(database)), config_(config) {}

absl::Status VectorFile::Create(const loadline::Directory& folder, const ProjectId& id,
                                const StoreConfig& config) {
  LOADLINE_RETURN_IF_ERROR(CheckConfig(config));
  LOADLINE_ASSIGN_OR_RETURN(const bool exists, folder.Exists(kFileName));
  if (exists) {
    return absl::AlreadyExistsError(
        absl::StrCat("project ", id.hex(), " has a vector store; drop it to make another"));
  }
  LOADLINE_RETURN_IF_ERROR(RemoveWithLog(folder, kNewFileName));
  LOADLINE_RETURN_IF_ERROR(folder.RemoveFile(absl::StrCat(kFileName, kLogSuffix)));
  {
    LOADLINE_ASSIGN_OR_RETURN(const std::unique_ptr<Database> database,
                              Database::Open(folder, kNewFileName, VectorSchema(), OptionsFor(id)));
    LOADLINE_RETURN_IF_ERROR(
        database->Commit([&](Connection& connection) { return InsertConfig(connection, config); }));
    LOADLINE_RETURN_IF_ERROR(database->Checkpoint());
  }
  return folder.Move(kNewFileName, folder, kFileName);
}

absl::StatusOr<std::unique_ptr<VectorFile>> VectorFile::Open(
    std::unique_ptr<loadline::Directory> folder, const ProjectId& id) {
  LOADLINE_ASSIGN_OR_RETURN(const bool exists, folder->Exists(kFileName));
  if (!exists) {
    return absl::NotFoundError(absl::StrCat("project ", id.hex(), " has no vector store"));
  }
  LOADLINE_ASSIGN_OR_RETURN(std::unique_ptr<Database> database,
                            Database::Open(*folder, kFileName, VectorSchema(), OptionsFor(id)));
  StoreConfig config;
  uint64_t last_change = 0;
  LOADLINE_RETURN_IF_ERROR(database->Read([&](Connection& connection) -> absl::Status {
    LOADLINE_ASSIGN_OR_RETURN(config, ReadConfig(connection));
    LOADLINE_ASSIGN_OR_RETURN(last_change, ReadLastChange(connection));
    return absl::OkStatus();
  }));
  std::unique_ptr<VectorFile> file(new VectorFile(std::move(folder), std::move(database), config));
  file->last_change_ = last_change;
  return file;
}

absl::Status VectorFile::Delete(const loadline::Directory& folder) {
  LOADLINE_RETURN_IF_ERROR(RemoveWithLog(folder, kFileName));
  return RemoveWithLog(folder, kNewFileName);
}

absl::StatusOr<size_t> VectorFile::Count() {
  int64_t count = 0;
  LOADLINE_RETURN_IF_ERROR(database_->Read([&](Connection& connection) -> absl::Status {
    LOADLINE_ASSIGN_OR_RETURN(count, VectorTable().Count(connection));
    return absl::OkStatus();
  }));
  return static_cast<size_t>(count);
}

absl::StatusOr<VectorFile::TextTotals> VectorFile::FileNames() {
  TextTotals totals;
  LOADLINE_RETURN_IF_ERROR(database_->Read([&](Connection& connection) -> absl::Status {
    LOADLINE_ASSIGN_OR_RETURN(const int64_t files,
                              connection.QueryInteger("SELECT COUNT(DISTINCT file) FROM vector"));
    LOADLINE_ASSIGN_OR_RETURN(
        const int64_t bytes,
        connection.QueryInteger(
            "SELECT COALESCE(SUM(LENGTH(file)), 0) FROM (SELECT DISTINCT file FROM vector)"));
    totals = {static_cast<size_t>(files), static_cast<size_t>(bytes)};
    return absl::OkStatus();
  }));
  return totals;
}

absl::StatusOr<VectorEntry> VectorFile::CheckedEntry(const Row& row) const {
  absl::StatusOr<VectorEntry> entry = EntryOf(row, config_);
  if (entry.ok()) return entry;
  return absl::DataLossError(absl::StrCat(path(), ": table vector: row ",
                                          static_cast<uint64_t>(row.Integer(kId)), ": ",
                                          entry.status().message()));
}

absl::Status VectorFile::ForEachRun(
    absl::FunctionRef<absl::Status(std::vector<VectorEntry>)> visit) {
  std::vector<VectorEntry> run;
  const auto add = [&](const Row& row) -> absl::Status {
    LOADLINE_ASSIGN_OR_RETURN(VectorEntry entry, CheckedEntry(row));
    run.push_back(std::move(entry));
    if (run.size() < kRowsPerRun) return absl::OkStatus();
    return visit(std::exchange(run, {}));
  };
  LOADLINE_RETURN_IF_ERROR(database_->Read([&](Connection& connection) {
    return VectorTable().Scan(connection, "ORDER BY id", {}, add);
  }));
  return run.empty() ? absl::OkStatus() : visit(std::move(run));
}

absl::StatusOr<VectorEntry> VectorFile::Read(uint64_t id) {
  absl::StatusOr<VectorEntry> entry = absl::NotFoundError(absl::StrCat("no vector with id ", id));
  const Value key[] = {Value::Integer(KeyOf(id))};
  LOADLINE_RETURN_IF_ERROR(database_->Read([&](Connection& connection) {
    return VectorTable()
        .Get(connection, key,
             [&](const Row& row) {
               entry = CheckedEntry(row);
               return entry.status();
             })
        .status();
  }));
  return entry;
}

absl::Status VectorFile::Change(Write write, OnDurable on_durable) {
  uint64_t number = 0;
  const auto change = [&](Connection& connection) -> absl::Status {
    std::vector<uint64_t> ids;
    LOADLINE_RETURN_IF_ERROR(write(connection, ids));
    number = ++last_change_;  // of a change that fails nobody knows
    const Value row[] = {Value::Integer(static_cast<int64_t>(number)),
                         Value::Blob(ids.data(), ids.size() * sizeof(uint64_t))};
    LOADLINE_RETURN_IF_ERROR(ChangeTable().Insert(connection, row));
    return connection.GiveBackFreePages();
  };
  return database_->Commit(change, [&] { on_durable(number); });
}

absl::Status VectorFile::Insert(absl::Span<const VectorEntry> entries, OnDurable on_durable) {
  const auto write = [&](Connection& connection, std::vector<uint64_t>& ids) -> absl::Status {
    ids = IdsOf(entries);
    for (const VectorEntry& entry : entries) {
      const absl::Status status = VectorTable().Insert(connection, RowOf(entry));
      if (absl::IsAlreadyExists(status)) {
        return absl::AlreadyExistsError(
            absl::StrCat("a vector with id ", entry.id, " is in the store; upsert replaces it"));
      }
      LOADLINE_RETURN_IF_ERROR(status);
    }
    return absl::OkStatus();
  };
  return Change(write, on_durable);
}

absl::Status VectorFile::Upsert(absl::Span<const VectorEntry> entries, OnDurable on_durable) {
  const auto write = [&](Connection& connection, std::vector<uint64_t>& ids) -> absl::Status {
    ids = IdsOf(entries);
    for (const VectorEntry& entry : entries) {
      LOADLINE_RETURN_IF_ERROR(VectorTable().Upsert(connection, RowOf(entry)));
    }
    return absl::OkStatus();
  };
  return Change(write, on_durable);
}

absl::Status VectorFile::Remove(absl::Span<const uint64_t> ids, OnDurable on_durable) {
  const auto write = [&](Connection& connection, std::vector<uint64_t>& changed) -> absl::Status {
    changed.assign(ids.begin(), ids.end());
    for (const uint64_t id : ids) {
      const Value key[] = {Value::Integer(KeyOf(id))};
      LOADLINE_ASSIGN_OR_RETURN(const bool found, VectorTable().Delete(connection, key));
      if (!found) return absl::NotFoundError(absl::StrCat("no vector with id ", id));
    }
    return absl::OkStatus();
  };
  return Change(write, on_durable);
}

absl::StatusOr<size_t> VectorFile::RemoveByFile(absl::string_view file, OnDurable on_durable) {
  size_t removed = 0;
  const auto write = [&](Connection& connection, std::vector<uint64_t>& ids) -> absl::Status {
    const Value condition[] = {Value::Blob(file)};
    LOADLINE_ASSIGN_OR_RETURN(const std::vector<int64_t> keys,
                              VectorTable().KeysWhere(connection, "file = ?", condition));
    ids.assign(keys.begin(), keys.end());
    removed = ids.size();
    return VectorTable().DeleteWhere(connection, "file = ?", condition).status();
  };
  LOADLINE_RETURN_IF_ERROR(Change(write, on_durable));
  return removed;
}

absl::StatusOr<VectorFile::SavedIndex> VectorFile::saved() {
  absl::StatusOr<SavedIndex> saved;
  LOADLINE_RETURN_IF_ERROR(database_->Read([&](Connection& connection) {
    saved = ReadSaved(connection);
    return saved.status();
  }));
  return saved;
}

absl::Status VectorFile::SetSaved(const SavedIndex& saved) {
  return database_->Commit([&](Connection& connection) -> absl::Status {
    const Value row[] = {Value::Integer(1), Value::Integer(static_cast<int64_t>(saved.token)),
                         Value::Integer(static_cast<int64_t>(saved.change))};
    LOADLINE_RETURN_IF_ERROR(SavedTable().Upsert(connection, row));
    const Value known[] = {Value::Integer(static_cast<int64_t>(saved.change))};
    return ChangeTable().DeleteWhere(connection, "number <= ?", known).status();
  });
}

absl::StatusOr<std::vector<uint64_t>> VectorFile::ChangedAfter(uint64_t change) {
  std::vector<uint64_t> ids;
  const Value known[] = {Value::Integer(static_cast<int64_t>(change))};
  LOADLINE_RETURN_IF_ERROR(database_->Read([&](Connection& connection) -> absl::Status {
    LOADLINE_ASSIGN_OR_RETURN(const SavedIndex saved, ReadSaved(connection));
    if (change < saved.change) {
      return absl::OutOfRangeError(absl::StrCat(path(), ": changes up to ", saved.change,
                                                " are forgotten, want those after ", change));
    }
    return ChangeTable().Scan(connection, "WHERE number > ?", known, [&](const Row& row) {
      const absl::string_view bytes = row.Blob(1);
      for (size_t at = 0; at + sizeof(uint64_t) <= bytes.size(); at += sizeof(uint64_t)) {
        std::memcpy(&ids.emplace_back(), bytes.data() + at, sizeof(uint64_t));
      }
      return absl::OkStatus();
    });
  }));
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

absl::Status VectorFile::Verify() {
  LOADLINE_RETURN_IF_ERROR(database_->CheckIntegrity());
  return database_->Read([&](Connection& connection) -> absl::Status {
    LOADLINE_RETURN_IF_ERROR(ReadConfig(connection).status());
    return VectorTable().Scan(connection, "ORDER BY id", {},
                              [&](const Row& row) { return CheckedEntry(row).status(); });
  });
}

absl::StatusOr<size_t> VectorFile::DiskBytes() const {
  LOADLINE_ASSIGN_OR_RETURN(const auto entries, folder_->List());
  size_t bytes = 0;
  for (const loadline::Directory::Entry& entry : entries) {
    if (entry.is_directory || !absl::StartsWith(entry.name, kPrefix)) continue;
    struct stat info;
    if (folder_->fs().StatAt(folder_->fd(), entry.name.c_str(), &info) == 0) {
      bytes += static_cast<size_t>(info.st_size);
    } else if (errno != ENOENT) {  // an index's file may be gone since it was listed
      return absl::ErrnoToStatus(errno, absl::StrCat("stat ", folder_->path(), "/", entry.name));
    }
  }
  return bytes;
}

}  // namespace stowage
