// The main() of a Google Benchmark program that is to be measured honestly: link
// loadline::bench_main instead of benchmark::benchmark_main. Takes the same flags and none of its
// own; exits with the same codes.

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/types/span.h"
#include "loadline/harness/compat.h"
#include "loadline/harness/counters.h"
#include "loadline/harness/measuring_reporter.h"
#include "loadline/harness/named_input.h"
#include "loadline/harness/operation_loop.h"
#include "loadline/harness/run_context.h"
#include "loadline/harness/shared_fixture.h"
#include "loadline/harness/turn_taker.h"
#include "loadline/turns/turn_channel.h"

namespace loadline::harness {
namespace {

// The value of a flag of Google Benchmark, which has no function that tells it: from the
// arguments, else from the environment ("benchmark_out" is BENCHMARK_OUT), else `otherwise`.
// To be asked before benchmark::Initialize, which takes the flags away.
std::string FlagValue(int argc, char** argv, absl::string_view flag, absl::string_view otherwise) {
  std::string value(otherwise);
  if (const char* set = std::getenv(absl::AsciiStrToUpper(flag).c_str()); set != nullptr) {
    value = set;
  }
  for (int i = 1; i < argc; ++i) {
    absl::string_view argument = argv[i];
    if (!absl::ConsumePrefix(&argument, "--") || !absl::ConsumePrefix(&argument, flag)) continue;
    if (argument.empty()) value = "true";
    if (absl::ConsumePrefix(&argument, "=")) value = std::string(argument);
  }
  return value;
}

bool IsTrue(absl::string_view value) {
  const std::string lower = absl::AsciiStrToLower(value);
  return !lower.empty() && lower != "0" && lower != "false" && lower != "no" && lower != "off" &&
         lower != "f" && lower != "n";
}

// The reporter that Google Benchmark would have made itself for --benchmark_out.
std::unique_ptr<benchmark::BenchmarkReporter> MakeFileReporter(absl::string_view format) {
  if (format == "console") {
    return std::make_unique<benchmark::ConsoleReporter>(benchmark::ConsoleReporter::OO_None);
  }
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  if (format == "csv") return std::make_unique<benchmark::CSVReporter>();
#pragma GCC diagnostic pop
  return std::make_unique<benchmark::JSONReporter>();
}

// The same binary doing nothing: everything a benchmark of it needs before its own work begins.
constexpr char kBaselineName[] = "loadline/baseline";
void Baseline(benchmark::State& state) {
  OperationLoop loop(state);
  while (loop.KeepRunning()) loop.Time([] {});
}

// What every file of this process begins with; says what is wrong with the program's build.
// `command`: argv, before Google Benchmark takes its flags away.
void AddContext(const std::vector<std::string>& command) {
  const std::string executable = command.empty() ? "" : command.front();
  const auto arguments = absl::MakeConstSpan(command).subspan(command.empty() ? 0 : 1);
  for (const std::string& warning : BuildWarnings()) {
    std::cerr << "loadline: warning: " << warning << "\n";
  }
  for (const auto& [key, value] : RunContext(executable, arguments)) AddContextOnce(key, value);
  const std::optional<absl::StatusOr<std::string>> input = NamedInput();
  if (!input.has_value()) return;
  if (input->ok()) {
    AddContextOnce("loadline.input", SanitizeText(**input));
  } else {
    std::cerr << "loadline: warning: what is measured on is not known: "
              << SanitizeText(input->status().message()) << "\n";
  }
}

int Main(int argc, char** argv) {
  const std::vector<std::string> command(argv, argv + argc);
  const std::string display_format = FlagValue(argc, argv, "benchmark_format", "console");
  const std::string out = FlagValue(argc, argv, "benchmark_out", "");
  const std::string out_format = FlagValue(argc, argv, "benchmark_out_format", "json");
  const bool interleaved =
      IsTrue(FlagValue(argc, argv, "benchmark_enable_random_interleaving", "false"));
  const char* baseline = std::getenv("LOADLINE_BASELINE");
  const bool do_nothing = baseline != nullptr && IsTrue(baseline);

  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  if (const char* turns = std::getenv(turns::kTurnsVariable); turns != nullptr) {
    int descriptor = -1;
    const int code = absl::SimpleAtoi(turns, &descriptor) ? TakeTurns(descriptor) : 1;
    ReleaseSharedFixtures();
    benchmark::Shutdown();
    return code;
  }
  if (do_nothing) benchmark::RegisterBenchmark(kBaselineName, Baseline)->Iterations(1);

  RunObserver observer({.interleaved = interleaved, .warnings = &std::cerr, .add_context = [&] {
                          AddContext(command);
                        }});
  // A pointer up to 1.9.5, and owned by Google Benchmark; in what comes after it, by us.
  const auto display_inner = benchmark::CreateDefaultDisplayReporter();
  MeasuringReporter display(*display_inner, observer,
                            /*hide_context=*/display_format == "console");
  const std::unique_ptr<benchmark::BenchmarkReporter> file_inner = MakeFileReporter(out_format);
  MeasuringReporter file(*file_inner, observer, /*hide_context=*/out_format == "console");
  benchmark::RunSpecifiedBenchmarks(
      &display, out.empty() ? nullptr : &file,
      do_nothing ? absl::StrCat("^", kBaselineName, "/") : benchmark::GetBenchmarkFilter());
  ReleaseSharedFixtures();
  benchmark::Shutdown();
  return 0;
}

}  // namespace
}  // namespace loadline::harness

int main(int argc, char** argv) { return loadline::harness::Main(argc, argv); }
