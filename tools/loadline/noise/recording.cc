#include "tools/loadline/noise/recording.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "loadline/base/status_macros.h"
#include "loadline/stats/sample.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/results/output_file.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/results/result_writer.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/work_dir.h"
#include "tools/loadline/samples/side.h"

namespace loadline::noise {
namespace {

constexpr char kSchema[] = "loadline.noise.1";
constexpr char kSigma[] = "sigma_log";

bool HasLogarithms(absl::Span<const double> values) {
  return std::all_of(values.begin(), values.end(),
                     [](double value) { return std::isfinite(value) && value > 0; });
}

// Two passes: values that hardly differ are the interesting ones.
double SigmaLog(absl::Span<const double> values) {
  std::vector<double> logs;
  for (const double value : values) logs.push_back(std::log(value / values.front()));
  const double mean = stats::Mean(logs);
  double squares = 0;
  for (const double log : logs) squares += (log - mean) * (log - mean);
  return std::sqrt(squares / static_cast<double>(logs.size() - 1));
}

void AddSpreads(const samples::Side& side, const samples::SideBenchmark& benchmark,
                Recording& recording) {
  for (const samples::Series& series : benchmark.series) {
    const std::string& metric = side.metrics()[series.metric];
    if (!policy::TraitsOf(metric).judged || series.processes.size() != benchmark.processes ||
        !HasLogarithms(series.processes)) {
      continue;
    }
    recording.spreads.push_back(
        {benchmark.name, metric, SigmaLog(series.processes), benchmark.processes});
  }
}

void AddFailures(const samples::SideBenchmark& benchmark, Recording& recording) {
  const std::string name = results::Quoted(benchmark.name);
  if (benchmark.failed > 0) {
    recording.failures.push_back(absl::StrCat(name, ": ", benchmark.failed, " of ",
                                              benchmark.failed + benchmark.repetitions,
                                              " measurements failed: ", benchmark.message));
  }
  if (benchmark.processes < kFewestProcesses) {
    recording.failures.push_back(absl::StrCat(name, ": measured in ", benchmark.processes,
                                              " processes, and a spread takes ", kFewestProcesses));
  }
}

results::Row SpreadRow(absl::Span<const Spread> spreads) {
  results::Row row;
  const Spread& first = spreads.front();
  row.run_name = first.benchmark;
  row.name = absl::StrCat(first.benchmark, "_", kSigma);
  row.run_type = results::RunType::kAggregate;
  row.aggregate_name = kSigma;
  row.repetitions = static_cast<int64_t>(first.processes);
  row.iterations = row.repetitions;
  for (const Spread& spread : spreads) row.counters[spread.metric] = spread.sigma_log;
  return row;
}

}  // namespace

Recording SpreadsOf(const results::ResultFile& runs) {
  samples::Side side;
  side.Add(runs);
  Recording recording;
  recording.incomplete = runs.incomplete();
  for (const samples::SideBenchmark& benchmark : side.benchmarks()) {
    AddFailures(benchmark, recording);
    if (benchmark.processes >= kFewestProcesses) AddSpreads(side, benchmark, recording);
  }
  return recording;
}

results::ResultFile NoiseFile(results::ResultFile runs, const Recording& recording) {
  runs.extras.emplace_back("schema", kSchema);
  const absl::Span<const Spread> all = recording.spreads;
  for (size_t begin = 0, end = 0; begin < all.size(); begin = end) {
    while (end < all.size() && all[end].benchmark == all[begin].benchmark) ++end;
    runs.rows.push_back(SpreadRow(all.subspan(begin, end - begin)));
  }
  return runs;
}

absl::StatusOr<Recording> Record(const run::RunOptions& options, std::ostream* terminal) {
  LOADLINE_ASSIGN_OR_RETURN(const auto out,
                            results::OutputFile::Create(options.out, run::InputsOf(options)));
  LOADLINE_ASSIGN_OR_RETURN(const auto work_dir, run::WorkDir::Create());
  run::RunOptions run = options;
  run.out = absl::StrCat(work_dir->path(), "/runs.json");
  LOADLINE_RETURN_IF_ERROR(run::Run(run, terminal).status());
  LOADLINE_ASSIGN_OR_RETURN(results::ResultFile runs, results::ReadResultFile(run.out));
  Recording recording = SpreadsOf(runs);
  if (recording.spreads.empty()) return recording;
  LOADLINE_RETURN_IF_ERROR(
      out->Commit(results::WriteResultFile(NoiseFile(std::move(runs), recording))));
  return recording;
}

}  // namespace loadline::noise
