#include "loadline/monitor/periodic_thread.h"

#include <utility>

namespace loadline {

PeriodicThread::PeriodicThread(std::chrono::milliseconds period, std::function<void()> function)
    : period_(period), function_(std::move(function)), thread_([this] { Run(); }) {}

PeriodicThread::~PeriodicThread() {
  RequestStop();
  thread_.join();
}

void PeriodicThread::RequestStop() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  stop_signal_.NotifyAll();
}

bool PeriodicThread::stop_requested() const {
  MutexLock lock(mutex_);
  return stopping_;
}

void PeriodicThread::Run() {
  while (WaitForNextTurn()) function_();
}

bool PeriodicThread::WaitForNextTurn() {
  const auto due = std::chrono::steady_clock::now() + period_;
  MutexLock lock(mutex_);
  while (!stopping_) {
    const auto left = due - std::chrono::steady_clock::now();
    if (left <= left.zero()) return true;
    stop_signal_.WaitFor(mutex_, left);
  }
  return false;
}

}  // namespace loadline
