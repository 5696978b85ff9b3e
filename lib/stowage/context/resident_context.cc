#include "stowage/context/resident_context.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "stowage/context/message_role.h"

namespace stowage {
namespace {

// A context is read once, whole, at open; afterwards the file serves mostly writes.
constexpr int kPageCacheKib = 128;

size_t MessageBytes(const NewMessage& message) {
  size_t bytes = message.text.size();
  for (const auto& [key, value] : message.metadata) bytes += key.size() + value.size();
  return bytes;
}

// Later than every time before it, whatever the clock says.
int64_t NextWallNanos(int64_t previous, int64_t now) {
  if (previous == std::numeric_limits<int64_t>::max()) return previous;
  return std::max(previous + 1, now);
}

DatabaseOptions OptionsFor(const ProjectId& id) {
  DatabaseOptions options;
  options.identity = id.hex();
  options.cache_kib = kPageCacheKib;
  options.quick_check = false;  // every row is read right after opening
  return options;
}

absl::Status VerifyRows(Database& database) {
  LOADLINE_RETURN_IF_ERROR(database.CheckIntegrity());
  return database.Read([](Connection& connection) -> absl::Status {
    constexpr int64_t kAll = std::numeric_limits<int64_t>::max();
    LOADLINE_RETURN_IF_ERROR(ScanNewestMessages(connection, kAll,
                                                std::numeric_limits<size_t>::max(),
                                                [](Message, int64_t) { return absl::OkStatus(); }));
    LOADLINE_RETURN_IF_ERROR(ScanCacheRows(connection, [](CacheRow) {}));
    return LoadCounters(connection).status();
  });
}

absl::Status NoNumberLeft(const ProjectId& id) {
  return absl::ResourceExhaustedError(
      absl::StrCat("context of project ", id.hex(), ": has given out every number there is"));
}

std::vector<Message> Copy(const std::vector<MessagePtr>& messages) {
  std::vector<Message> copies;
  copies.reserve(messages.size());
  for (const MessagePtr& message : messages) copies.push_back(*message);
  return copies;
}

}  // namespace

ResidentContext::ResidentContext(const loadline::Directory& root, const ProjectId& id,
                                 const ResidentContextOptions& options,
                                 std::atomic<uint64_t>* closed_commits)
    : root_(root),
      id_(id),
      options_(options),
      closed_commits_(closed_commits),
      window_(options.max_window_bytes),
      cache_(options.max_cache_entries, options.max_cache_bytes) {}

absl::StatusOr<std::unique_ptr<ResidentContext>> ResidentContext::Open(
    const loadline::Directory& root, const ProjectId& id, const ResidentContextOptions& options,
    std::atomic<uint64_t>* closed_commits) {
  std::unique_ptr<ResidentContext> context(new ResidentContext(root, id, options, closed_commits));
  LOADLINE_RETURN_IF_ERROR(context->LoadFile());
  return context;
}

ResidentContext::~ResidentContext() {
  closed_commits_->fetch_add(commits(), std::memory_order_relaxed);
}

// Null where there is no file.
absl::StatusOr<std::unique_ptr<loadline::Directory>> ResidentContext::FolderWithFile(
    const loadline::Directory& root, const ProjectId& id) {
  auto projects = root.OpenChild(kProjectsFolder);
  if (absl::IsNotFound(projects.status())) return nullptr;
  LOADLINE_RETURN_IF_ERROR(projects.status());
  auto folder = (*projects)->OpenChild(id.hex());
  if (absl::IsNotFound(folder.status())) return nullptr;
  LOADLINE_RETURN_IF_ERROR(folder.status());
  LOADLINE_ASSIGN_OR_RETURN(const bool exists, (*folder)->Exists(kFileName));
  if (!exists) return nullptr;
  return folder;
}

absl::Status ResidentContext::LoadFile() {
  loadline::MutexLock lock(open_mutex_);
  LOADLINE_ASSIGN_OR_RETURN(folder_, FolderWithFile(root_, id_));
  if (folder_ == nullptr) return absl::OkStatus();
  LOADLINE_RETURN_IF_ERROR(OpenDatabase());
  return database_->Read([this](Connection& connection) { return Load(connection); });
}

absl::Status ResidentContext::OpenDatabase() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  LOADLINE_ASSIGN_OR_RETURN(database_,
                            Database::Open(*folder_, kFileName, ContextSchema(), OptionsFor(id_)));
  ready_.store(database_.get(), std::memory_order_release);
  return absl::OkStatus();
}

