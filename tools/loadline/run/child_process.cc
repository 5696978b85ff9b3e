#include "tools/loadline/run/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/base/status_macros.h"
#include "loadline/platform/memory.h"
#include "loadline/platform/traced_process.h"
#include "tools/loadline/run/descriptor.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/spawn.h"

namespace loadline::run {
namespace {

constexpr size_t kTailBytes = 2048;

struct Pipe {
  Descriptor read;
  Descriptor write;
};

absl::Status Open(Pipe& pipe) {
  int ends[2];
  if (::pipe(ends) != 0) return absl::ErrnoToStatus(errno, "pipe");
  pipe.read.Reset(ends[0]);
  pipe.write.Reset(ends[1]);
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return absl::OkStatus();
}

// Reads what is there; false at the end of the file.
template <typename Take>
bool Drain(int fd, Take take) {
  std::array<char, 65536> buffer;
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got > 0) {
      take(buffer.data(), static_cast<size_t>(got));
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    return got < 0 && errno == EAGAIN;
  }
}

// One child from fork to reaping.
class Child {
 public:
  explicit Child(const ChildOptions& options) : options_(options) {}

  absl::StatusOr<ChildOutcome> Run() {
    LOADLINE_RETURN_IF_ERROR(Start());
    while (!Reap(WNOHANG)) {
      if (const auto stop = WhyStop(); stop.has_value()) {
        outcome_.end = *stop;
        Stop();
        break;
      }
      Wait();
    }
    outcome_.end_nanos = MonotonicNanos();
    EndFamily(pid_);
    ReadOutput();
    LOADLINE_RETURN_IF_ERROR(lost_);
    return std::move(outcome_);
  }

 private:
  absl::Status Start() {
    LOADLINE_RETURN_IF_ERROR(Open(out_));
    LOADLINE_RETURN_IF_ERROR(Open(err_));
    outcome_.start_nanos = MonotonicNanos();
    LOADLINE_ASSIGN_OR_RETURN(pid_, Spawn({.program = options_.arguments[0],
                                           .arguments = options_.arguments,
                                           .environment = options_.environment,
                                           .out = out_.write.get(),
                                           .err = err_.write.get(),
                                           .passed = -1,
                                           .cpu = options_.cpu,
                                           .traced = AtItsEnd()}));
    out_.write.Close();
    err_.write.Close();
    return absl::OkStatus();
  }

  void Stop() {
    bool reaped = false;
    if (options_.grace_seconds > 0) {
      ::kill(-pid_, SIGTERM);
      const int64_t end = MonotonicNanos() + static_cast<int64_t>(options_.grace_seconds * 1e9);
      // The group outlives its leader: cmake ends at once, ninja when its own children have.
      while (!(reaped && ::kill(-pid_, 0) != 0) && MonotonicNanos() < end) {
        reaped = reaped || Reap(WNOHANG);
        Wait();
      }
    }
    ::kill(-pid_, SIGKILL);
    if (!reaped) Reap(0);
  }

  std::optional<ChildOutcome::End> WhyStop() const {
    if (Interruption::Interrupted() && !options_.finishes) return ChildOutcome::End::kInterrupted;
    const double seconds = static_cast<double>(MonotonicNanos() - outcome_.start_nanos) / 1e9;
    if (options_.time_limit_seconds > 0 && seconds > options_.time_limit_seconds) {
      return ChildOutcome::End::kTimedOut;
    }
    return std::nullopt;
  }

  // Sleeps until there is output or the next look is due. Looks are frequent at first, when short
  // programs end, and rare later, when they would disturb what is measured.
  void Wait() {
    std::array<struct pollfd, 2> fds = {{{out_open_ ? out_.read.get() : -1, POLLIN, 0},
                                         {err_open_ ? err_.read.get() : -1, POLLIN, 0}}};
    ::poll(fds.data(), fds.size(), static_cast<int>(look_millis_));
    const bool looks = options_.memory != ChildOptions::Memory::kIgnored;
    look_millis_ = std::min(look_millis_ * 1.25, looks ? 10.0 : 50.0);
    ReadOutput();
    if (looks && !AtItsEnd()) LookAtMemory();
    // Nothing more to read: it is about to end, and poll() would not wait for that.
    if (!out_open_ && !err_open_) ::usleep(500);
  }

