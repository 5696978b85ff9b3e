#ifndef TOOLS_LOADLINE_DUET_BENCH_PROCESS_H_
#define TOOLS_LOADLINE_DUET_BENCH_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "loadline/turns/turn_channel.h"

namespace loadline::duet {

struct BenchProcessOptions {
  std::string program;  // a path
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  std::string filter;  // run::ExactFilter of one benchmark's name
  uint64_t family = turns::TurnMessage::kUnknownFamily;
  uint64_t pad_bytes = 0;
  std::optional<int> cpu;
  std::string file;  // takes the program's standard error
  double time_limit_seconds = 120;
};

// A benchmark program linked with loadline::bench_main that runs one benchmark slice by slice when
// it is told to, and sleeps in between. Thread-compatible. Errors of all calls: kUnavailable: the
// process ended, with how and the last lines of its standard error; kDeadlineExceeded: no answer in
// time, it has been killed; kAborted: the benchmark reported an error; kCancelled:
// run::Interruption.
class BenchProcess {
 public:
  // Starts the process and lets it choose the benchmark; also errors of run::Spawn.
  static absl::StatusOr<std::unique_ptr<BenchProcess>> Start(const BenchProcessOptions& options);
  // Ends the process: in order if it does so within two seconds, then by force, group and all.
  ~BenchProcess();
  BenchProcess(const BenchProcess&) = delete;
  BenchProcess& operator=(const BenchProcess&) = delete;

  // Where the benchmark is in the program, to be told to later processes of it.
  uint64_t family() const { return family_; }
  // Whether Run's iterations count; otherwise the benchmark or Google Benchmark chooses them.
  bool sets_iterations() const { return sets_iterations_; }

  // For a processor, as its last answer said; negative where that is not counted.
  double waited_seconds() const { return waited_seconds_; }

  // One slice; TurnMessage says what the arguments mean.
  absl::StatusOr<turns::TurnMessage> Run(uint64_t iterations, uint64_t owned_iterations,
                                         double min_seconds);

 private:
  BenchProcess(BenchProcessOptions options, pid_t pid, int channel)
      : options_(std::move(options)), pid_(pid), channel_(channel) {}

  absl::StatusOr<turns::TurnMessage> Ask(const turns::TurnMessage& request);
  absl::Status WhyItEnded();
  // Reaps it, if it lives longer than this by force, and its group.
  void End(double patience_seconds);

  const BenchProcessOptions options_;
  pid_t pid_;
  turns::TurnChannel channel_;
  uint64_t family_ = turns::TurnMessage::kUnknownFamily;
  bool sets_iterations_ = false;
  double waited_seconds_ = -1;
  int wait_status_ = 0;
};

}  // namespace loadline::duet

#endif  // TOOLS_LOADLINE_DUET_BENCH_PROCESS_H_