absl::Status ResidentContext::Load(Connection& connection) {
  loadline::MutexLock lock(mutex_);
  LOADLINE_ASSIGN_OR_RETURN(counters_, LoadCounters(connection));
  constexpr int64_t kAll = std::numeric_limits<int64_t>::max();
  LOADLINE_RETURN_IF_ERROR(ScanNewestMessages(
      connection, kAll, std::numeric_limits<size_t>::max(),
      [this](Message message, int64_t stored_bytes) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        counters_.last_sequence = std::max(counters_.last_sequence, message.sequence);
        counters_.last_wall_nanos = std::max(counters_.last_wall_nanos, message.wall_nanos);
        if (totals_.messages == 0) totals_.last_wall_nanos = message.wall_nanos;
        totals_.first_wall_nanos = message.wall_nanos;
        ++totals_.messages;
        totals_.message_bytes += stored_bytes;
        window_.PushOldest(std::make_shared<const Message>(std::move(message)));
        return absl::OkStatus();
      }));
  LOADLINE_RETURN_IF_ERROR(
      ScanCacheRows(connection, [this](CacheRow row) ABSL_NO_THREAD_SAFETY_ANALYSIS {
        counters_.last_put_order = row.put_order;
        cache_.Put(row.key, row.put_order,
                   std::make_shared<const std::string>(std::move(row.value)));
      }));
  last_durable_sequence_ = counters_.last_sequence;
  return absl::OkStatus();
}

absl::StatusOr<Database*> ResidentContext::ForWriting() {
  if (Database* database = IfExists()) return database;
  loadline::MutexLock lock(open_mutex_);
  if (database_ == nullptr) {
    LOADLINE_ASSIGN_OR_RETURN(auto projects, root_.OpenOrCreateChild(kProjectsFolder));
    LOADLINE_ASSIGN_OR_RETURN(folder_, projects->OpenOrCreateChild(id_.hex()));
    LOADLINE_RETURN_IF_ERROR(OpenDatabase());
  }
  return database_.get();
}

absl::Status ResidentContext::CheckMessages(const std::vector<NewMessage>& messages) const {
  for (size_t i = 0; i < messages.size(); ++i) {
    const std::string where =
        absl::StrCat("append to the context of project ", id_.hex(), ": message ", i, ": ");
    const size_t bytes = MessageBytes(messages[i]);
    if (bytes > options_.max_message_bytes) {
      return absl::InvalidArgumentError(absl::StrCat(where, bytes, " bytes of text and metadata, ",
                                                     "want at most ", options_.max_message_bytes));
    }
    if (absl::Status role = MessageRoles().Check(messages[i].role); !role.ok()) {
      return absl::InvalidArgumentError(absl::StrCat(where, role.message()));
    }
    if (!(messages[i].importance >= 0 && messages[i].importance <= 1)) {
      return absl::InvalidArgumentError(
          absl::StrCat(where, "importance ", messages[i].importance, ", want 0..1"));
    }
  }
  return absl::OkStatus();
}

