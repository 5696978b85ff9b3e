#ifndef TOOLS_LOADLINE_DUET_PROGRAM_PAIR_H_
#define TOOLS_LOADLINE_DUET_PROGRAM_PAIR_H_

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/loadline/duet/duet.h"
#include "tools/loadline/duet/pair_sample.h"
#include "tools/loadline/duet/slices.h"
#include "tools/loadline/results/result_file.h"
#include "tools/loadline/run/suite_runner.h"
#include "tools/loadline/run/work_dir.h"

namespace loadline::duet {

// Which two processes a sample compares.
enum class Arms {
  kBaseAndCandidate,
  kBaseAndBase,   // the A/A control
  kBaseAndSpike,  // base, and base with more work than it owns up to
};

// One sample of a benchmark.
struct SampleRequest {
  std::string name;
  Arms arms = Arms::kBaseAndCandidate;
  // Without its clock, which goes by the name. `spike` is of kBaseAndSpike alone, and in pinned
  // mode every sample is long.
  SliceOptions slices = {};
};

// Both programs, found out about and ready to be started: under their own paths, with as many bytes
// of path and environment, in random order, each time with another layout. Thread-compatible.
class ProgramPair {
 public:
  static absl::StatusOr<std::unique_ptr<ProgramPair>> Open(const DuetOptions& options);

  Mode mode() const { return mode_; }
  const std::vector<std::string>& base_names() const { return base_->names(); }
  const std::vector<std::string>& new_names() const { return candidate_->names(); }
  const results::Json::Object& base_context() const { return base_context_; }
  const results::Json::Object& new_context() const { return new_context_; }
  // Whether that share of work can be added to a slice of this benchmark, in whole iterations;
  // known after its first sample.
  bool CanSpike(const std::string& name, double spike) const;

  // Errors are those of BenchProcess, RunInTurns and RunAtOnce.
  absl::StatusOr<PairSample> TakeSample(const SampleRequest& request, std::mt19937_64& random);
  // A benchmark that asks for real time was measured by CPU time, because what a thread waits for a
  // processor is not counted here.
  bool fell_back_to_cpu_time() const { return fell_back_to_cpu_time_; }

 private:
  // What is known about a benchmark from its first sample.
  struct Knowledge {
    SlicePlan plan;
    uint64_t base_family = turns::TurnMessage::kUnknownFamily;
    uint64_t new_family = turns::TurnMessage::kUnknownFamily;
  };

  explicit ProgramPair(const DuetOptions& options) : options_(options) {}
  void MovePrograms(std::mt19937_64& random);
  // Base and its counterpart: with as much path and padding, on the same processor.
  std::array<BenchProcessOptions, 2> Sides(const SampleRequest& request,
                                           std::mt19937_64& random) const;
  absl::StatusOr<PairSample> SampleInTurns(const SampleRequest& request, std::mt19937_64& random);
  absl::StatusOr<PairSample> SampleAtOnce(const SampleRequest& request, std::mt19937_64& random);

  const DuetOptions options_;
  std::unique_ptr<run::WorkDir> work_dir_;
  std::optional<run::SuiteRunner> base_;
  std::optional<run::SuiteRunner> candidate_;
  Mode mode_ = Mode::kLockStep;
  std::vector<int> cpus_;        // that this process may use
  int64_t next_move_nanos_ = 0;  // monotonic, when the programs may be moved again
  std::map<std::string, Knowledge> known_;
  // In pinned mode those of the first sample.
  results::Json::Object base_context_, new_context_;
  bool fell_back_to_cpu_time_ = false;
};

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_PROGRAM_PAIR_H_
