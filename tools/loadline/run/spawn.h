#ifndef TOOLS_LOADLINE_RUN_SPAWN_H_
#define TOOLS_LOADLINE_RUN_SPAWN_H_

#include <sys/types.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace loadline::run {

// A file descriptor, closed at the end of its scope; -1: none.
class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Reset(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void Reset(int fd = -1) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = fd;
  }
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read;
  Descriptor write;
};
// Both ends are closed by exec.
absl::Status Open(Pipe& pipe);

struct SpawnOptions {
  std::vector<std::string> arguments;  // [0] is the program, a path
  // Set in the child's environment, over what this process has.
  std::vector<std::pair<std::string, std::string>> environment;
  int out = -1;     // becomes standard output; -1: /dev/null
  int err = -1;     // becomes standard error; -1: /dev/null
  int passed = -1;  // becomes descriptor kPassedDescriptor of the child; -1: none
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

// waitpid(), whatever signals come meanwhile.
pid_t WaitFor(pid_t pid, int* status, int flags = 0);

// Kills whom a reaped child has left behind: its group and, on Linux, those who left that for
// sessions of their own. This process adopts them (PR_SET_CHILD_SUBREAPER) from the first child on
// and ends them with the last one that lives, for whose they are cannot be told before; children
// that it had before are let be. Once for each process of Spawn(). Thread-safe.
void EndFamily(pid_t pid);

}  // namespace loadline::run

#endif  // TOOLS_LOADLINE_RUN_SPAWN_H_
