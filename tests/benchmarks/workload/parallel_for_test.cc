#include "benchmarks/workload/parallel_for.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "gtest/gtest.h"

namespace loadline::workload {
namespace {

TEST(ParallelFor, VisitsEveryIndexOnce) {
  for (size_t count : {size_t{0}, size_t{1}, size_t{7}, size_t{1000}}) {
    std::vector<std::atomic<int>> visits(count);
    ParallelFor(count, [&](size_t begin, size_t end) {
      for (size_t i = begin; i < end; ++i) ++visits[i];
    });
    EXPECT_TRUE(std::all_of(visits.begin(), visits.end(), [](const auto& n) { return n == 1; }))
        << count;
  }
}

}  // namespace
}  // namespace loadline::workload
