// A benchmark program one benchmark of which breaks in the way that $PLANTED_BREAK says, if it was
// built to.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

namespace {

bool Breaks(const char* how) {
  const char* wanted = std::getenv("PLANTED_BREAK");
  return PLANTED_TO_BREAK && wanted != nullptr && std::strcmp(wanted, how) == 0;
}

void BM_Fine(benchmark::State& state) {
  int x = 0;
  for (auto _ : state) benchmark::DoNotOptimize(x += 3);
}
BENCHMARK(BM_Fine);

void BM_Breaks(benchmark::State& state) {
  if (Breaks("kill")) ::raise(SIGKILL);
  if (Breaks("hang")) ::sleep(1000);
  if (Breaks("error")) state.SkipWithError("planted error");
  int x = 0;
  for (auto _ : state) benchmark::DoNotOptimize(x += 3);
}
BENCHMARK(BM_Breaks);

#if PLANTED_TO_BREAK
void BM_OnlyNew(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(state.iterations());
}
BENCHMARK(BM_OnlyNew);
#else
void BM_OnlyBase(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(state.iterations());
}
BENCHMARK(BM_OnlyBase);
#endif

}  // namespace
