#ifndef LOADLINE_MONITOR_PERIODIC_THREAD_H_
#define LOADLINE_MONITOR_PERIODIC_THREAD_H_

#include <chrono>
#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "loadline/base/mutex.h"

namespace loadline {

// Calls a function every `period` on a thread of its own, the first time after one period, until
// it is destroyed, which waits for a call in progress. Must not be destroyed by the function.
class PeriodicThread {
 public:
  // Throws std::system_error if the OS gives no thread.
  PeriodicThread(std::chrono::milliseconds period, std::function<void()> function);
  ~PeriodicThread();
  PeriodicThread(const PeriodicThread&) = delete;
  PeriodicThread& operator=(const PeriodicThread&) = delete;

 private:
  void Run();
  // True once a period has passed, false when the thread is to end.
  bool WaitForNextTurn();

  const std::chrono::milliseconds period_;
  const std::function<void()> function_;
  Mutex mutex_;
  CondVar stop_requested_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace loadline

#endif  // LOADLINE_MONITOR_PERIODIC_THREAD_H_
