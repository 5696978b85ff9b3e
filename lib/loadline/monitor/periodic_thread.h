#ifndef LOADLINE_MONITOR_PERIODIC_THREAD_H_
#define LOADLINE_MONITOR_PERIODIC_THREAD_H_

#include <chrono>
#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "loadline/base/mutex.h"

namespace loadline {

// Calls a function every `period` on a thread of its own, the first time after one period, until
// it is destroyed, which waits for a call in progress. Must not be destroyed by the function, which
// may call RequestStop() instead. Thread-safe once it is constructed.
class PeriodicThread {
 public:
  // Throws std::system_error if the OS gives no thread.
  PeriodicThread(std::chrono::milliseconds period, std::function<void()> function);
  ~PeriodicThread();
  PeriodicThread(const PeriodicThread&) = delete;
  PeriodicThread& operator=(const PeriodicThread&) = delete;

  // Lets the thread end after the call in progress, if any, and does not wait for that.
  void RequestStop();
  bool stop_requested() const;
  // Whether the calling thread is this one.
  bool IsCurrentThread() const { return thread_.get_id() == std::this_thread::get_id(); }

 private:
  void Run();
  // True once a period has passed, false when the thread is to end.
  bool WaitForNextTurn();

  const std::chrono::milliseconds period_;
  const std::function<void()> function_;
  mutable Mutex mutex_;
  CondVar stop_signal_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace loadline

#endif  // LOADLINE_MONITOR_PERIODIC_THREAD_H_
