#ifndef TESTS_SUPPORT_ENDS_IN_TIME_H_
#define TESTS_SUPPORT_ENDS_IN_TIME_H_

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <thread>
#include <utility>

namespace loadline::testing {

// Runs `work` on a thread of its own. When it has not come back after a minute the program ends, as
// a failed test: a thread that waits for itself cannot be stopped.
inline void ExpectToEnd(std::function<void()> work) {
  std::packaged_task<void()> task(std::move(work));
  std::future<void> done = task.get_future();
  std::thread thread(std::move(task));
  if (done.wait_for(std::chrono::minutes(1)) == std::future_status::timeout) {
    std::fputs("still waiting after a minute\n", stderr);
    std::_Exit(EXIT_FAILURE);
  }
  thread.join();
  done.get();
}

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_ENDS_IN_TIME_H_
