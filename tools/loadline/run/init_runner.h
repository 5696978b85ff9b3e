#ifndef TOOLS_LOADLINE_RUN_INIT_RUNNER_H_
#define TOOLS_LOADLINE_RUN_INIT_RUNNER_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/program_identity.h"
#include "tools/loadline/run/run.h"

namespace loadline::run {

// Starts a probe (docs/formats.md, "Initialisation probe") in new processes and times its phases
// from immediately before each process is made. Thread-compatible.
class InitRunner {
 public:
  // Lists the scenarios that match the filter and prepares their data below `work_dir`, the
  // caller's. kInvalidArgument: the probe fails, the filter is no regular expression.
  static absl::StatusOr<InitRunner> Create(const RunOptions& options, std::string work_dir);

  // The measured scenarios, "Init/..."; the baseline is not among them.
  const std::vector<std::string>& names() const { return names_; }

  // One start; its row, or an error row. No row when interrupted.
  std::optional<results::Row> Start(size_t index, int start);

  // Starts the probe that does nothing once more; some of these give rss_baseline_bytes.
  void StartBaseline();
  // Adds rss_baseline_bytes and rss_net_bytes to rows of Start().
  void AddBaseline(std::vector<results::Row>& rows) const;

 private:
  InitRunner(const RunOptions& options, std::string work_dir)
      : options_(options), work_dir_(std::move(work_dir)) {}

  std::string DirOf(size_t index) const;
  absl::StatusOr<ChildOutcome> Call(std::vector<std::string> words) const;

  RunOptions options_;
  std::string work_dir_;
  ProgramIdentity identity_;
  std::vector<std::string> names_;
  std::vector<double> baseline_peaks_;
};

// Rows "NAME_min", "NAME_p50" and "NAME_p95" over the measured rows of one scenario; the index of
// the family is that of the rows. Empty when none was measured.
std::vector<results::Row> InitAggregates(const std::vector<results::Row>& starts);

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_INIT_RUNNER_H_
