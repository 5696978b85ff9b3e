#ifndef TOOLS_LOADLINE_RUN_CHILD_PROCESS_H_
#define TOOLS_LOADLINE_RUN_CHILD_PROCESS_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace loadline::run {

struct ChildOptions {
  std::vector<std::string> arguments;  // [0] is the program, a path
  // Set in the child's environment, over what this process has.
  std::vector<std::pair<std::string, std::string>> environment;
  double time_limit_seconds = 0;      // 0: none
  size_t max_stdout_bytes = 1 << 20;  // more is read and dropped
  std::optional<int> cpu;             // the one processor it may use, where the OS can
  // How ChildOutcome::outside_peak_bytes is found out: kWhileItRuns, by looks so rare that they do
  // not disturb what is measured; kAtItsEnd, exactly on Linux (unless a sandbox forbids it) and by
  // looks elsewhere: the process is traced, so not for one whose times matter.
  enum class Memory { kIgnored, kWhileItRuns, kAtItsEnd };
  Memory memory = Memory::kIgnored;
  // How long its group has to end between SIGTERM and SIGKILL, for programs that put what they
  // start into other groups (ninja does).
  double grace_seconds = 0;
  bool finishes = false;  // an interruption does not stop it: for what winds up the work
};

struct ChildOutcome {
  enum class End { kExited, kSignaled, kTimedOut, kInterrupted };
  End end = End::kExited;
  int exit_code = 0;  // kExited
  int signal = 0;     // kSignaled
  std::string out;    // standard output, from its beginning
  bool out_truncated = false;
  std::string err_tail;     // the last 2 KiB of standard error
  int64_t start_nanos = 0;  // CLOCK_MONOTONIC immediately before the process was made
  int64_t end_nanos = 0;
  // The most memory the process had, without its children, as seen from outside, if it was. While
  // it runs, a lower bound: the largest peak that was read (Linux: VmHWM). Never ru_maxrss, in
  // which Linux counts this process's own peak and the child's children.
  std::optional<uint64_t> outside_peak_bytes;

  bool ok() const { return end == End::kExited && exit_code == 0; }
};

// Sets how a process ended by what waitpid() says.
void SetEnd(int wait_status, ChildOutcome& outcome);

// "exit code 3", "signal 11 (Segmentation fault)", "still running after 5 s, killed": what went
// wrong, with the last lines of standard error. REQUIRES: !outcome.ok().
std::string Describe(const ChildOutcome& outcome, double time_limit_seconds);

// "; standard error ends: ...", or nothing where nothing was written to it.
std::string LastWords(const ChildOutcome& outcome);

// Runs a program to its end, as Spawn() starts it, and kills it and all that it started
// (EndFamily()) at its end, at the time limit, or when Interruption::Interrupted(). Memory used
// here does not depend on how much the child writes. Errors of Spawn(); others of
// absl::ErrnoToStatus when how it ended cannot be known because SIGCHLD is ignored.
absl::StatusOr<ChildOutcome> RunChild(const ChildOptions& options);

// At most so many bytes from the end of a file; nothing of one that cannot be read.
std::string EndOfFile(const std::string& path, int64_t most_bytes);

// CLOCK_MONOTONIC in nanoseconds, the same in every process of the machine.
int64_t MonotonicNanos();
double SecondsSince(int64_t nanos);

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_CHILD_PROCESS_H_
