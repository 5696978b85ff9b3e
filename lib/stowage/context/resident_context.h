#ifndef STOWAGE_CONTEXT_RESIDENT_CONTEXT_H_
#define STOWAGE_CONTEXT_RESIDENT_CONTEXT_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loadline/base/clock.h"
#include "loadline/base/directory.h"
#include "loadline/base/mutex.h"
#include "stowage/context/cache_window.h"
#include "stowage/context/context_tables.h"
#include "stowage/context/message_window.h"
#include "stowage/context/project_context.h"
#include "stowage/context/prune_choice.h"
#include "stowage/registry/project_id.h"
#include "stowage/storage/database.h"

namespace stowage {

struct ResidentContextOptions {
  size_t max_message_bytes = 1 << 20;
  size_t max_window_bytes = 16 << 20;  // messages in memory
  size_t max_cache_entries = 256;
  size_t max_cache_value_bytes = 256 << 10;
  size_t max_cache_bytes = 4 << 20;  // cache values in memory
  const loadline::Clock* clock = &loadline::Clock::Real();
};

// The open conversation and analysis cache of one project: its context.db, and in memory what is
// newest. The calls are those of ProjectContextManager, for this project.
//
// Thread-safe but for destruction.
class ResidentContext {
 public:
  static constexpr absl::string_view kProjectsFolder = "projects";
  static constexpr absl::string_view kFileName = "context.db";
  static constexpr size_t kMaxCacheKeyBytes = 1024;

  // Opens projects/<hex>/context.db below `root`, which must outlive the context, and reads and
  // checks every row. Where there is no file the context is empty, and nothing is made before the
  // first write. `closed_commits` is raised by commits() when the context is destroyed, and
  // outlives it. kDataLoss: the file is damaged; it is left where it is.
  static absl::StatusOr<std::unique_ptr<ResidentContext>> Open(
      const loadline::Directory& root, const ProjectId& id, const ResidentContextOptions& options,
      std::atomic<uint64_t>* closed_commits);
  ~ResidentContext();
  ResidentContext(const ResidentContext&) = delete;
  ResidentContext& operator=(const ResidentContext&) = delete;

  absl::StatusOr<int64_t> Append(std::vector<NewMessage> messages);
  absl::StatusOr<std::vector<Message>> Recent(size_t limit);
  absl::StatusOr<Message> Get(int64_t sequence);
  absl::StatusOr<PruneResult> Prune(const PruneRule& rule);
  absl::Status Clear();

  absl::Status PutCache(absl::string_view key, absl::string_view value);
  absl::StatusOr<std::string> GetCache(absl::string_view key);
  absl::Status EraseCache(absl::string_view key);

  struct Figures {
    ContextTotals totals;
    size_t cache_entries = 0;
    size_t resident_bytes = 0;
  };
  Figures figures() const;

  // Reads every row and the file's structure from the disk and checks them. kDataLoss.
  absl::Status Verify();
  // The same for the file of a project whose context is not open, holding one row at a time. OK
  // where there is no file. Reports only.
  static absl::Status VerifyFile(const loadline::Directory& root, const ProjectId& id);

  // OK, or why the file takes no more writes.
  absl::Status degraded() const;
  uint64_t commits() const;

 private:
  ResidentContext(const loadline::Directory& root, const ProjectId& id,
                  const ResidentContextOptions& options, std::atomic<uint64_t>* closed_commits);

  static absl::StatusOr<std::unique_ptr<loadline::Directory>> FolderWithFile(
      const loadline::Directory& root, const ProjectId& id);
  absl::Status LoadFile();
  absl::Status Load(Connection& connection);
  absl::Status OpenDatabase();
  // The file, made if it is not there yet.
  absl::StatusOr<Database*> ForWriting() ABSL_LOCKS_EXCLUDED(open_mutex_);
  // The file, or null as long as nothing was written.
  Database* IfExists() const { return ready_.load(std::memory_order_acquire); }

  absl::Status CheckMessages(const std::vector<NewMessage>& messages) const;
  absl::Status WriteMessages(Connection& connection, std::vector<NewMessage>& messages,
                             std::vector<MessagePtr>& written, std::vector<int64_t>& sizes);
  absl::StatusOr<std::vector<Message>> RecentFromFile(int64_t last_sequence, size_t limit);

  const loadline::Directory& root_;
  const ProjectId id_;
  const ResidentContextOptions options_;
  std::atomic<uint64_t>* const closed_commits_;

  loadline::Mutex open_mutex_;  // only making the file; never held together with mutex_
  std::unique_ptr<loadline::Directory> folder_ ABSL_GUARDED_BY(open_mutex_);
  std::unique_ptr<Database> database_ ABSL_GUARDED_BY(open_mutex_);
  std::atomic<Database*> ready_{nullptr};  // database_, once it is open

  // Of what has been written, not of what is durable. Only touched by writes, which the database
  // runs one at a time, and before there are any.
  ContextCounters counters_;

  mutable loadline::Mutex mutex_;  // taken when a write has become durable, never around I/O
  MessageWindow window_ ABSL_GUARDED_BY(mutex_);
  CacheWindow cache_ ABSL_GUARDED_BY(mutex_);
  ContextTotals totals_ ABSL_GUARDED_BY(mutex_);
  int64_t last_durable_sequence_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_RESIDENT_CONTEXT_H_
