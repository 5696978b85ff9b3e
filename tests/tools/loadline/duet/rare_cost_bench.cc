// A benchmark program whose operations now and then cost much more, if it was built to
// (PLANTED_COSTS). A cost comes by the count of operations in the process, however these are cut
// into slices: as a table that grows, a log that is flushed or a cache that is written back do.

#include <benchmark/benchmark.h>
#include <time.h>
#include <unistd.h>

#include <cstdint>

#include "tests/tools/loadline/duet/planted_work.h"

namespace {

using loadline::duet::Spin;

// Volatile: what both programs have is the same machine code, whatever is planted in one of them.
volatile bool planted_costs = PLANTED_COSTS;

constexpr int64_t kSteps = 100;  // of an operation

// Every so many operations of the process, where it was built to.
class Now {
 public:
  explicit Now(int64_t every) : every_(every) {}

  bool IsTheTime() {
    static int64_t operations = 0;
    return ++operations % every_ == 0 && planted_costs;
  }

 private:
  const int64_t every_;
};

// The mean is so many per cent more.
void BM_RareWork(benchmark::State& state) {
  Now now(state.range(0));
  const int64_t more = kSteps * state.range(0) * state.range(1) / 100;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Spin(kSteps));
    if (now.IsTheTime()) benchmark::DoNotOptimize(Spin(more));
  }
}
BENCHMARK(BM_RareWork)
    ->ArgNames({"every", "percent"})
    ->ArgsProduct({{20'000, 100'000}, {10, 50, 100}});

double CpuSeconds() {
  struct timespec now {};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

// 20 ms of CPU time, more than all operations before it took together.
void BM_RareFlush(benchmark::State& state) {
  Now now(100'000);
  for (auto _ : state) {
    benchmark::DoNotOptimize(Spin(kSteps));
    if (!now.IsTheTime()) continue;
    const double end = CpuSeconds() + 0.02;
    while (CpuSeconds() < end) benchmark::DoNotOptimize(Spin(kSteps));
  }
}
BENCHMARK(BM_RareFlush);

void BM_RareSleep(benchmark::State& state) {
  Now now(20'000);
  for (auto _ : state) {
    benchmark::DoNotOptimize(Spin(kSteps));
    if (now.IsTheTime()) ::usleep(2'000);
  }
}
BENCHMARK(BM_RareSleep)->UseRealTime();

}  // namespace
