// A program of somebody who has never heard of this project: Google Benchmark and its own main.

#include <benchmark/benchmark.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>

namespace {

void Touch(size_t bytes) {
  const std::unique_ptr<char[]> held(new char[bytes]);
  std::memset(held.get(), 1, bytes);
  benchmark::DoNotOptimize(held.get());
}

// $PLANTED_MEMORY says when the process takes 32 MiB and gives them back: "last", as the last thing
// that it does, or "listing", before main() when it is to list its benchmarks.
bool Takes(const char* when) {
  const char* wanted = std::getenv("PLANTED_MEMORY");
  return wanted != nullptr && std::strcmp(wanted, when) == 0;
}

struct TakesMemory {
  TakesMemory() {
    std::ifstream file("/proc/self/cmdline", std::ios::binary);
    const std::string line(std::istreambuf_iterator<char>(file), {});
    const bool lists = line.find("--benchmark_list_tests=true") != std::string::npos;
    if (Takes("listing") && lists) Touch(size_t{32} << 20);
  }
  ~TakesMemory() {
    if (Takes("last")) Touch(size_t{32} << 20);
  }
};
const TakesMemory takes_memory;

void Holds64MiB(benchmark::State& state) {
  constexpr size_t kBytes = size_t{64} << 20;
  const std::unique_ptr<char[]> held(new char[kBytes]);
  for (auto _ : state) {
    std::memset(held.get(), 1, kBytes);
    benchmark::DoNotOptimize(held.get());  // clang leaves out memory that nobody else sees
    benchmark::ClobberMemory();
  }
}
BENCHMARK(Holds64MiB);

void Empty(benchmark::State& state) {
  for (auto _ : state) benchmark::ClobberMemory();
}
BENCHMARK(Empty);

void HasAChildOf64MiB(benchmark::State& state) {
  for (auto _ : state) {
    const pid_t child = ::fork();
    if (child == 0) {
      Touch(size_t{64} << 20);
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
  }
}
BENCHMARK(HasAChildOf64MiB)->Iterations(1);

}  // namespace
