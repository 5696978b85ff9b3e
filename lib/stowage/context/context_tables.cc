#include "stowage/context/context_tables.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "loadline/base/log.h"
#include "loadline/base/status_macros.h"
#include "stowage/context/message_metadata.h"
#include "stowage/context/message_role.h"
#include "stowage/storage/table.h"

namespace stowage {
namespace {

namespace message_column {
enum : size_t { kSequence, kWallNanos, kRole, kImportance, kMetadata, kText };
}
namespace cache_column {
enum : size_t { kPutOrder, kKey, kValue };
}
namespace counter_column {
enum : size_t { kId, kLastSequence, kLastWallNanos };
}
constexpr int64_t kCountersId = 1;

const Table& Messages() {
  static const Table& table = *new Table("messages", {{"sequence", ColumnType::kInteger},
                                                      {"wall_nanos", ColumnType::kInteger},
                                                      {"role", ColumnType::kInteger},
                                                      {"importance", ColumnType::kReal},
                                                      {"metadata", ColumnType::kBlob},
                                                      {"text", ColumnType::kBlob}});
  return table;
}

const Table& Cache() {
  static const Table& table = *new Table("cache",
                                         {{"put_order", ColumnType::kInteger},
                                          {"key", ColumnType::kBlob},
                                          {"value", ColumnType::kBlob}},
                                         1, "UNIQUE(key)");
  return table;
}

const Table& Counters() {
  static const Table& table = *new Table("counters", {{"id", ColumnType::kInteger},
                                                      {"last_sequence", ColumnType::kInteger},
                                                      {"last_wall_nanos", ColumnType::kInteger}});
  return table;
}

int64_t ClampToInteger(size_t value) {
  return static_cast<int64_t>(
      std::min(value, static_cast<size_t>(std::numeric_limits<int64_t>::max())));
}

int64_t StoredBytes(const Row& row) {
  return static_cast<int64_t>(row.Blob(message_column::kText).size() +
                              row.Blob(message_column::kMetadata).size());
}

absl::Status Impossible(int64_t sequence, absl::string_view found) {
  return absl::DataLossError(absl::StrCat("context.db: message ", sequence, ": ", found));
}

// The checksum was right, so no disk made this number: a program wrote what it was handed, before
// it was checked. One such message is not to cost the whole conversation.
MessageRole ReadRole(absl::string_view path, int64_t sequence, int64_t stored) {
  if (const auto role = MessageRoles().FromStored(stored)) return *role;
  loadline::Log({.level = loadline::LogLevel::kWarning,
                 .component = "context",
                 .message = "a message has a role that there is none of; it is read as a user's",
                 .fields = {{"file", std::string(path)},
                            {"message", absl::StrCat(sequence)},
                            {"role", absl::StrCat(stored)}}});
  return NewMessage().role;
}

absl::StatusOr<Message> ReadMessage(absl::string_view path, const Row& row) {
  Message message;
  message.sequence = row.Integer(message_column::kSequence);
  message.wall_nanos = row.Integer(message_column::kWallNanos);
  message.importance = row.Real(message_column::kImportance);
  message.text = std::string(row.Blob(message_column::kText));
  auto metadata = DecodeMessageMetadata(row.Blob(message_column::kMetadata));
  if (!metadata.ok()) return Impossible(message.sequence, metadata.status().message());
  if (message.sequence < 1) return Impossible(message.sequence, "numbers start at 1");
  message.role = ReadRole(path, message.sequence, row.Integer(message_column::kRole));
  message.metadata = *std::move(metadata);
  return message;
}

}  // namespace

const Schema& ContextSchema() {
  static const Schema& schema = *new Schema{.application_id = 0x53744378,  // "StCx"
                                            .user_version = 1,
                                            .tables = {Messages(), Cache(), Counters()},
                                            .indexes = {}};
  return schema;
}

void ContextTotals::Count(int64_t bytes, int64_t wall_nanos) {
  if (messages == 0) first_wall_nanos = wall_nanos;
  last_wall_nanos = wall_nanos;
  ++messages;
  message_bytes += bytes;
}

absl::StatusOr<int64_t> InsertMessage(Connection& connection, const Message& message) {
  const std::string metadata = EncodeMessageMetadata(message.metadata);
  LOADLINE_RETURN_IF_ERROR(Messages().Insert(
      connection,
      {Value::Integer(message.sequence), Value::Integer(message.wall_nanos),
       Value::Integer(static_cast<int64_t>(message.role)), Value::Real(message.importance),
       Value::Blob(metadata), Value::Blob(message.text)}));
  return static_cast<int64_t>(message.text.size() + metadata.size());
}

absl::Status DeleteMessages(Connection& connection, const std::vector<int64_t>& sequences) {
  for (const int64_t sequence : sequences) {
    LOADLINE_RETURN_IF_ERROR(Messages().Delete(connection, {Value::Integer(sequence)}).status());
  }
  return absl::OkStatus();
}

absl::Status ScanNewestMessages(Connection& connection, int64_t last_sequence, size_t limit,
                                MessageVisitor visit) {
  return Messages().Scan(connection, "WHERE sequence <= ? ORDER BY sequence DESC LIMIT ?",
                         {Value::Integer(last_sequence), Value::Integer(ClampToInteger(limit))},
                         [&](const Row& row) -> absl::Status {
                           LOADLINE_ASSIGN_OR_RETURN(Message message,
                                                     ReadMessage(connection.path(), row));
                           return visit(std::move(message), StoredBytes(row));
                         });
}

absl::StatusOr<bool> GetMessage(Connection& connection, int64_t sequence, Message& message) {
  return Messages().Get(connection, {Value::Integer(sequence)},
                        [&](const Row& row) -> absl::Status {
                          LOADLINE_ASSIGN_OR_RETURN(message, ReadMessage(connection.path(), row));
                          return absl::OkStatus();
                        });
}

absl::StatusOr<PrunePlan> PlanPruning(Connection& connection, const PruneRule& rule) {
  struct Sizes {
    int64_t bytes;
    int64_t wall_nanos;
  };
  std::vector<PruneCandidate> candidates;
  std::vector<Sizes> sizes;
  LOADLINE_RETURN_IF_ERROR(
      Messages().Scan(connection, "ORDER BY sequence", {}, [&](const Row& row) -> absl::Status {
        candidates.push_back({.sequence = row.Integer(message_column::kSequence),
                              .importance = row.Real(message_column::kImportance)});
        sizes.push_back({StoredBytes(row), row.Integer(message_column::kWallNanos)});
        return absl::OkStatus();
      }));
  PrunePlan plan{.removed = ChoosePruned(candidates, rule), .left = {}};
  auto removed = plan.removed.begin();
  for (size_t i = 0; i < candidates.size(); ++i) {
    if (removed != plan.removed.end() && *removed == candidates[i].sequence) {
      ++removed;
    } else {
      plan.left.Count(sizes[i].bytes, sizes[i].wall_nanos);
    }
  }
  return plan;
}

absl::Status ClearRows(Connection& connection) {
  // Not "DELETE FROM" without a condition in SQL of our own: Table is the only way to rows.
  LOADLINE_RETURN_IF_ERROR(Messages().DeleteWhere(connection, "1", {}).status());
  return Cache().DeleteWhere(connection, "1", {}).status();
}

absl::StatusOr<ContextCounters> LoadCounters(Connection& connection) {
  ContextCounters counters;
  LOADLINE_RETURN_IF_ERROR(Counters()
                               .Get(connection, {Value::Integer(kCountersId)},
                                    [&](const Row& row) -> absl::Status {
                                      counters.last_sequence =
                                          row.Integer(counter_column::kLastSequence);
                                      counters.last_wall_nanos =
                                          row.Integer(counter_column::kLastWallNanos);
                                      return absl::OkStatus();
                                    })
                               .status());
  return counters;
}

absl::Status SaveCounters(Connection& connection, const ContextCounters& counters) {
  return Counters().Upsert(connection,
                           {Value::Integer(kCountersId), Value::Integer(counters.last_sequence),
                            Value::Integer(counters.last_wall_nanos)});
}

absl::Status PutCacheRow(Connection& connection, absl::string_view key, absl::string_view value,
                         int64_t put_order, size_t max_entries) {
  LOADLINE_RETURN_IF_ERROR(EraseCacheRow(connection, key));
  LOADLINE_RETURN_IF_ERROR(Cache().Insert(
      connection, {Value::Integer(put_order), Value::Blob(key), Value::Blob(value)}));
  LOADLINE_ASSIGN_OR_RETURN(const int64_t count, Cache().Count(connection));
  const int64_t excess = count - ClampToInteger(max_entries);
  if (excess <= 0) return absl::OkStatus();
  return Cache()
      .DeleteWhere(connection,
                   "put_order IN (SELECT put_order FROM cache ORDER BY put_order LIMIT ?)",
                   {Value::Integer(excess)})
      .status();
}

absl::Status EraseCacheRow(Connection& connection, absl::string_view key) {
  return Cache().DeleteWhere(connection, "key = ?", {Value::Blob(key)}).status();
}

absl::StatusOr<std::string> GetCacheRow(Connection& connection, absl::string_view key) {
  absl::StatusOr<std::string> value = absl::NotFoundError("no cache entry has this key");
  LOADLINE_RETURN_IF_ERROR(Cache().Scan(connection, "WHERE key = ?", {Value::Blob(key)},
                                        [&](const Row& row) -> absl::Status {
                                          value = std::string(row.Blob(cache_column::kValue));
                                          return absl::OkStatus();
                                        }));
  return value;
}

absl::Status ScanCacheRows(Connection& connection, absl::FunctionRef<void(CacheRow)> visit) {
  return Cache().Scan(connection, "ORDER BY put_order", {}, [&](const Row& row) -> absl::Status {
    visit({.put_order = row.Integer(cache_column::kPutOrder),
           .key = std::string(row.Blob(cache_column::kKey)),
           .value = std::string(row.Blob(cache_column::kValue))});
    return absl::OkStatus();
  });
}

}  // namespace stowage
