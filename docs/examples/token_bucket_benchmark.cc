// Question: what does one decision cost, and what when several threads share a bucket?
// Timed: TryTake() with a reading of the clock. Not timed: making the bucket.
// Bound by: the one mutex. Would lie if the bucket ran empty: a refusal is a failed operation.
#include <benchmark/benchmark.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "docs/examples/token_bucket.h"
#include "loadline/base/clock.h"
#include "loadline/harness/operation_loop.h"
#include "loadline/harness/shared_fixture.h"

namespace {

// The answers are checked before anything is timed.
absl::StatusOr<std::unique_ptr<example::TokenBucket>> FullBucket() {
  example::TokenBucket one(/*per_second=*/1, /*burst=*/1);
  if (!one.TryTake(0) || one.TryTake(999'999'999) || !one.TryTake(1'000'000'000)) {
    return absl::InternalError("a bucket of one a second does not pass one a second");
  }
  return std::make_unique<example::TokenBucket>(/*per_second=*/1e12, /*burst=*/1e12);
}

void TryTakeFull(benchmark::State& state) {
  auto* bucket = loadline::harness::SharedFixture<example::TokenBucket>(state, "full", FullBucket);
  if (bucket == nullptr) return;
  const loadline::Clock& clock = loadline::Clock::Real();
  loadline::harness::OperationLoop loop(state, /*batch=*/16);
  while (loop.KeepRunning()) {
    loop.Time([&] { return bucket->TryTake(clock.SteadyNanos()); });
  }
}
BENCHMARK(TryTakeFull)->Name("TokenBucket/TryTake_Full")->UseRealTime()->ThreadRange(1, 4);

}  // namespace
