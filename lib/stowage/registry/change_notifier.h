#ifndef STOWAGE_REGISTRY_CHANGE_NOTIFIER_H_
#define STOWAGE_REGISTRY_CHANGE_NOTIFIER_H_

#include <cstdint>
#include <map>
#include <optional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/types/span.h"
#include "loadline/base/mutex.h"
#include "stowage/registry/project_registry.h"

namespace stowage {

// Tells observers of changes, one call at a time and in the order of the changes, although each
// change is told by the thread that made it: a change draws a ticket while the order is still
// certain, and Deliver() waits for the ticket's turn. Thread-safe.
class ChangeNotifier {
 public:
  int Add(RegistryObserver observer);
  // Waits until the observer has returned, unless it is the observer that asks.
  void Remove(int number);

  // A place in the order; none when nobody observes. Every ticket must be delivered.
  std::optional<uint64_t> DrawTicket();
  void Deliver(uint64_t ticket, absl::Span<const RegistryChange> changes);

 private:
  void Tell(int number, absl::Span<const RegistryChange> changes);

  loadline::Mutex mutex_;
  loadline::CondVar changed_;
  std::map<int, RegistryObserver> observers_ ABSL_GUARDED_BY(mutex_);
  int next_number_ ABSL_GUARDED_BY(mutex_) = 1;
  uint64_t next_ticket_ ABSL_GUARDED_BY(mutex_) = 0;
  uint64_t serving_ ABSL_GUARDED_BY(mutex_) = 0;
  int running_ ABSL_GUARDED_BY(mutex_) = 0;  // the observer that is being told; 0: none
  std::thread::id running_thread_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stowage

#endif  // STOWAGE_REGISTRY_CHANGE_NOTIFIER_H_
