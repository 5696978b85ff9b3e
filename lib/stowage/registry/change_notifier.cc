#include "stowage/registry/change_notifier.h"

#include <exception>
#include <string>
#include <utility>

#include "loadline/base/log.h"

namespace stowage {
namespace {

void Call(const RegistryObserver& observer, const RegistryChange& change) {
  // The change is durable whatever an observer thinks of it, and the next one must have its turn.
  try {
    observer(change);
  } catch (const std::exception& error) {
    loadline::Log({loadline::LogLevel::kError,
                   "registry",
                   "an observer threw an exception",
                   {{"what", error.what()}}});
  } catch (...) {
    loadline::Log({loadline::LogLevel::kError,
                   "registry",
                   "an observer threw an exception",
                   {{"what", "something unknown"}}});
  }
}

}  // namespace

int ChangeNotifier::Add(RegistryObserver observer) {
  loadline::MutexLock lock(mutex_);
  observers_.emplace(next_number_, std::move(observer));
  return next_number_++;
}

void ChangeNotifier::Remove(int number) {
  loadline::MutexLock lock(mutex_);
  observers_.erase(number);
  while (running_ == number && running_thread_ != std::this_thread::get_id()) {
    changed_.Wait(mutex_);
  }
}

std::optional<uint64_t> ChangeNotifier::DrawTicket() {
  loadline::MutexLock lock(mutex_);
  if (observers_.empty()) return std::nullopt;
  return next_ticket_++;
}

void ChangeNotifier::Deliver(uint64_t ticket, absl::Span<const RegistryChange> changes) {
  std::vector<int> numbers;
  {
    loadline::MutexLock lock(mutex_);
    while (serving_ != ticket) changed_.Wait(mutex_);
    for (const auto& [number, observer] : observers_) numbers.push_back(number);
  }
  for (const int number : numbers) Tell(number, changes);
  loadline::MutexLock lock(mutex_);
  ++serving_;
  changed_.NotifyAll();
}

void ChangeNotifier::Tell(int number, absl::Span<const RegistryChange> changes) {
  RegistryObserver observer;
  {
    loadline::MutexLock lock(mutex_);
    const auto found = observers_.find(number);
    if (found == observers_.end()) return;  // removed since
    observer = found->second;
    running_ = number;
    running_thread_ = std::this_thread::get_id();
  }
  for (const RegistryChange& change : changes) Call(observer, change);
  loadline::MutexLock lock(mutex_);
  running_ = 0;
  changed_.NotifyAll();
}

}  // namespace stowage
