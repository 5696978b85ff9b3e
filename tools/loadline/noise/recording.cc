#include "tools/loadline/noise/recording.h"

#include <cmath>
#include <cstdint>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "loadline/base/status_macros.h"
#include "loadline/stats/sample.h"
#include "loadline/stats/shift_test.h"
#include "tools/loadline/compare/noise.h"
#include "tools/loadline/policy/metric.h"
#include "tools/loadline/results/output_file.h"
#include "tools/loadline/results/result_reader.h"
#include "tools/loadline/results/result_writer.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/work_dir.h"
#include "tools/loadline/samples/side.h"

namespace loadline::noise {
namespace {

using stats::kFewestForASpread;

double SigmaLog(absl::Span<const double> values) {
  std::vector<double> logs;
  for (const double value : values) logs.push_back(std::log(value / values.front()));
  return std::sqrt(stats::Variance(logs));
}

void AddSpreads(const samples::Side& side, const samples::SideBenchmark& benchmark,
                Recording& recording) {
  for (const samples::Series& series : benchmark.series) {
    const std::string& metric = side.metrics()[series.metric];
    const auto has_logarithm = [](double value) { return std::isfinite(value) && value > 0; };
    if (!policy::TraitsOf(metric).judged || series.processes.size() != benchmark.processes ||
        !absl::c_all_of(series.processes, has_logarithm)) {
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
  if (benchmark.processes < kFewestForASpread) {
    recording.failures.push_back(absl::StrCat(name, ": measured in ", benchmark.processes,
                                              " processes, and a spread takes ",
                                              kFewestForASpread));
  }
}

}  // namespace

Recording SpreadsOf(const results::ResultFile& runs) {
  samples::Side side;
  side.Add(runs);
  Recording recording;
  recording.incomplete = runs.incomplete();
  for (const samples::SideBenchmark& benchmark : side.benchmarks()) {
    AddFailures(benchmark, recording);
    if (benchmark.processes >= kFewestForASpread) AddSpreads(side, benchmark, recording);
  }
  return recording;
}

results::ResultFile NoiseFile(results::ResultFile runs, const Recording& recording) {
  runs.extras.emplace_back("schema", compare::kNoiseSchema);
  results::Row* row = nullptr;
  for (const Spread& spread : recording.spreads) {
    if (row == nullptr || row->run_name != spread.benchmark) {
      row = &runs.rows.emplace_back();
      row->run_name = spread.benchmark;
      row->name = absl::StrCat(spread.benchmark, "_", compare::kSigmaLog);
      row->run_type = results::RunType::kAggregate;
      row->aggregate_name = compare::kSigmaLog;
      row->repetitions = static_cast<int64_t>(spread.processes);
      row->iterations = row->repetitions;
    }
    row->counters[spread.metric] = spread.sigma_log;
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
