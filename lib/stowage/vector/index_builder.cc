#include "stowage/vector/index_builder.h"

#if defined(__linux__)
#include <sys/resource.h>
#include <unistd.h>
#elif defined(__APPLE__)
#include <pthread.h>
#include <sys/qos.h>
#endif

#include <algorithm>

#include "loadline/base/deferred_calls.h"
#include "loadline/base/log.h"

namespace stowage {

using loadline::MutexLock;

namespace {

// Calls of the library go before what is done in the background where processors are short: beside
// a thread that adds without end, on two processors, one search in a hundred took 5 times as long
// as alone, and 1.8 times with this. Not least of all, or a busy machine would never index.
void YieldToOthers() {
#if defined(__linux__)
  constexpr int kNice = 5;
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
#elif defined(__APPLE__)
  ::pthread_set_qos_class_self_np(QOS_CLASS_UTILITY, 0);
#endif
}

}  // namespace

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
  // What is running may be waiting for the sink to return, or called it.
  if (loadline::InLogSink()) return;
  MutexLock lock(mutex_);
  while (!queue_.empty() || running_ != nullptr) changed_.Wait(mutex_);
}

void IndexBuilder::Done() {
  MutexLock lock(mutex_);
  running_ = nullptr;
  changed_.NotifyAll();
}

VectorIndex* IndexBuilder::Next() {
  MutexLock lock(mutex_);
  while (queue_.empty() && !stopping_) changed_.Wait(mutex_);
  if (stopping_) return nullptr;
  cancelled_.store(false, std::memory_order_relaxed);
  running_ = queue_.front();
  queue_.pop_front();
  return running_;
}

void IndexBuilder::Run() {
  YieldToOthers();
  while (VectorIndex* const index = Next()) {
    // A log sink may close the very index that it is told of, which waits for its indexing.
    const loadline::DeferredCalls told_later;
    index->RunIndexing(cancelled_);
    Done();
  }
}

}  // namespace stowage
