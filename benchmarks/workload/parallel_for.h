#ifndef BENCHMARKS_WORKLOAD_PARALLEL_FOR_H_
#define BENCHMARKS_WORKLOAD_PARALLEL_FOR_H_

#include <cstddef>
#include <functional>

namespace loadline::workload {

// Calls body(begin, end) for disjoint ranges that cover [0, count), on as many threads as the
// process may use CPUs, and returns when all are done. Which thread takes which range is not
// fixed: results must not depend on it. `body` must not throw.
void ParallelFor(size_t count, const std::function<void(size_t begin, size_t end)>& body);

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_PARALLEL_FOR_H_
