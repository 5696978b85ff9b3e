#ifndef LOADLINE_HARNESS_HELD_BENCHMARKS_H_
#define LOADLINE_HARNESS_HELD_BENCHMARKS_H_

#include <cstddef>
#include <cstdint>

namespace loadline::harness {

// The families of a program that takes turns (turns::kTurnsVariable is set), kept from Google
// Benchmark until they are asked for: with one family registered a slice begins in microseconds
// instead of matching every name of the program, and its iterations can be set. Every program that
// links bench_main has its calls of RegisterBenchmarkInternal directed here by the linker (--wrap)
// where the linker can; elsewhere, and when no turns are taken, benchmarks are registered as ever.
// Filled before main() from one thread; not thread-safe.
class HeldBenchmarks {
 public:
  // Families in the order of their registration.
  static size_t count();
  // Registers family `index` with Google Benchmark, every run of it to be reported, whatever the
  // benchmark says of aggregates. REQUIRES: index < count(); once each.
  static void Register(size_t index);
  // Every run of the family from now on has so many iterations a thread. REQUIRES: registered; the
  // benchmark itself sets no min_time and no min_warmup_time (Google Benchmark aborts).
  static void SetIterations(size_t index, int64_t iterations);
};

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_HELD_BENCHMARKS_H_