  bool AtItsEnd() const {
    return options_.memory == ChildOptions::Memory::kAtItsEnd && platform::HasTracedProcesses();
  }

  void LookAtMemory() {
    const auto peak = platform::PeakMemoryOf(pid_).bytes;
    if (!peak.has_value()) return;
    outcome_.outside_peak_bytes = std::max(outcome_.outside_peak_bytes.value_or(0), *peak);
  }

  void ReadOutput() {
    out_open_ = out_open_ && Drain(out_.read.get(), [&](const char* data, size_t size) {
                  const size_t room = options_.max_stdout_bytes - outcome_.out.size();
                  outcome_.out.append(data, std::min(size, room));
                  outcome_.out_truncated = outcome_.out_truncated || size > room;
                });
    err_open_ = err_open_ && Drain(err_.read.get(), [&](const char* data, size_t size) {
                  std::string& tail = outcome_.err_tail;
                  tail.append(data + size - std::min(size, kTailBytes), std::min(size, kTailBytes));
                  if (tail.size() > kTailBytes) tail.erase(0, tail.size() - kTailBytes);
                });
  }

  // waitpid() for the end of the child, past the stops of one that is traced.
  pid_t WaitForEnd(int& status, int flags) {
    while (true) {
      const pid_t got = ::waitpid(pid_, &status, flags);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0 || !WIFSTOPPED(status)) return got;
      if (platform::StoppedAtEnd(status)) LookAtMemory();
      platform::ContinueTraced(pid_, status, is_program_);
    }
  }

  // True when the child has ended and is gone.
  bool Reap(int flags) {
    int status = 0;
    const pid_t got = WaitForEnd(status, flags);
    if (got == 0) return false;
    if (got < 0) {  // ECHILD, where somebody else reaps this process's children
      lost_ = absl::ErrnoToStatus(errno, "how the process ended is not known: wait");
      return true;
    }
    if (outcome_.end == ChildOutcome::End::kExited) {
      if (WIFSIGNALED(status)) {
        outcome_.end = ChildOutcome::End::kSignaled;
        outcome_.signal = WTERMSIG(status);
      } else {
        outcome_.exit_code = WEXITSTATUS(status);
      }
    }
    return true;
  }

  const ChildOptions& options_;
  ChildOutcome outcome_;
  Pipe out_, err_;
  bool out_open_ = true, err_open_ = true;
  pid_t pid_ = -1;
  bool is_program_ = false;  // where it is traced
  absl::Status lost_;
  double look_millis_ = 1;
};

}  // namespace

int64_t MonotonicNanos() {
  struct timespec now {};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::string Describe(const ChildOutcome& outcome, double time_limit_seconds) {
  std::string text;
  switch (outcome.end) {
    case ChildOutcome::End::kExited:
      text = absl::StrCat("exit code ", outcome.exit_code);
      break;
    case ChildOutcome::End::kSignaled:
      text = absl::StrCat("signal ", outcome.signal, " (", ::strsignal(outcome.signal), ")");
      break;
    case ChildOutcome::End::kTimedOut:
      text = absl::StrFormat("still running after %g s, killed", time_limit_seconds);
      break;
    case ChildOutcome::End::kInterrupted:
      text = "interrupted";
      break;
  }
  return absl::StrCat(text, LastWords(outcome));
}

std::string LastWords(const ChildOutcome& outcome) {
  if (outcome.err_tail.empty()) return "";
  return absl::StrCat("; standard error ends: ", outcome.err_tail);
}

absl::StatusOr<ChildOutcome> RunChild(const ChildOptions& options) { return Child(options).Run(); }

}  // namespace loadline::run
