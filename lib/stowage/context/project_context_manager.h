#ifndef STOWAGE_CONTEXT_PROJECT_CONTEXT_MANAGER_H_
#define STOWAGE_CONTEXT_PROJECT_CONTEXT_MANAGER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "loadline/base/clock.h"
#include "loadline/base/directory.h"
#include "loadline/monitor/performance_monitor.h"
#include "stowage/context/project_context.h"
#include "stowage/registry/project_id.h"
#include "stowage/registry/project_registry.h"

namespace stowage {

struct ContextOptions {
  size_t max_resident = 3;               // contexts in memory at once; at least 1
  size_t max_message_bytes = 1 << 20;    // text and metadata of one message
  size_t max_resident_bytes = 64 << 20;  // messages and cache of all resident contexts together
  size_t max_cache_entries = 256;        // per project
  size_t max_cache_value_bytes = 256 << 10;
  const loadline::Clock* clock = &loadline::Clock::Real();
  loadline::PerformanceMonitor* monitor = nullptr;  // operations "context.*"; may be null
};

struct ContextStats {
  int64_t messages = 0;
  int64_t message_bytes = 0;  // text and metadata, as they are stored
  int64_t cache_entries = 0;
  int64_t first_wall_nanos = 0;  // 0 when there is no message
  int64_t last_wall_nanos = 0;
  bool resident = false;
};

struct ContextManagerStats {
  size_t resident = 0;
  size_t resident_bytes = 0;
  size_t pinned = 0;   // resident contexts that an operation is using right now
  uint64_t hits = 0;   // operations that found their context resident
  uint64_t loads = 0;  // contexts read from disk
  uint64_t evictions = 0;
  uint64_t commits = 0;             // transactions made durable; one sync each
  std::vector<ProjectId> degraded;  // projects whose file refused a write; reads go on
};

// The conversation of each project and a small cache of analysis results, one file a project
// (projects/<hex>/context.db). There is no save: every append is a row, durable when it returns.
// At most max_resident contexts are in memory; the one used longest ago goes first, and one that an
// operation is using is never evicted (a further one then waits for a place).
//
// A resident context holds its newest messages and cache values, within its share of
// max_resident_bytes (max_resident_bytes / max_resident); older ones are read from the file when
// asked for. The keys of the cache are always in memory.
//
// The file is made by the first write: asking about a project that has none leaves no trace. It is
// read and checked whole when its context becomes resident. A file that fails the check is moved
// to quarantine/ and kDataLoss is returned once, saying where it went; the next call starts an
// empty context.
//
// Everything is thread-safe. Every call that names a project returns kNotFound when the registry
// does not know it or it is being removed; kDataLoss, naming file and row, when its file is
// damaged (other projects go on); kUnavailable after a failed write until the context is
// reopened; kResourceExhausted when the disk is full.
class ProjectContextManager {
 public:
  // `directory` is the workspace's and `registry` the list of projects; both outlive the manager.
  // kInvalidArgument: max_resident 0.
  static absl::StatusOr<std::unique_ptr<ProjectContextManager>> Open(
      const loadline::Directory& directory, const ProjectRegistry& registry,
      ContextOptions options = {});
  ~ProjectContextManager();
  ProjectContextManager(const ProjectContextManager&) = delete;
  ProjectContextManager& operator=(const ProjectContextManager&) = delete;

  // The sequence number given. kInvalidArgument: too large, importance not in [0, 1], no such role.
  absl::StatusOr<int64_t> Append(const ProjectId& id, NewMessage message);
  // As many Appends in one commit, all or none; the first sequence number of the run.
  // kInvalidArgument: no messages, or one that Append would refuse.
  absl::StatusOr<int64_t> AppendBatch(const ProjectId& id, std::vector<NewMessage> messages);

  // The newest `limit` messages, oldest of them first.
  absl::StatusOr<std::vector<Message>> Recent(const ProjectId& id, size_t limit);
  // One message. kNotFound: no such sequence number, or pruned.
  absl::StatusOr<Message> Get(const ProjectId& id, int64_t sequence);

  // Removes messages until rule.keep are left: first the one with the lowest importance, among
  // equals the oldest; the newest rule.keep_recent are never removed.
  absl::StatusOr<PruneResult> Prune(const ProjectId& id, const PruneRule& rule);
  // Removes all messages and cache entries; sequence numbers go on.
  absl::Status Clear(const ProjectId& id);

  // The analysis cache: small values by key, newest max_cache_entries kept (by last Put). Keys are
  // any bytes. kInvalidArgument: key longer than 1 KiB, value too large.
  absl::Status PutCache(const ProjectId& id, absl::string_view key, absl::string_view value);
  absl::StatusOr<std::string> GetCache(const ProjectId& id, absl::string_view key);  // kNotFound
  absl::Status EraseCache(const ProjectId& id, absl::string_view key);  // OK if it is not there

  // Makes `id` the project worked in: its context is resident when this returns, and observers are
  // told, unless it was active already. nullopt: none. Not durable; the registry's active project
  // is (Workspace sets both).
  absl::Status Switch(const std::optional<ProjectId>& id);
  std::optional<ProjectId> active() const;

  // Makes the context resident, like every call for a project.
  absl::StatusOr<ContextStats> Stats(const ProjectId& id);
  // From memory; waits for no write.
  ContextManagerStats Stats() const;

  // Closes the project's context, waiting for operations that use it; if it was the active one,
  // none is afterwards. Later calls are kNotFound if the registry says so, and open it anew
  // otherwise. Called before the project's folder is moved away, with the project's removal begun.
  // OK if it was not open.
  absl::Status Release(const ProjectId& id);

  // Moves context.db of folders under projects/ that the registry does not know to quarantine/, and
  // removes the folders that are empty then. The hex names of those of which something was moved or
  // removed. Anything not named like a project is left alone. kFailedPrecondition, with nothing
  // done, where the registry itself may be what was lost: it has no project, or quarantine/ holds
  // another.
  absl::StatusOr<std::vector<std::string>> CleanUpOrphans();

  // Observers run outside locks, one call at a time, in the order of the switches, and may call
  // everything, Workspace included: what they change is told after what they are being told. What
  // they throw is logged. After RemoveObserver returns, the observer is not called again, and is
  // not running unless an observer or a log sink removed it: these are not made to wait.
  int AddObserver(ContextObserver observer);
  void RemoveObserver(int number);

  // Reads every row of every project's context.db from the disk and checks it. Projects that are
  // damaged, with why. Reports only: no context is loaded, evicted or moved to quarantine. Holds
  // one row of one file at a time; calls for the project whose file is being read may wait.
  struct Damage {
    ProjectId id;
    absl::Status status;
  };
  std::vector<Damage> CheckAll();

 private:
  struct Impl;
  explicit ProjectContextManager(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_PROJECT_CONTEXT_MANAGER_H_
