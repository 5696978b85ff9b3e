#include "loadline/harness/held_benchmarks.h"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <vector>

#include "loadline/turns/turn_channel.h"

#if LOADLINE_HOLDS_BENCHMARKS
// The names that the linker's --wrap gives to the function and to what stands in for it.
#define LOADLINE_REGISTER "_ZN9benchmark8internal25RegisterBenchmarkInternalEPNS0_9BenchmarkE"
benchmark::internal::Benchmark* LoadlineRegisterNow(benchmark::internal::Benchmark* family) __asm__(
    "__real_" LOADLINE_REGISTER);
benchmark::internal::Benchmark* LoadlineRegister(benchmark::internal::Benchmark* family) __asm__(
    "__wrap_" LOADLINE_REGISTER);
#undef LOADLINE_REGISTER
#endif

namespace loadline::harness {

#if LOADLINE_HOLDS_BENCHMARKS
namespace {

// Never destroyed: families are registered by other translation units' initialisers.
std::vector<benchmark::internal::Benchmark*>& Held() {
  static auto* held = new std::vector<benchmark::internal::Benchmark*>;
  return *held;
}

}  // namespace

size_t HeldBenchmarks::count() { return Held().size(); }
void HeldBenchmarks::Register(size_t index) { LoadlineRegisterNow(Held()[index]); }
void HeldBenchmarks::SetIterations(size_t index, int64_t iterations) {
  Held()[index]->Iterations(iterations);
}

#else

size_t HeldBenchmarks::count() { return 0; }
void HeldBenchmarks::Register(size_t) {}
void HeldBenchmarks::SetIterations(size_t, int64_t) {}

#endif

}  // namespace loadline::harness

#if LOADLINE_HOLDS_BENCHMARKS
benchmark::internal::Benchmark* LoadlineRegister(benchmark::internal::Benchmark* family) {
  if (std::getenv(loadline::turns::kTurnsVariable) == nullptr) return LoadlineRegisterNow(family);
  loadline::harness::Held().push_back(family);
  return family;
}
#endif
