#ifndef STOWAGE_VECTOR_TURNSTILE_MUTEX_H_
#define STOWAGE_VECTOR_TURNSTILE_MUTEX_H_

#include "absl/base/thread_annotations.h"
#include "loadline/base/mutex.h"

namespace stowage {

// One writer or many readers, and neither can be starved: everybody passes a turnstile that a
// waiting writer holds, so that readers who come after it wait until it is done. (glibc's
// read-write lock lets readers overtake a writer for as long as they keep coming.)
// For loadline::ReaderLock and loadline::WriterLock.
class ABSL_LOCKABLE TurnstileMutex {
 public:
  void Lock() ABSL_EXCLUSIVE_LOCK_FUNCTION() {
    turnstile_.lock();
    mutex_.lock();
    turnstile_.unlock();
  }
  void Unlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock(); }
  void ReaderLock() ABSL_SHARED_LOCK_FUNCTION() {
    turnstile_.lock();
    mutex_.lock_shared();
    turnstile_.unlock();
  }
  void ReaderUnlock() ABSL_UNLOCK_FUNCTION() { mutex_.unlock_shared(); }

 private:
  std::mutex turnstile_;
  std::shared_mutex mutex_;
};

}  // namespace stowage

#endif  // STOWAGE_VECTOR_TURNSTILE_MUTEX_H_
