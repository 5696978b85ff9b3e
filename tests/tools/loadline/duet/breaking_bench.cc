// A benchmark program one benchmark of which breaks in the way that $PLANTED_BREAK says, if it was
// built to. Where $PLANTED_LOG names a file, a line there says how many bytes the process was given
// as arguments and environment.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>

namespace {

// Volatile: what both programs have is the same machine code, whatever is planted in one of them.
volatile bool planted_to_break = PLANTED_TO_BREAK;

bool Breaks(const char* how) {
  const char* wanted = std::getenv("PLANTED_BREAK");
  return planted_to_break && wanted != nullptr && std::strcmp(wanted, how) == 0;
}

size_t FileSize(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {}).size();
}

[[maybe_unused]] const bool kLogged = [] {
  if (const char* log = std::getenv("PLANTED_LOG"); log != nullptr) {
    std::ofstream(log, std::ios::app)
        << FileSize("/proc/self/cmdline") << " " << FileSize("/proc/self/environ") << "\n";
  }
  return true;
}();

// Multiplications that wait for each other: what takes a cycle or two, as an addition does, takes
// twice as long in one of two equal programs when its loop lies badly.
void Multiply(benchmark::State& state) {
  uint64_t x = 1;
  for (auto _ : state) {
    for (int i = 0; i < 100; ++i) benchmark::DoNotOptimize(x *= 0x9E3779B97F4A7C15u);
  }
}

void BM_Fine(benchmark::State& state) { Multiply(state); }
BENCHMARK(BM_Fine);

void BM_Breaks(benchmark::State& state) {
  if (Breaks("kill") || (Breaks("kill late") && FileSize(std::getenv("PLANTED_LOG")) > 200)) {
    ::raise(SIGKILL);
  }
  if (Breaks("hang")) ::sleep(1000);
  if (Breaks("error")) {
    state.SkipWithError(
        "planted error, about which there is more to say than fits into one line of eighty "
        "characters, down to its last word");
  }
  Multiply(state);
}
BENCHMARK(BM_Breaks);

// Where it was built to, it takes twice as long in every other layout: duet's padding of the
// environment stands for the address that something happens to have.
void BM_Layout(benchmark::State& state) {
  const char* padding = std::getenv("LOADLINE_PADDING");
  const bool unlucky = planted_to_break && padding != nullptr && std::strlen(padding) % 2 == 1;
  const int steps = unlucky ? 2000 : 1000;
  for (auto _ : state) {
    [[maybe_unused]] volatile int done = 0;
    for (int i = 0; i < steps; ++i) done = i;
  }
}
BENCHMARK(BM_Layout);

// Its first iteration in a process makes what all others find.
void BM_LazyFirst(benchmark::State& state) {
  static bool made = false;
  for (auto _ : state) {
    if (!std::exchange(made, true)) ::usleep(20'000);
    benchmark::DoNotOptimize(made);
  }
}
BENCHMARK(BM_LazyFirst);

// Looks for what lies beside the program, as its caller called it.
void BM_Beside(benchmark::State& state) {
  std::string program;
  std::getline(std::ifstream("/proc/self/cmdline", std::ios::binary), program, '\0');
  if (!std::ifstream(program + ".data")) state.SkipWithError("nothing lies beside me");
  Multiply(state);
}
BENCHMARK(BM_Beside);

// Arguments that are called what Google Benchmark calls parts of a name, and its own parts.
BENCHMARK(BM_Fine)->Name("BM_Named")->ArgName("threads")->Arg(2)->Arg(16);
BENCHMARK(BM_Fine)->Name("BM_Named")->ArgNames({"iterations", "repeats"})->Args({1, 5});
BENCHMARK(BM_Fine)->Name("BM_Named")->ArgNames({"repeats", "iterations"})->Args({5, 1});
BENCHMARK(BM_Fine)->Name("BM_Named")->ArgName("min_time")->Arg(2)->UseRealTime()->Threads(1);
BENCHMARK(BM_Fine)->Name("BM_Named/real_time/iterations:3")->ArgName("manual_time")->Arg(1);
BENCHMARK(BM_Fine)->Name("BM_Long")->ArgName("iterations")->Arg(9)->Iterations(70);
BENCHMARK(BM_Fine)->Name("BM_Long")->MinTime(0.002)->Repetitions(2)->UseRealTime();
BENCHMARK(BM_Fine)->Name("BM_Long")->MinWarmUpTime(0.002);
BENCHMARK(BM_Fine)->Name("BM_OnlyMeans")->Repetitions(3)->ReportAggregatesOnly();

// Nothing tells these two apart.
BENCHMARK(BM_Fine)->Name("BM_Twice");
BENCHMARK(BM_LazyFirst)->Name("BM_Twice");

// The clock stands still during every so many calls, or, for 0, from the 13th on.
void BM_StillClock(benchmark::State& state) {
  static int64_t calls = 0;
  ++calls;
  const bool still = state.range(0) == 0 ? calls > 12 : calls % state.range(0) == 0;
  for (auto _ : state) state.SetIterationTime(still ? 0 : 1e-6);
}
BENCHMARK(BM_StillClock)->Arg(0)->Arg(8)->UseManualTime();

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
