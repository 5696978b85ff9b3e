#ifndef STOWAGE_CONTEXT_CONTEXT_TABLES_H_
#define STOWAGE_CONTEXT_CONTEXT_TABLES_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "stowage/context/project_context.h"
#include "stowage/context/prune_choice.h"
#include "stowage/storage/connection.h"
#include "stowage/storage/schema.h"

namespace stowage {

// The rows of context.db (docs/formats.md, "context.db"). All functions are to be called inside
// Database::Commit or Database::Read. Every read returns kDataLoss for a row that is not as it was
// written.

const Schema& ContextSchema();

// Where numbering goes on. Kept in the file only when messages are taken out, because otherwise
// the newest message says it.
struct ContextCounters {
  int64_t last_sequence = 0;
  int64_t last_wall_nanos = 0;
  int64_t last_put_order = 0;  // of the cache; not kept, the newest entry says it
};

// What a file holds, as Stats() reports it.
struct ContextTotals {
  int64_t messages = 0;
  int64_t message_bytes = 0;
  int64_t first_wall_nanos = 0;
  int64_t last_wall_nanos = 0;

  // Counts a message that comes after all counted so far.
  void Count(int64_t bytes, int64_t wall_nanos);
};

struct CacheRow {
  int64_t put_order = 0;
  std::string key;
  std::string value;
};

using MessageVisitor = absl::FunctionRef<absl::Status(Message message, int64_t stored_bytes)>;

// The bytes the message's text and metadata take in the file.
absl::StatusOr<int64_t> InsertMessage(Connection& connection, const Message& message);
absl::Status DeleteMessages(Connection& connection, const std::vector<int64_t>& sequences);
// Newest first, those up to `last_sequence`, at most `limit` of them.
absl::Status ScanNewestMessages(Connection& connection, int64_t last_sequence, size_t limit,
                                MessageVisitor visit);
// Whether there is such a message.
absl::StatusOr<bool> GetMessage(Connection& connection, int64_t sequence, Message& message);

// What pruning by `rule` would remove, and what would be left.
struct PrunePlan {
  std::vector<int64_t> removed;
  ContextTotals left;
};
absl::StatusOr<PrunePlan> PlanPruning(Connection& connection, const PruneRule& rule);

absl::Status ClearRows(Connection& connection);

// Zeros where nothing was kept yet.
absl::StatusOr<ContextCounters> LoadCounters(Connection& connection);
absl::Status SaveCounters(Connection& connection, const ContextCounters& counters);

// Replaces the entry of the same key; of more than `max_entries`, those put longest ago go.
absl::Status PutCacheRow(Connection& connection, absl::string_view key, absl::string_view value,
                         int64_t put_order, size_t max_entries);
absl::Status EraseCacheRow(Connection& connection, absl::string_view key);
// kNotFound.
absl::StatusOr<std::string> GetCacheRow(Connection& connection, absl::string_view key);
// In the order in which they were put.
absl::Status ScanCacheRows(Connection& connection, absl::FunctionRef<void(CacheRow)> visit);

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_CONTEXT_TABLES_H_
