#ifndef TOOLS_LOADLINE_RUN_SUITE_RUNNER_H_
#define TOOLS_LOADLINE_RUN_SUITE_RUNNER_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/program_identity.h"
#include "tools/loadline/run/run.h"

namespace loadline::run {

// Runs the benchmarks of one Google Benchmark program, each in a process of its own.
// Thread-compatible.
class SuiteRunner {
 public:
  // Lists the benchmarks and measures the program doing nothing. `work_dir` takes the children's
  // files. Errors: the program cannot be started, fails, gives no list, or the user's arguments
  // have a flag that must be ours. No benchmark that matches the filter is no error here.
  static absl::StatusOr<SuiteRunner> Create(const RunOptions& options, std::string work_dir);

  // In the program's order, each once.
  const std::vector<std::string>& names() const { return names_; }
  // Where there are none: a sentence that says why.
  const std::string& why_none() const { return why_none_; }

  // Whether the program is linked with loadline::bench_main.
  bool ours() const { return ours_; }

  // kInvalidArgument where the benchmark of that name cannot be measured: it cannot be printed, or
  // the program has several of that name.
  absl::Status CheckBenchmark(const std::string& name) const;

  // One process for benchmark `index`; its rows, or one error row. Empty when interrupted.
  std::vector<results::Row> Measure(size_t index, int repetition);

  // ProgramIdentity::CheckUnchanged() of the program since Create().
  absl::Status CheckUnchanged();

  // The context of the first process that gave one: what was built, the machine; plus where the
  // memory figures are from, for programs without our main.
  const results::Json::Object& context() const { return context_; }

 private:
  SuiteRunner(const RunOptions& options, std::string work_dir);

  absl::Status List();
  absl::StatusOr<ChildOutcome> AskForList(const std::string& filter) const;
  void MeasureBaseline();
  ChildOptions Child(const std::vector<std::string>& flags) const;
  std::vector<std::string> MeasuringFlags(const std::string& filter) const;
  absl::StatusOr<results::ResultFile> ReadOutput() const;
  absl::Status CheckSameRun(const results::ResultFile& file) const;
  void TakeContext(const results::ResultFile& file);
  std::optional<double> PeakSeen(std::optional<uint64_t> outside_peak) const;
  std::vector<results::Row> TakeRows(results::ResultFile file, size_t index, int repetition,
                                     std::optional<uint64_t> outside_peak);

  const RunOptions options_;
  const std::string out_path_;
  std::optional<ProgramIdentity> identity_;
  std::vector<std::string> names_;
  std::set<std::string> namesakes_;  // of these, what it lists more than once
  std::string why_none_;
  bool ours_ = false;
  std::optional<double> baseline_bytes_;
  results::Json::Object context_;
  std::string program_hash_;  // as the first process gave it; empty for programs that do not
  std::string input_;         // likewise
};

// A row that says only what went wrong.
results::Row ErrorRow(const std::string& name, int repetition, int repetitions,
                      const std::string& message);

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_SUITE_RUNNER_H_
