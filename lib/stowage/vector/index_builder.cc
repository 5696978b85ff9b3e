#include "stowage/vector/index_builder.h"

#include <algorithm>

namespace stowage {

using loadline::MutexLock;

IndexBuilder::IndexBuilder() : thread_([this] { Run(); }) {}

IndexBuilder::~IndexBuilder() {
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    cancelled_.store(true, std::memory_order_relaxed);
    changed_.NotifyAll();
  }
  thread_.join();
}

void IndexBuilder::Schedule(VectorIndex* index) {
  MutexLock lock(mutex_);
  if (std::find(queue_.begin(), queue_.end(), index) != queue_.end()) return;
  queue_.push_back(index);
  changed_.NotifyAll();
}

void IndexBuilder::Cancel(VectorIndex* index) {
  MutexLock lock(mutex_);
  std::erase(queue_, index);
  if (running_ == index) cancelled_.store(true, std::memory_order_relaxed);
  while (running_ == index) changed_.Wait(mutex_);
}

void IndexBuilder::WaitUntilIdle() {
  MutexLock lock(mutex_);
  while (!queue_.empty() || running_ != nullptr) changed_.Wait(mutex_);
}

VectorIndex* IndexBuilder::Next() {
  MutexLock lock(mutex_);
  running_ = nullptr;
  changed_.NotifyAll();
  while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
  if (stopping_) return nullptr;
  cancelled_.store(false, std::memory_order_relaxed);
  running_ = queue_.front();
  queue_.pop_front();
  return running_;
}

void IndexBuilder::Run() {
  while (VectorIndex* const index = Next()) index->RunIndexing(cancelled_);
}

}  // namespace stowage