absl::Status ResidentContext::WriteMessages(Connection& connection,
                                            std::vector<NewMessage>& messages,
                                            std::vector<MessagePtr>& written,
                                            std::vector<int64_t>& sizes) {
  ContextCounters next = counters_;
  const int64_t now = options_.clock->WallNanos();
  for (NewMessage& in : messages) {
    if (next.last_sequence == std::numeric_limits<int64_t>::max()) return NoNumberLeft(id_);
    next.last_wall_nanos = NextWallNanos(next.last_wall_nanos, now);
    auto message = std::make_shared<const Message>(Message{.sequence = ++next.last_sequence,
                                                           .wall_nanos = next.last_wall_nanos,
                                                           .role = in.role,
                                                           .text = std::move(in.text),
                                                           .metadata = std::move(in.metadata),
                                                           .importance = in.importance});
    LOADLINE_ASSIGN_OR_RETURN(const int64_t bytes, InsertMessage(connection, *message));
    sizes.push_back(bytes);
    written.push_back(std::move(message));
  }
  counters_ = next;
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ResidentContext::Append(std::vector<NewMessage> messages) {
  if (messages.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("append to the context of project ", id_.hex(), ": no messages given"));
  }
  LOADLINE_RETURN_IF_ERROR(CheckMessages(messages));
  LOADLINE_ASSIGN_OR_RETURN(Database * database, ForWriting());
  std::vector<MessagePtr> written;
  std::vector<int64_t> sizes;
  LOADLINE_RETURN_IF_ERROR(database->Commit(
      [&](Connection& connection) { return WriteMessages(connection, messages, written, sizes); },
      [&] {
        loadline::MutexLock lock(mutex_);
        for (size_t i = 0; i < written.size(); ++i) {
          totals_.Count(sizes[i], written[i]->wall_nanos);
          window_.PushNewest(written[i]);
        }
        last_durable_sequence_ = written.back()->sequence;
      }));
  return written.front()->sequence;
}

absl::StatusOr<std::vector<Message>> ResidentContext::Recent(size_t limit) {
  std::vector<MessagePtr> newest;
  bool enough = false;
  int64_t last_sequence = 0;
  {
    loadline::MutexLock lock(mutex_);
    newest = window_.Newest(limit);
    enough = newest.size() == limit || window_.complete();
    last_sequence = last_durable_sequence_;
  }
  if (enough) return Copy(newest);
  return RecentFromFile(last_sequence, limit);
}

absl::StatusOr<std::vector<Message>> ResidentContext::RecentFromFile(int64_t last_sequence,
                                                                     size_t limit) {
  // Everything from one read, so that no pruning comes between two halves of the answer.
  std::vector<Message> messages;
  LOADLINE_RETURN_IF_ERROR(IfExists()->Read([&](Connection& connection) {
    return ScanNewestMessages(connection, last_sequence, limit, [&](Message message, int64_t) {
      messages.push_back(std::move(message));
      return absl::OkStatus();
    });
  }));
  std::reverse(messages.begin(), messages.end());
  return messages;
}

absl::StatusOr<Message> ResidentContext::Get(int64_t sequence) {
  bool covered = false;
  {
    loadline::MutexLock lock(mutex_);
    if (const MessagePtr found = window_.Find(sequence)) return *found;
    covered = window_.Covers(sequence);
  }
  Message message;
  bool found = false;
  Database* const database = IfExists();
  if (!covered && database != nullptr) {
    LOADLINE_RETURN_IF_ERROR(database->Read([&](Connection& connection) -> absl::Status {
      LOADLINE_ASSIGN_OR_RETURN(found, GetMessage(connection, sequence, message));
      return absl::OkStatus();
    }));
  }
  if (found) return message;
  return absl::NotFoundError(
      absl::StrCat("message ", sequence, " of project ", id_.hex(), ": never written, or pruned"));
}

absl::StatusOr<PruneResult> ResidentContext::Prune(const PruneRule& rule) {
  {
    loadline::MutexLock lock(mutex_);
    const auto messages = static_cast<size_t>(totals_.messages);
    if (messages <= rule.keep) return PruneResult{.removed = 0, .kept = messages};
  }
  PrunePlan plan;
  const auto write = [&](Connection& connection) -> absl::Status {
    LOADLINE_ASSIGN_OR_RETURN(plan, PlanPruning(connection, rule));
    LOADLINE_RETURN_IF_ERROR(DeleteMessages(connection, plan.removed));
    return SaveCounters(connection, counters_);
  };
  LOADLINE_RETURN_IF_ERROR(IfExists()->Commit(write, [&] {
    loadline::MutexLock lock(mutex_);
    window_.Remove(plan.removed);
    totals_ = plan.left;
  }));
  return PruneResult{.removed = plan.removed.size(),
                     .kept = static_cast<size_t>(plan.left.messages)};
}

