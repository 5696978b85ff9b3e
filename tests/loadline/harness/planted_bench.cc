// A benchmark program with known quantities in it, linked like anybody's program would be. The
// tests run it and look for what was planted, and for nothing where nothing was.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <locale>
#include <memory>
#include <mutex>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "loadline/harness/counters.h"
#include "loadline/harness/named_input.h"
#include "loadline/harness/operation_loop.h"
#include "loadline/harness/shared_fixture.h"

namespace {

// Takes 24 MiB before main() and gives them back, where it is asked to.
[[maybe_unused]] const bool took_memory_early = [] {
  constexpr size_t kBytes = size_t{24} << 20;
  if (std::getenv("PLANTED_EARLY_MEMORY") == nullptr) return false;
  const std::unique_ptr<char[]> taken(new char[kBytes]);
  std::memset(taken.get(), 1, kBytes);
  return static_cast<const volatile char*>(taken.get())[kBytes / 2] == 1;
}();

// Names the input that it is told to, which "missing" is not.
[[maybe_unused]] const bool named_an_input = [] {
  const char* planted = std::getenv("PLANTED_INPUT");
  if (planted == nullptr) return false;
  return loadline::harness::NameInput(
      [name = std::string(planted)]() -> absl::StatusOr<std::string> {
        if (name == "missing") return absl::NotFoundError("no such corpus");
        return name;
      });
}();

using loadline::harness::OperationLoop;
using loadline::harness::SetGauge;
using loadline::harness::SharedFixture;

void Nothing(benchmark::State& state) {
  OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([] { return true; });
}
BENCHMARK(Nothing)->UseRealTime();

// Sleeps, and keeps what each took by a clock of its own: on a loaded machine sleeps are longer
// than planned, and the harness must report what they were.
class Sleeps {
 public:
  using Clock = std::chrono::steady_clock;

  void Clear() {
    const std::lock_guard<std::mutex> lock(mutex_);
    nanos_.clear();
    first_ = Clock::time_point::max();
    last_ = Clock::time_point::min();
  }
  void Sleep(std::chrono::milliseconds planned) {
    const Clock::time_point start = Clock::now();
    std::this_thread::sleep_for(planned);
    const Clock::time_point end = Clock::now();
    const std::lock_guard<std::mutex> lock(mutex_);
    nanos_.push_back(std::chrono::duration<double, std::nano>(end - start).count());
    first_ = std::min(first_, start);
    last_ = std::max(last_, end);
  }
  // Of all threads' sleeps since Clear(): by thread 0, behind the loop's end barrier. The median
  // is the lower one, as the harness's nearest rank is.
  void Publish(benchmark::State& state) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto count = static_cast<double>(nanos_.size());
    const auto middle = nanos_.begin() + static_cast<std::ptrdiff_t>((nanos_.size() - 1) / 2);
    std::nth_element(nanos_.begin(), middle, nanos_.end());
    SetGauge(state, "slept_p50_ns", *middle);
    SetGauge(state, "sleeps_per_s", count / std::chrono::duration<double>(last_ - first_).count());
    SetGauge(state, "sleeps_per_slept_s",
             count * 1e9 / std::accumulate(nanos_.begin(), nanos_.end(), 0.0));
  }

 private:
  std::mutex mutex_;
  std::vector<double> nanos_;
  Clock::time_point first_, last_;
};

void Sleep10ms(benchmark::State& state) {
  static Sleeps sleeps;
  if (state.thread_index() == 0) sleeps.Clear();
  OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([] { sleeps.Sleep(std::chrono::milliseconds(10)); });
  if (state.thread_index() == 0) sleeps.Publish(state);
}
BENCHMARK(Sleep10ms)->Iterations(20)->UseRealTime()->Threads(1)->Threads(2)->Threads(4)->Threads(8);

// Every tenth operation of every thread fails.
void FailsTenPercent(benchmark::State& state) {
  OperationLoop loop(state);
  int64_t i = 0;
  while (loop.KeepRunning()) {
    loop.Time([&]() -> absl::Status {
      return ++i % 10 == 0 ? absl::UnavailableError("planted") : absl::OkStatus();
    });
  }
}
BENCHMARK(FailsTenPercent)->Iterations(1000)->UseRealTime()->Threads(1)->Threads(4);

// As above in batches of 64, which 1,000 is no multiple of: the last batch overshoots.
void FailsTenPercentInBatches(benchmark::State& state) {
  OperationLoop loop(state, 64);
  int64_t i = 0;
  while (loop.KeepRunning()) {
    loop.Time([&]() -> absl::StatusOr<int64_t> {
      if (++i % 10 == 0) return absl::UnavailableError("planted");
      return i;
    });
  }
}
BENCHMARK(FailsTenPercentInBatches)->Iterations(640)->UseRealTime();
BENCHMARK(FailsTenPercentInBatches)->Name("OvershootingBatches")->Iterations(1000)->UseRealTime();

