#ifndef STOWAGE_REGISTRY_NOTIFIER_H_
#define STOWAGE_REGISTRY_NOTIFIER_H_

#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "loadline/base/deferred_calls.h"
#include "loadline/base/log.h"
#include "loadline/base/mutex.h"

namespace stowage {

// How many observers, of whatever notifier, are running on this thread: one inside the other.
inline thread_local int observers_on_this_thread = 0;

// Tells observers of events, one call at a time and in the order of the events, never within a
// DeferredCalls and with no lock held but the log's, where a log sink made the event. An observer
// may call anything, what made the event included, but what ends this notifier or, in a log sink,
// what a sink may not call. What an observer throws is logged. Thread-safe.
template <typename Event>
class Notifier {
 public:
  using Observer = std::function<void(const Event&)>;
  // Stands for events that have not been told yet; 0: there is nobody to tell.
  using Ticket = uint64_t;

  // `component` is the log's: "registry".
  explicit Notifier(std::string component) : component_(std::move(component)) {}

  int Add(Observer observer) {
    loadline::MutexLock lock(mutex_);
    observers_.emplace(next_number_, std::make_shared<const Observer>(std::move(observer)));
    return next_number_++;
  }

  // Afterwards the observer is not called again, and is not running: but where an observer, of
  // whatever notifier, or a log sink removes it, it may be.
  void Remove(int number) {
    const bool may_wait = MayWait();
    loadline::MutexLock lock(mutex_);
    observers_.erase(number);
    while (may_wait && running_ == number) changed_.Wait(mutex_);
  }

  // Takes the events' place in the order, while that is certain. The ticket must be delivered.
  [[nodiscard]] Ticket Queue(absl::Span<const Event> events) {
    loadline::MutexLock lock(mutex_);
    if (observers_.empty() || events.empty()) return 0;
    pending_.insert(pending_.end(), events.begin(), events.end());
    return queued_ += events.size();
  }

  // Returns once the observers have been told of the ticket's events, here or by another thread;
  // within a DeferredCalls, or called by an observer or a log sink, it may return before.
  void Deliver(Ticket ticket) {
    if (ticket == 0) return;
    loadline::CallOutside([this, ticket] { DeliverNow(ticket); });
  }

 private:
  // Not where what runs here may be what the thread that is telling waits for.
  static bool MayWait() { return observers_on_this_thread == 0 && !loadline::InLogSink(); }

  // Whoever tells goes on until nothing is pending, so that nothing is lost where nobody may wait.
  void DeliverNow(Ticket ticket) {
    const bool may_wait = MayWait();
    loadline::MutexLock lock(mutex_);
    while (told_ < ticket || !pending_.empty()) {
      if (!telling_) {
        TellNext();
      } else if (told_ >= ticket || !may_wait) {
        return;
      } else {
        changed_.Wait(mutex_);
      }
    }
  }

  void TellNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    telling_ = true;
    const Event event = std::move(pending_.front());
    pending_.pop_front();
    for (auto it = observers_.begin(); it != observers_.end();) {
      const int number = it->first;
      const std::shared_ptr<const Observer> observer = it->second;
      running_ = number;
      mutex_.Unlock();
      Call(*observer, event);
      mutex_.Lock();
      running_.reset();
      changed_.NotifyAll();
      it = observers_.upper_bound(number);
    }
    telling_ = false;
    ++told_;
    changed_.NotifyAll();
  }

  // The event has happened whatever an observer thinks of it, and the next one must have its turn.
  void Call(const Observer& observer, const Event& event) const {
    ++observers_on_this_thread;
    try {
      observer(event);
    } catch (const std::exception& error) {
      LogThrown(error.what());
    } catch (...) {
      LogThrown("something unknown");
    }
    --observers_on_this_thread;
  }

  void LogThrown(absl::string_view what) const {
    loadline::Log({.level = loadline::LogLevel::kError,
                   .component = component_,
                   .message = "an observer threw an exception",
                   .fields = {{"what", std::string(what)}}});
  }

  const std::string component_;
  loadline::Mutex mutex_;
  loadline::CondVar changed_;
  std::map<int, std::shared_ptr<const Observer>> observers_ ABSL_GUARDED_BY(mutex_);
  int next_number_ ABSL_GUARDED_BY(mutex_) = 1;
  std::deque<Event> pending_ ABSL_GUARDED_BY(mutex_);
  Ticket queued_ ABSL_GUARDED_BY(mutex_) = 0;
  Ticket told_ ABSL_GUARDED_BY(mutex_) = 0;
  bool telling_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<int> running_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace stowage

#endif  // STOWAGE_REGISTRY_NOTIFIER_H_
