#ifndef TOOLS_LOADLINE_RUN_SPAWN_H_
#define TOOLS_LOADLINE_RUN_SPAWN_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace loadline::run {

struct SpawnOptions {
  std::string program;                 // the file that is executed, a path
  std::vector<std::string> arguments;  // [0] is what the program is told it is called
  // Set in the child's environment, over what this process has.
  std::vector<std::pair<std::string, std::string>> environment;
  int out = -1;  // becomes standard output; -1: /dev/null
  int err = -1;  // becomes standard error; -1: /dev/null
  // Becomes descriptor kPassedDescriptor of the child; -1: none.
  int passed = -1;
  // The one processor it may use, with all its threads; ignored where the OS has no such thing.
  std::optional<int> cpu;
  bool traced = false;  // by the calling thread (platform/traced_process.h)
};
inline constexpr int kPassedDescriptor = 3;

// Starts a program in a process group of its own, with /dev/null as its standard input. Where the
// OS can, it dies with this process. The caller reaps it and then calls EndFamily(). Returns when
// the child is its program: kNotFound, kPermissionDenied and others of absl::ErrnoToStatus when it
// cannot be.
absl::StatusOr<pid_t> Spawn(const SpawnOptions& options);

// Kills whom a reaped child has left behind: its group and, where the OS can, those who left that
// (orphans.h). Once for each process of Spawn().
void EndFamily(pid_t pid);

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_SPAWN_H_
