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
  // How ChildOutcome::outside_peak_bytes is found out: kWhileItRuns, by looks that are so rare that
  // they do not disturb what is measured; kAtItsEnd, exactly, where the OS can (Linux, unless a
  // sandbox forbids it) and by looks where the OS never can. The process is traced for it: not for
  // one whose times matter.
  enum class Memory { kIgnored, kWhileItRuns, kAtItsEnd };
  Memory memory = Memory::kIgnored;
  // When it is to be stopped, its group gets SIGTERM and this long to end before it is killed: for
  // programs that put what they start into other groups (ninja does).
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
  // The most memory the process itself had, without its children, as seen from outside; no value
  // where it could not be seen. While it runs: the largest peak that was read (Linux: VmHWM), a
  // lower bound, for what came after the last look is not in it. Never ru_maxrss, in which Linux
  // counts this process's own peak and the child's children.
  std::optional<uint64_t> outside_peak_bytes;

  bool ok() const { return end == End::kExited && exit_code == 0; }
};

// "exit code 3", "signal 11 (Segmentation fault)", "still running after 5 s, killed": what went
// wrong, with the last lines of standard error. REQUIRES: !outcome.ok().
std::string Describe(const ChildOutcome& outcome, double time_limit_seconds);

// "; standard error ends: ...", or nothing where nothing was written to it.
std::string LastWords(const ChildOutcome& outcome);

// Runs a program to its end, in a process group of its own, with /dev/null as its standard input,
// and kills it and all that it started (EndFamily() in spawn.h) at its end, at the time limit, or
// when Interruption::Interrupted(). Where the OS can, the child also dies with this process. Memory
// used here does not depend on how much the child writes.
// kNotFound, kPermissionDenied and others of absl::ErrnoToStatus when it cannot be started, or when
// how it ended cannot be known because SIGCHLD is ignored.
absl::StatusOr<ChildOutcome> RunChild(const ChildOptions& options);

// CLOCK_MONOTONIC in nanoseconds, the same in every process of the machine.
int64_t MonotonicNanos();

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_CHILD_PROCESS_H_
