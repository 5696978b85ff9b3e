#include "benchmarks/workload/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace loadline::workload {

void ParallelFor(size_t count, const std::function<void(size_t begin, size_t end)>& body) {
  // glibc counts the CPUs of the affinity mask, not those of the machine.
  const size_t cpus = std::max<size_t>(1, std::thread::hardware_concurrency());
  // Several ranges a CPU, so that one slow range does not leave the others idle.
  const size_t step = std::max<size_t>(1, count / (cpus * 8));
  std::atomic<size_t> next{0};
  const auto work = [&] {
    for (size_t begin; (begin = next.fetch_add(step)) < count;) {
      body(begin, std::min(begin + step, count));
    }
  };
  std::vector<std::thread> helpers;
  try {
    while (helpers.size() + 1 < cpus && helpers.size() * step < count) helpers.emplace_back(work);
  } catch (const std::system_error&) {
    // No more threads to be had: those that run, and this one, do the work.
  }
  work();
  for (std::thread& helper : helpers) helper.join();
}

}  // namespace loadline::workload
