// A Google Benchmark program with work of exactly known size: PLANTED_PER_MILLE says how much more
// than the original BM_Spin/slowed does.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "tests/tools/loadline/duet/planted_work.h"

namespace {

using loadline::duet::Spin;

void BM_Spin(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Spin(state.range(0)));
}
BENCHMARK(BM_Spin)->Arg(10)->Arg(1000)->Arg(100'000);

void BM_Planted(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Spin(1000 + PLANTED_PER_MILLE));
}
BENCHMARK(BM_Planted);

void BM_Sort(benchmark::State& state) {
  std::vector<uint32_t> values(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    uint32_t x = 1;
    for (uint32_t& value : values) value = x = x * 1664525 + 1013904223;
    std::sort(values.begin(), values.end());
    benchmark::DoNotOptimize(values.data());
  }
}
BENCHMARK(BM_Sort)->Arg(64)->Arg(4096);

void BM_MapFind(benchmark::State& state) {
  std::map<uint32_t, uint32_t> map;
  for (uint32_t i = 0; i < 1000; ++i) map[i * 2654435761U] = i;
  uint32_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(map.find((i++ % 1000) * 2654435761U));
}
BENCHMARK(BM_MapFind);

void BM_StringAppend(benchmark::State& state) {
  for (auto _ : state) {
    std::string text;
    for (int i = 0; i < 100; ++i) text += "abcdefgh";
    benchmark::DoNotOptimize(text.data());
  }
}
BENCHMARK(BM_StringAppend);

// What Google Benchmark enters anew for every slice.
void BM_LongSetUp(benchmark::State& state) {
  std::vector<uint64_t> values(500'000);
  std::iota(values.begin(), values.end(), 1);
  size_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(values[(i += 4099) % values.size()]);
}
BENCHMARK(BM_LongSetUp);

void BM_Threads(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(Spin(2000));
}
BENCHMARK(BM_Threads)->UseRealTime()->Threads(2);

}  // namespace
