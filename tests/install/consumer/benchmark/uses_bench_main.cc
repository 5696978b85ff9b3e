#include <benchmark/benchmark.h>

#include <string>

namespace {

void BM_CopyALine(benchmark::State& state) {
  const std::string line(100, 'x');
  for (auto _ : state) {
    std::string copy = line;
    benchmark::DoNotOptimize(copy.data());
  }
}
BENCHMARK(BM_CopyALine)->MinTime(0.01);

}  // namespace
