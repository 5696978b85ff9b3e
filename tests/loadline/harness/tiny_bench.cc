// The least program that links loadline::bench_main: built in several ways, which its results tell.

#include <benchmark/benchmark.h>

namespace {

void Tiny(benchmark::State& state) {
  for (auto _ : state) benchmark::ClobberMemory();
}
BENCHMARK(Tiny)->Iterations(10);

}  // namespace
