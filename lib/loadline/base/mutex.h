#ifndef LOADLINE_BASE_MUTEX_H_
#define LOADLINE_BASE_MUTEX_H_

// std::mutex and std::shared_mutex with the annotations that clang's -Wthread-safety checks.
// Not absl::Mutex: ThreadSanitizer sees pthread locks in any build, but not those of an
// uninstrumented abseil library, and reports races that are none.

#include <array>
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <shared_mutex>

#include "absl/base/thread_annotations.h"

namespace loadline {

class ABSL_LOCKABLE Mutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  bool TryLock() ABSL_EXCLUSIVE_TRYLOCK_FUNCTION(true) { return mutex_.try_lock(); }

 private:
  friend class CondVar;
  std::mutex mutex_;
};

class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~MutexLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Waits always stand in a `while (!condition)` loop: wake-ups may be spurious.
class CondVar {
 public:
  void Wait(Mutex& mutex) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    cond_.wait(lock);
    lock.release();
  }
  // False when `duration` passed without a notification.
  template <typename Duration>
  bool WaitFor(Mutex& mutex, Duration duration) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool notified = cond_.wait_for(lock, duration) == std::cv_status::no_timeout;
    lock.release();
    return notified;
  }
  void NotifyOne() { cond_.notify_one(); }
  void NotifyAll() { cond_.notify_all(); }

 private:
  std::condition_variable cond_;
};

// One writer or many readers.
class ABSL_LOCKABLE SharedMutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() { mutex_.lock(); }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  void ReaderLock() ABSL_SHARED_LOCK_FUNCTION() { mutex_.lock_shared(); }
  void ReaderUnlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock_shared(); }

 private:
  std::shared_mutex mutex_;
};

// As SharedMutex, for data read far more often than written: each thread reads under a stripe of
// its own, so that readers on different cores share no cache line (a std::shared_mutex makes two
// reading cores slower than one). A writer takes every stripe: about kStripes uncontended locks.
// At 16 stripes of 128 bytes one object is 2 KiB; keep it for manager-wide tables.
class ABSL_LOCKABLE StripedSharedMutex {
 public:
  static constexpr size_t kStripes = 16;

  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    for (Stripe& stripe : stripes_) stripe.mutex.lock();
  }
  void Unlock() ABSL_UNLOCK_FUNCTION() {
    for (size_t i = kStripes; i-- > 0;) stripes_[i].mutex.unlock();
  }
  void ReaderLock() ABSL_SHARED_LOCK_FUNCTION() { stripes_[ThreadStripe()].mutex.lock(); }
  void ReaderUnlock() ABSL_UNLOCK_FUNCTION() { stripes_[ThreadStripe()].mutex.unlock(); }

  // This thread's stripe: threads are dealt round in the order in which they first ask.
  static size_t ThreadStripe() {
    static std::atomic<size_t> next_thread{0};
    thread_local const size_t stripe =
        next_thread.fetch_add(1, std::memory_order_relaxed) % kStripes;
    return stripe;
  }

 private:
  // 128 bytes: the cache line of Apple silicon, and the pair of lines x86 prefetches together.
  struct alignas(128) Stripe {
    std::mutex mutex;
  };
  std::array<Stripe, kStripes> stripes_;
};

// Scoped locks for SharedMutex and StripedSharedMutex.
template <typename M>
class ABSL_SCOPED_LOCKABLE ReaderLock {
 public:
  explicit ReaderLock(M& mutex) ABSL_SHARED_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.ReaderLock();
  }
  ~ReaderLock() ABSL_UNLOCK_FUNCTION() { mutex_.ReaderUnlock(); }
  ReaderLock(const ReaderLock&) = delete;
  ReaderLock& operator=(const ReaderLock&) = delete;

 private:
  M& mutex_;
};

template <typename M>
class ABSL_SCOPED_LOCKABLE WriterLock {
 public:
  explicit WriterLock(M& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : mutex_(mutex) {
    mutex_.Lock();
  }
  ~WriterLock() ABSL_UNLOCK_FUNCTION() { mutex_.Unlock(); }
  WriterLock(const WriterLock&) = delete;
  WriterLock& operator=(const WriterLock&) = delete;

 private:
  M& mutex_;
};

}  // namespace loadline

#endif  // LOADLINE_BASE_MUTEX_H_
