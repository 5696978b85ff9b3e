// A program of somebody who has never heard of this project: Google Benchmark and its own main.

#include <benchmark/benchmark.h>

#include <cstring>
#include <memory>

namespace {

void Holds64MiB(benchmark::State& state) {
  constexpr size_t kBytes = size_t{64} << 20;
  const std::unique_ptr<char[]> held(new char[kBytes]);
  for (auto _ : state) {
    std::memset(held.get(), 1, kBytes);
    benchmark::ClobberMemory();
  }
}
BENCHMARK(Holds64MiB);

void Empty(benchmark::State& state) {
  for (auto _ : state) benchmark::ClobberMemory();
}
BENCHMARK(Empty);

}  // namespace
