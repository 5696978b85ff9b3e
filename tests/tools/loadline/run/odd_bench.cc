// A Google Benchmark program with a main of its own, and with habits of other people's programs:
// with PRINTS set it prints beside its list, with WANTS_FILE it wants a file first.

#include <benchmark/benchmark.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace {

void Counts(benchmark::State& state) {
  int count = 0;
  for (auto _ : state) benchmark::DoNotOptimize(++count);
}

void Register() {
  for (const char* name : {"Set<int[4]>{2}", "a.b*c\\d", "tab\there", "two\nlines", "Plain"}) {
    benchmark::RegisterBenchmark(name, Counts);
  }
  for (int i = 0; i < 2; ++i) benchmark::RegisterBenchmark("Twice", Counts);
  benchmark::RegisterBenchmark("Sums", Counts)->Repetitions(2)->ReportAggregatesOnly(true);
}

}  // namespace

int main(int argc, char** argv) {
  if (std::getenv("WANTS_FILE") != nullptr) {
    if (argc < 2 || !std::ifstream(argv[1])) return std::fputs("usage: FILE ...\n", stderr), 2;
    argv[1] = argv[0];
    --argc;
    ++argv;
  }
  if (std::getenv("LISTS_NOTHING") == nullptr) Register();
  const bool prints = std::getenv("PRINTS") != nullptr;
  if (prints) std::printf("Plain\nprocess %d\n", static_cast<int>(::getpid()));
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  if (prints) std::printf("peak: 12 MB\n");
  return 0;
}