// 1 ms timed and 9 ms not, per operation.
void UntimedWork(benchmark::State& state) {
  Sleeps sleeps;
  OperationLoop loop(state);
  while (loop.KeepRunning()) {
    loop.Untimed([] { std::this_thread::sleep_for(std::chrono::milliseconds(9)); });
    loop.Time([&] { sleeps.Sleep(std::chrono::milliseconds(1)); });
  }
  sleeps.Publish(state);
}
BENCHMARK(UntimedWork)->Iterations(20)->UseRealTime();

void Holds16MiB(benchmark::State& state) {
  constexpr size_t kBytes = size_t{16} << 20;
  std::unique_ptr<char[]> held;
  if (state.thread_index() == 0) {
    held.reset(new char[kBytes]);
    std::memset(held.get(), 1, kBytes);
  }
  OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([&] { return held != nullptr; });
}
BENCHMARK(Holds16MiB)->Iterations(100)->UseRealTime();

// Holds as much as Holds16MiB's twin does: nothing.
void HoldsNothing(benchmark::State& state) {
  OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([&] { return true; });
}
BENCHMARK(HoldsNothing)->Iterations(100)->UseRealTime();

void WrongAnswer(benchmark::State& state) {
  OperationLoop loop(state);
  int64_t i = 0;
  while (loop.KeepRunning()) {
    loop.Time([&] { ++i; });
    if (state.thread_index() == state.threads() - 1 && i == 3) {
      loop.Fail("found 41, want 42\x01\xff");
    }
  }
}
BENCHMARK(WrongAnswer)->Iterations(1'000'000'000)->UseRealTime()->Threads(1)->Threads(4);

// The failing thread does not even go back to the loop.
void WrongAnswerThenReturn(benchmark::State& state) {
  OperationLoop loop(state);
  while (loop.KeepRunning()) {
    loop.Time([] {});
    if (state.thread_index() == 0) {
      loop.Fail("wrong");
      return;
    }
  }
}
BENCHMARK(WrongAnswerThenReturn)->Iterations(1'000'000'000)->UseRealTime()->Threads(4);

void BadCounters(benchmark::State& state) {
  OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([] {});
  SetGauge(state, "not_a_number", std::numeric_limits<double>::quiet_NaN());
  SetGauge(state, "without_end", std::numeric_limits<double>::infinity());
  SetGauge(state, "threads", 99);
  SetGauge(state, "gauge", 7);
}
BENCHMARK(BadCounters)->Iterations(10)->UseRealTime()->Threads(4);

std::atomic<int> builds{0};
struct Counted {
  int number;
};

void UsesFixture(benchmark::State& state) {
  Counted* fixture = SharedFixture<Counted>(
      state, absl::StrCat("n:", state.range(0)), []() -> absl::StatusOr<std::unique_ptr<Counted>> {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return std::make_unique<Counted>(Counted{++builds});
      });
  if (fixture == nullptr) return;
  OperationLoop loop(state, 16);
  while (loop.KeepRunning()) loop.Time([&] { return fixture->number; });
  SetGauge(state, "fixtures_built", builds.load());
}
BENCHMARK(UsesFixture)->UseRealTime()->Arg(1)->Arg(2)->Threads(4);

void FixtureFails(benchmark::State& state) {
  Counted* fixture =
      SharedFixture<Counted>(state, "broken", []() -> absl::StatusOr<std::unique_ptr<Counted>> {
        return absl::NotFoundError("no such data set");
      });
  if (fixture == nullptr) return;
  OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([] {});
}
BENCHMARK(FixtureFails)->UseRealTime()->Threads(4);

struct CommaLocale : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return ' '; }
  std::string do_grouping() const override { return "\2"; }
};

// Sets a locale for the rest of the process, as a program may; does as little as Nothing.
void SetsALocale(benchmark::State& state) {
  auto facet = std::make_unique<CommaLocale>();
  std::locale::global(std::locale(std::locale::classic(), facet.release()));  // the locale's now
  for (auto _ : state) benchmark::ClobberMemory();
  state.counters["quarter"] = 1234567.25;
}
BENCHMARK(SetsALocale)->Iterations(12345);

void FindsTheLocaleSet(benchmark::State& state) {
  for (auto _ : state) benchmark::ClobberMemory();
  const bool set = std::use_facet<std::numpunct<char>>(std::locale()).decimal_point() == ',';
  state.counters["comma"] = set ? 1 : 0;
}
BENCHMARK(FindsTheLocaleSet)->Iterations(10);

// What the recorder costs: the body is empty, so a row's real_time is the recorder.
void RecorderOne(benchmark::State& state) {
  OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([] { return true; });
}
BENCHMARK(RecorderOne);
void RecorderBatch64(benchmark::State& state) {
  OperationLoop loop(state, 64);
  while (loop.KeepRunning()) loop.Time([] { return true; });
}
BENCHMARK(RecorderBatch64);

// Registered as somebody does who has never heard of this library.
void PlainLoop(benchmark::State& state) {
  for (auto _ : state) benchmark::ClobberMemory();
}
BENCHMARK(PlainLoop);

}  // namespace
