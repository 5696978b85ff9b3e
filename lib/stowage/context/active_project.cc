#include "stowage/context/active_project.h"

#include <utility>

namespace stowage {

std::optional<ProjectId> ActiveProject::Get() const {
  loadline::MutexLock lock(mutex_);
  return active_;
}

ActiveProject::Ticket ActiveProject::Set(const std::optional<ProjectId>& to) {
  loadline::MutexLock lock(mutex_);
  return SetLocked(to);
}

ActiveProject::Ticket ActiveProject::ClearIf(const ProjectId& id) {
  loadline::MutexLock lock(mutex_);
  return active_ == id ? SetLocked(std::nullopt) : 0;
}

ActiveProject::Ticket ActiveProject::SetLocked(const std::optional<ProjectId>& to) {
  if (active_ == to) return 0;
  const std::optional<ProjectId> from = std::exchange(active_, to);
  if (observers_.empty()) return 0;
  pending_.push_back({.from = from, .to = to});
  return ++queued_;
}

void ActiveProject::Deliver(Ticket ticket) {
  if (ticket == 0) return;
  loadline::MutexLock lock(mutex_);
  if (DeliveringHere()) return;
  // All that is queued, not only what is this thread's: a change that an observer makes has no
  // other thread to deliver it.
  while (delivered_ < ticket || !pending_.empty()) {
    if (delivering_) {
      if (delivered_ >= ticket) return;
      delivered_change_.Wait(mutex_);
    } else {
      DeliverNext();
    }
  }
}

void ActiveProject::DeliverNext() {
  delivering_ = true;
  deliverer_ = std::this_thread::get_id();
  const ContextSwitch change = std::move(pending_.front());
  pending_.pop_front();
  for (auto it = observers_.begin(); it != observers_.end();) {
    const int number = it->first;
    const std::shared_ptr<const ContextObserver> observer = it->second;
    mutex_.Unlock();
    (*observer)(change);
    mutex_.Lock();
    it = observers_.upper_bound(number);
  }
  delivering_ = false;
  ++delivered_;
  delivered_change_.NotifyAll();
}

int ActiveProject::AddObserver(ContextObserver observer) {
  loadline::MutexLock lock(mutex_);
  observers_.emplace(next_observer_, std::make_shared<const ContextObserver>(std::move(observer)));
  return next_observer_++;
}

void ActiveProject::RemoveObserver(int number) {
  loadline::MutexLock lock(mutex_);
  observers_.erase(number);
  while (delivering_ && !DeliveringHere()) delivered_change_.Wait(mutex_);
}

}  // namespace stowage
