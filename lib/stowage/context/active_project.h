#ifndef STOWAGE_CONTEXT_ACTIVE_PROJECT_H_
#define STOWAGE_CONTEXT_ACTIVE_PROJECT_H_

#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "loadline/base/mutex.h"
#include "stowage/context/project_context.h"
#include "stowage/registry/notifier.h"
#include "stowage/registry/project_id.h"

namespace stowage {

// Which project is worked in, and who wants to know. Thread-safe.
class ActiveProject {
 public:
  using Ticket = Notifier<ContextSwitch>::Ticket;

  std::optional<ProjectId> Get() const;

  // Changes the active project; observers hear of it, in the order of the changes, through
  // Deliver(). Nobody hears of a change to what it already is.
  [[nodiscard]] Ticket Set(const std::optional<ProjectId>& to);
  // Set(nullopt) if the active project is `id`.
  [[nodiscard]] Ticket ClearIf(const ProjectId& id);

  // See Notifier.
  void Deliver(Ticket ticket) { observers_.Deliver(ticket); }
  int AddObserver(ContextObserver observer) { return observers_.Add(std::move(observer)); }
  void RemoveObserver(int number) { observers_.Remove(number); }

 private:
  Ticket SetLocked(const std::optional<ProjectId>& to) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable loadline::Mutex mutex_;
  std::optional<ProjectId> active_ ABSL_GUARDED_BY(mutex_);
  Notifier<ContextSwitch> observers_{"context"};
};

}  // namespace stowage

#endif  // STOWAGE_CONTEXT_ACTIVE_PROJECT_H_
