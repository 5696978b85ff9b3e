#ifndef STOWAGE_CONTEXT_ACTIVE_PROJECT_H_
#define STOWAGE_CONTEXT_ACTIVE_PROJECT_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "loadline/base/mutex.h"
#include "stowage/registry/project_id.h"

namespace stowage {

struct ContextSwitch {
  std::optional<ProjectId> from;
  std::optional<ProjectId> to;
};
using ContextObserver = std::function<void(const ContextSwitch&)>;

// Which project is worked in, and who wants to know. Thread-safe.
class ActiveProject {
 public:
  // Stands for a change whose observers have not been called yet; 0: nobody to call.
  using Ticket = uint64_t;

  std::optional<ProjectId> Get() const;

  // Changes the active project; observers hear of it, in the order of the changes, through
  // Deliver(). Nobody hears of a change to what it already is.
  [[nodiscard]] Ticket Set(const std::optional<ProjectId>& to);
  // Set(nullopt) if the active project is `id`.
  [[nodiscard]] Ticket ClearIf(const ProjectId& id);

  // Calls the observers, outside locks and one at a time, until those of `ticket` have been called
  // (here or by another thread). Called by an observer it returns at once: the change is delivered
  // when the observers of the running one are through.
  void Deliver(Ticket ticket);

  int AddObserver(ContextObserver observer);
  // Afterwards the observer is not running (unless it is the caller) and is not called again.
  void RemoveObserver(int number);

 private:
  Ticket SetLocked(const std::optional<ProjectId>& to) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void DeliverNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool DeliveringHere() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return delivering_ && deliverer_ == std::this_thread::get_id();
  }

  mutable loadline::Mutex mutex_;
  loadline::CondVar delivered_change_;
  std::optional<ProjectId> active_ ABSL_GUARDED_BY(mutex_);
  std::map<int, std::shared_ptr<const ContextObserver>> observers_ ABSL_GUARDED_BY(mutex_);
  int next_observer_ ABSL_GUARDED_BY(mutex_) = 1;
  std::deque<ContextSwitch> pending_ ABSL_GUARDED_BY(mutex_);
  Ticket queued_ ABSL_GUARDED_BY(mutex_) = 0;
  Ticket delivered_ ABSL_GUARDED_BY(mutex_) = 0;
  bool delivering_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread::id deliverer_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_ACTIVE_PROJECT_H_
