#ifndef LOADLINE_HARNESS_SHARED_FIXTURE_H_
#define LOADLINE_HARNESS_SHARED_FIXTURE_H_

#include <benchmark/benchmark.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace loadline::harness {

// What a benchmark works on, built once and used by all of its threads:
//
//   Fixture* fixture = SharedFixture<Fixture>(
//       state, absl::StrCat("registry/n:", state.range(0)),
//       [&] { return Fixture::Create(state.range(0)); });
//   if (fixture == nullptr) return;   // the row is an error row already
//
// The first thread that asks for `key` builds it, before the loop's start barrier and so outside
// of all measured time; the others wait for it. Google Benchmark calls a benchmark function many
// times while it looks for the number of iterations: the fixture stays the same over those calls
// and over repetitions, and is destroyed when the same T is asked for under another key, when the
// benchmark has been reported (programs with our main), or at exit. So its state carries over from
// call to call: a benchmark that changes it must leave it as it found it, or fix Iterations().
//
// When `build` fails, all threads of the run get null and the row is an error row with the status;
// it is not tried again for the same key. Call it before the loop, from every thread, with one key
// a run. `build` may itself ask for fixtures of other types. The pointer is valid until the
// benchmark function returns.
template <typename T>
T* SharedFixture(benchmark::State& state, absl::string_view key,
                 absl::FunctionRef<absl::StatusOr<std::unique_ptr<T>>()> build);

// Destroys all fixtures. Only while no benchmark runs.
void ReleaseSharedFixtures();

namespace internal {

// The store behind SharedFixture, one slot a type. `type` is the address of something unique to T.
absl::StatusOr<std::shared_ptr<void>> FindOrBuildFixture(
    const void* type, absl::string_view key,
    absl::FunctionRef<absl::StatusOr<std::shared_ptr<void>>()> build);

void SkipBecauseOf(benchmark::State& state, absl::string_view key, const absl::Status& status);

template <typename T>
inline constexpr char kFixtureType = 0;

}  // namespace internal

template <typename T>
T* SharedFixture(benchmark::State& state, absl::string_view key,
                 absl::FunctionRef<absl::StatusOr<std::unique_ptr<T>>()> build) {
  const auto erased = [&]() -> absl::StatusOr<std::shared_ptr<void>> {
    absl::StatusOr<std::unique_ptr<T>> built = build();
    if (!built.ok()) return std::move(built).status();
    return std::shared_ptr<void>(std::shared_ptr<T>(*std::move(built)));
  };
  const absl::StatusOr<std::shared_ptr<void>> fixture =
      internal::FindOrBuildFixture(&internal::kFixtureType<T>, key, erased);
  if (!fixture.ok()) {
    internal::SkipBecauseOf(state, key, fixture.status());
    return nullptr;
  }
  return static_cast<T*>(fixture->get());  // the store holds it
}

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_SHARED_FIXTURE_H_
