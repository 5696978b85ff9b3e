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
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "loadline/base/status_macros.h"
#include "loadline/platform/memory.h"
#include "loadline/platform/traced_process.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/spawn.h"

namespace loadline::run {
namespace {

constexpr size_t kTailBytes = 2048;

// Reads what is there; false at the end of the file.
template <typename Take>
bool Drain(int fd, Take take) {
  std::array<char, 65536> buffer;
  ssize_t got;
  do {
    got = ::read(fd, buffer.data(), buffer.size());
    if (got > 0) take(buffer.data(), static_cast<size_t>(got));
  } while (got > 0 || (got < 0 && errno == EINTR));
  return got < 0 && errno == EAGAIN;
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
    for (Pipe* pipe : {&out_, &err_}) {
      LOADLINE_RETURN_IF_ERROR(Open(*pipe));
      ::fcntl(pipe->read.get(), F_SETFL, O_NONBLOCK);
    }
    outcome_.start_nanos = MonotonicNanos();
    LOADLINE_ASSIGN_OR_RETURN(pid_, Spawn({.arguments = options_.arguments,
                                           .environment = options_.environment,
                                           .out = out_.write.get(),
                                           .err = err_.write.get(),
                                           .passed = -1,
                                           .cpu = options_.cpu,
                                           .traced = AtItsEnd()}));
    out_.write.Reset();
    err_.write.Reset();
    return absl::OkStatus();
  }

  void Stop() {
    bool reaped = false;
    if (options_.grace_seconds > 0) {
      ::kill(-pid_, SIGTERM);
      const int64_t start = MonotonicNanos();
      // The group outlives its leader: cmake ends at once, ninja when its own children have.
      while (!(reaped && ::kill(-pid_, 0) != 0) && SecondsSince(start) < options_.grace_seconds) {
        reaped = reaped || Reap(WNOHANG);
        Wait();
      }
    }
    ::kill(-pid_, SIGKILL);
    if (!reaped) Reap(0);
  }

  std::optional<ChildOutcome::End> WhyStop() const {
    if (Interruption::Interrupted() && !options_.finishes) return ChildOutcome::End::kInterrupted;
    const double limit = options_.time_limit_seconds;
    if (limit <= 0 || SecondsSince(outcome_.start_nanos) <= limit) return std::nullopt;
    return ChildOutcome::End::kTimedOut;
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
                  tail.append(data, size);
                  if (tail.size() > kTailBytes) tail.erase(0, tail.size() - kTailBytes);
                });
  }

  // waitpid() for the end of the child, past the stops of one that is traced.
  pid_t WaitForEnd(int& status, int flags) {
    while (true) {
      const pid_t got = WaitFor(pid_, &status, flags);
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
    if (outcome_.end == ChildOutcome::End::kExited) SetEnd(status, outcome_);
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

double SecondsSince(int64_t nanos) { return static_cast<double>(MonotonicNanos() - nanos) / 1e9; }

void SetEnd(int wait_status, ChildOutcome& outcome) {
  if (WIFSIGNALED(wait_status)) {
    outcome.end = ChildOutcome::End::kSignaled;
    outcome.signal = WTERMSIG(wait_status);
  } else {
    outcome.exit_code = WEXITSTATUS(wait_status);
  }
}

std::string Describe(const ChildOutcome& outcome, double time_limit_seconds) {
  const std::string last = LastWords(outcome);
  switch (outcome.end) {
    case ChildOutcome::End::kExited:
      return absl::StrCat("exit code ", outcome.exit_code, last);
    case ChildOutcome::End::kSignaled:
      return absl::StrCat("signal ", outcome.signal, " (", ::strsignal(outcome.signal), ")", last);
    case ChildOutcome::End::kTimedOut:
      return absl::StrFormat("still running after %g s, killed%s", time_limit_seconds, last);
    case ChildOutcome::End::kInterrupted:
      return absl::StrCat("interrupted", last);
  }
  return last;
}

std::string LastWords(const ChildOutcome& outcome) {
  if (outcome.err_tail.empty()) return "";
  return absl::StrCat("; standard error ends: ", outcome.err_tail);
}

std::string EndOfFile(const std::string& path, int64_t most_bytes) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  in.seekg(std::max<std::streamoff>(0, std::streamoff{in.tellg()} - most_bytes));
  return std::string(std::istreambuf_iterator<char>(in), {});
}

absl::StatusOr<ChildOutcome> RunChild(const ChildOptions& options) { return Child(options).Run(); }

}  // namespace loadline::run
