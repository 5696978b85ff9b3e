#include "loadline/harness/measuring_reporter.h"

#include <cmath>

#include "loadline/harness/classic_locale.h"
#include "loadline/harness/counters.h"
#include "loadline/harness/free_memory.h"
#include "loadline/harness/shared_fixture.h"
#include "loadline/platform/cpu.h"
#include "loadline/platform/memory.h"

namespace loadline::harness {
namespace {

using Run = benchmark::BenchmarkReporter::Run;

// A complexity row describes a family, not a run.
bool IsComplexity(const Run& run) { return run.report_big_o || run.report_rms; }

// The spread of a figure that is the same in every repetition says nothing.
bool IsSpread(const Run& run) {
  return run.run_type == Run::RT_Aggregate &&
         (run.aggregate_name == "stddev" || run.aggregate_name == "cv");
}

// What is in use stays in the peak, what was given back does not.
void StartPeakAnew() {
  ReturnFreeMemory();
  // Where the peak cannot be reset the later figures are upper bounds, and rss_isolated says so.
  platform::ResetPeakMemory().IgnoreError();
}

}  // namespace

RunObserver::RunObserver(Options options)
    : options_(std::move(options)), usable_cpus_(platform::ReadCpuTopology().usable_cpus) {}

void RunObserver::BeforeContext() {
  if (context_added_) return;
  context_added_ = true;
  if (options_.add_context) options_.add_context();
  StartPeakAnew();  // static constructors have taken and given back, and no benchmark ran yet
}

std::vector<Run> RunObserver::Complete(const std::vector<Run>& runs) {
  std::vector<Run> completed = runs;
  for (Run& run : completed) {
    if (IsComplexity(run)) continue;
    CompleteRun(run, MemoryOf(run));
  }
  return completed;
}

void RunObserver::CompleteRun(Run& run, const Memory& memory) {
  std::vector<std::string> warnings;
  SanitizeCounters(run.benchmark_name(), run.counters, warnings);
  // The variation of a counter that is always 0 is 0/0 by arithmetic: nobody's mistake.
  if (run.run_type == Run::RT_Iteration) {
    for (const std::string& warning : warnings) Warn(warning);
  }
  run.report_label = SanitizeText(run.report_label);
  RunMessage(run) = SanitizeText(RunMessage(run));
  if (!std::isfinite(run.real_accumulated_time)) run.real_accumulated_time = 0;
  if (!std::isfinite(run.cpu_accumulated_time)) run.cpu_accumulated_time = 0;
  if (IsSpread(run)) return;
  if (memory.peak_bytes.has_value()) {
    run.counters["rss_peak_bytes"] = static_cast<double>(*memory.peak_bytes);
  }
  run.counters["rss_isolated"] = memory.isolated ? 1 : 0;
  run.counters["oversubscribed"] = usable_cpus_ > 0 && run.threads > usable_cpus_ ? 1 : 0;
}

void RunObserver::Warn(const std::string& line) {
  if (options_.warnings == nullptr || !warned_.insert(line).second) return;
  *options_.warnings << "loadline: warning: " << line << std::endl;
}

RunObserver::Memory RunObserver::MemoryOf(const Run& run) {
  const std::pair<int64_t, int64_t> benchmark(run.family_index, run.per_family_instance_index);
  if (current_ == benchmark) return memory_;
  current_ = benchmark;
  memory_.peak_bytes = platform::PeakMemory().bytes;
  memory_.isolated = benchmarks_seen_++ == 0 && !options_.interleaved;
  ReleaseSharedFixtures();
  StartPeakAnew();
  return memory_;
}

bool MeasuringReporter::ReportContext(const Context& context) {
  inner().SetOutputStream(&GetOutputStream());
  inner().SetErrorStream(&GetErrorStream());
  observer_.BeforeContext();
  const ClassicLocale classic;
  if (!hide_context_) return inner().ReportContext(context);
  const HiddenContext hidden;
  return inner().ReportContext(context);
}

void MeasuringReporter::ReportRuns(const std::vector<Run>& runs) {
  const ClassicLocale classic;
  inner().ReportRuns(observer_.Complete(runs));
}

void MeasuringReporter::Finalize() {
  const ClassicLocale classic;
  inner().Finalize();
}

}  // namespace loadline::harness
