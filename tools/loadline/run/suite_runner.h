#ifndef TOOLS_LOADLINE_RUN_SUITE_RUNNER_H_
#define TOOLS_LOADLINE_RUN_SUITE_RUNNER_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/program_identity.h"
#include "tools/loadline/run/run.h"

namespace loadline::run {

// kInvalidArgument where the user's arguments have a flag of Google Benchmark that must be ours, or
// nothing could be measured: what is listed and run, where results go and in what form.
absl::Status CheckSuiteArguments(const std::vector<std::string>& arguments);

// What a Google Benchmark program is started with: the user's arguments first, because a program
// may look for its own at their places, then `flags`, without those that the user has set.
// REQUIRES: CheckSuiteArguments(arguments).ok().
std::vector<std::string> SuiteCommandLine(const std::string& program,
                                          const std::vector<std::string>& arguments,
                                          const std::vector<std::string>& flags);

// Runs the benchmarks of one Google Benchmark program, each in a process of its own.
// Thread-compatible.
class SuiteRunner {
 public:
  // Lists the benchmarks and measures the program doing nothing. `work_dir` takes the children's
  // files. Errors: the program cannot be started, fails, gives no list; CheckSuiteArguments(). No
  // benchmark that matches the filter is no error here.
  static absl::StatusOr<SuiteRunner> Create(const RunOptions& options, std::string work_dir);

  // In the program's order, each once.
  const std::vector<std::string>& names() const { return names_; }
  // Where there are none: a sentence that says why.
  const std::string& why_none() const { return why_none_; }

  // Whether the program is linked with loadline::bench_main.
  bool ours() const { return ours_; }

  // kInvalidArgument where the name cannot be printed or the program has several of that name.
  absl::Status CheckBenchmark(const std::string& name) const;

  // One process for benchmark `index`; its rows, or one error row. Empty when interrupted.
  std::vector<results::Row> Measure(size_t index, int repetition);

  // ProgramIdentity::CheckUnchanged() of the program since Create().
  absl::Status CheckUnchanged() { return identity_.CheckUnchanged(); }

  // The context of the first process that gave one; plus where the memory figures are from, for
  // programs without our main.
  const results::Json::Object& context() const { return first_.context; }

 private:
  SuiteRunner(const RunOptions& options, std::string work_dir);

  absl::Status List();
  absl::StatusOr<ChildOutcome> AskForList(const std::string& filter) const;
  void MeasureBaseline();
  ChildOptions Child(const std::vector<std::string>& flags) const;
  std::vector<std::string> MeasuringFlags(const std::string& filter) const;
  absl::StatusOr<results::ResultFile> ReadOutput() const;
  absl::StatusOr<std::vector<results::Row>> TryToMeasure(size_t index, int repetition);
  absl::Status CheckSameRun(const results::ResultFile& file) const;
  void TakeContext(const results::ResultFile& file);
  std::optional<double> PeakSeen(std::optional<uint64_t> outside_peak) const;
  std::vector<results::Row> TakeRows(results::ResultFile file, size_t index, int repetition,
                                     std::optional<uint64_t> outside_peak);

  RunOptions options_;
  std::string out_path_;
  ProgramIdentity identity_;
  std::vector<std::string> names_;
  std::set<std::string> namesakes_;  // of these, what it lists more than once
  std::string why_none_;
  bool ours_ = false;
  std::optional<double> baseline_bytes_;
  results::ResultFile first_;  // of it the context: what later processes must be of, too
};

// A row that says only what went wrong.
results::Row ErrorRow(absl::string_view name, int repetition, int repetitions,
                      absl::string_view message);

// Adds rss_baseline_bytes and rss_net_bytes to a row that has its peak.
void AddNetMemory(double baseline, results::Row& row);

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_SUITE_RUNNER_H_