absl::Status ResidentContext::Clear() {
  Database* const database = IfExists();
  if (database == nullptr) return absl::OkStatus();
  return database->Commit(
      [&](Connection& connection) -> absl::Status {
        LOADLINE_RETURN_IF_ERROR(ClearRows(connection));
        return SaveCounters(connection, counters_);
      },
      [&] {
        loadline::MutexLock lock(mutex_);
        window_.Clear();
        cache_.Clear();
        totals_ = {};
      });
}

absl::Status ResidentContext::PutCache(absl::string_view key, absl::string_view value) {
  const auto too_large = [&](absl::string_view what, size_t size, size_t most) {
    return absl::InvalidArgumentError(absl::StrCat("cache entry of project ", id_.hex(), ": ", what,
                                                   " of ", size, " bytes, want at most ", most));
  };
  if (key.size() > kMaxCacheKeyBytes) return too_large("key", key.size(), kMaxCacheKeyBytes);
  if (value.size() > options_.max_cache_value_bytes) {
    return too_large("value", value.size(), options_.max_cache_value_bytes);
  }
  LOADLINE_ASSIGN_OR_RETURN(Database * database, ForWriting());
  const std::string kept_key(key);
  const auto kept_value = std::make_shared<const std::string>(value);
  int64_t put_order = 0;
  return database->Commit(
      [&](Connection& connection) {
        if (counters_.last_put_order == std::numeric_limits<int64_t>::max()) {
          return NoNumberLeft(id_);
        }
        put_order = ++counters_.last_put_order;
        return PutCacheRow(connection, key, value, put_order, options_.max_cache_entries);
      },
      [&] {
        loadline::MutexLock lock(mutex_);
        cache_.Put(kept_key, put_order, kept_value);
      });
}

absl::StatusOr<std::string> ResidentContext::GetCache(absl::string_view key) {
  CacheValuePtr value;
  bool known = false;
  {
    loadline::MutexLock lock(mutex_);
    value = cache_.Find(key);
    known = cache_.Contains(key);
  }
  if (value != nullptr) return *value;
  absl::StatusOr<std::string> stored = absl::NotFoundError(absl::StrCat(
      "cache of project ", id_.hex(), ": no entry \"", absl::CHexEscape(key.substr(0, 64)), "\""));
  if (!known) return stored;
  LOADLINE_RETURN_IF_ERROR(IfExists()->Read([&](Connection& connection) {
    stored = GetCacheRow(connection, key);
    return stored.status();
  }));
  return stored;
}

absl::Status ResidentContext::EraseCache(absl::string_view key) {
  {
    loadline::MutexLock lock(mutex_);
    if (!cache_.Contains(key)) return absl::OkStatus();
  }
  return IfExists()->Commit([&](Connection& connection) { return EraseCacheRow(connection, key); },
                            [&] {
                              loadline::MutexLock lock(mutex_);
                              cache_.Erase(key);
                            });
}

ResidentContext::Figures ResidentContext::figures() const {
  loadline::MutexLock lock(mutex_);
  return {.totals = totals_,
          .cache_entries = cache_.size(),
          .resident_bytes = window_.bytes() + cache_.bytes()};
}

absl::Status ResidentContext::Verify() {
  Database* const database = IfExists();
  return database == nullptr ? absl::OkStatus() : VerifyRows(*database);
}

absl::Status ResidentContext::VerifyFile(const loadline::Directory& root, const ProjectId& id) {
  LOADLINE_ASSIGN_OR_RETURN(const auto folder, FolderWithFile(root, id));
  if (folder == nullptr) return absl::OkStatus();
  LOADLINE_ASSIGN_OR_RETURN(const auto database,
                            Database::Open(*folder, kFileName, ContextSchema(), OptionsFor(id)));
  return VerifyRows(*database);
}

absl::Status ResidentContext::degraded() const {
  const Database* const database = IfExists();
  return database == nullptr ? absl::OkStatus() : database->degraded();
}

uint64_t ResidentContext::commits() const {
  const Database* const database = IfExists();
  return database == nullptr ? 0 : database->Stats().transactions;
}

}  // namespace stowage
