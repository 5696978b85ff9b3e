#include "tools/loadline/duet/bench_process.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/spawn.h"

namespace loadline::duet {
namespace {

using turns::TurnMessage;

constexpr double kPatienceSeconds = 2;
constexpr double kLookSeconds = 0.1;  // between two looks for an interruption
constexpr int64_t kTailBytes = 1000;

double Now() { return static_cast<double>(run::MonotonicNanos()) / 1e9; }

// The end of what the program wrote to standard error.
std::string TailOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return "";
  const auto size = static_cast<int64_t>(file.tellg());
  const int64_t length = std::min(size, kTailBytes);
  if (length <= 0) return "";
  std::string tail(static_cast<size_t>(length), '\0');
  file.seekg(size - length);
  file.read(tail.data(), length);
  return std::string(absl::StripAsciiWhitespace(tail));
}

}  // namespace

BenchProcess::BenchProcess(BenchProcessOptions options, pid_t pid, int channel)
    : options_(std::move(options)), pid_(pid), channel_(channel) {}

absl::StatusOr<std::unique_ptr<BenchProcess>> BenchProcess::Start(
    const BenchProcessOptions& options) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
    return absl::ErrnoToStatus(errno, "make a channel");
  }
  run::Descriptor mine(ends[0]);
  const run::Descriptor theirs(ends[1]);
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  const run::Descriptor err(
      ::open(options.err_path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (err.get() < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", options.err_path));
  run::SpawnOptions spawn{.arguments = {options.program},
                          .environment = options.environment,
                          .out = -1,
                          .err = err.get(),
                          .passed = theirs.get(),
                          .cpu = options.cpu};
  spawn.arguments.insert(spawn.arguments.end(), options.arguments.begin(), options.arguments.end());
  spawn.environment.emplace_back(turns::kTurnsVariable, absl::StrCat(run::kPassedDescriptor));
  LOADLINE_ASSIGN_OR_RETURN(const pid_t pid, run::Spawn(spawn));
  auto process = std::unique_ptr<BenchProcess>(new BenchProcess(options, pid, mine.Release()));
  LOADLINE_RETURN_IF_ERROR(process->Choose());
  return process;
}

BenchProcess::~BenchProcess() {
  channel_.Close();
  if (pid_ > 0 && !Reap(kPatienceSeconds)) Kill();
}

absl::Status BenchProcess::Choose() {
  LOADLINE_ASSIGN_OR_RETURN(const TurnMessage answer, Ask({.kind = TurnMessage::Kind::kChoose,
                                                           .family = options_.family,
                                                           .pad_bytes = options_.pad_bytes,
                                                           .text = options_.filter}));
  family_ = answer.family;
  sets_iterations_ = answer.iterations > 0;
  return absl::OkStatus();
}

absl::StatusOr<TurnMessage> BenchProcess::Run(uint64_t iterations, uint64_t owned_iterations,
                                              double min_seconds) {
  return Ask({.kind = TurnMessage::Kind::kRun,
              .iterations = iterations,
              .owned_iterations = owned_iterations,
              .min_seconds = min_seconds,
              .text = ""});
}

absl::StatusOr<TurnMessage> BenchProcess::Ask(const TurnMessage& request) {
  if (const absl::Status sent = channel_.Send(request); !sent.ok()) return WhyItEnded();
  const double deadline = Now() + options_.time_limit_seconds;
  while (true) {
    const absl::StatusOr<TurnMessage> answer = channel_.Receive(kLookSeconds);
    if (answer.ok() && answer->kind == TurnMessage::Kind::kFailed) {
      return absl::AbortedError(answer->text);
    }
    if (answer.ok()) {
      waited_seconds_ = answer->waited_ns < 0 ? -1 : answer->waited_ns / 1e9;
      return answer;
    }
    if (absl::IsUnavailable(answer.status())) return WhyItEnded();
    if (!absl::IsDeadlineExceeded(answer.status())) return answer.status();
    if (run::Interruption::Interrupted()) return absl::CancelledError("interrupted");
    if (Now() < deadline) continue;
    Kill();
    return absl::DeadlineExceededError(
        absl::StrCat("no answer within ", options_.time_limit_seconds, " s, killed"));
  }
}

absl::Status BenchProcess::WhyItEnded() {
  if (!Reap(kPatienceSeconds)) Kill();
  run::ChildOutcome outcome;
  if (WIFSIGNALED(wait_status_)) {
    outcome.end = run::ChildOutcome::End::kSignaled;
    outcome.signal = WTERMSIG(wait_status_);
  } else {
    outcome.exit_code = WEXITSTATUS(wait_status_);
  }
  outcome.err_tail = TailOf(options_.err_path);
  return absl::UnavailableError(
      absl::StrCat("the process ended: ", run::Describe(outcome, options_.time_limit_seconds)));
}

// True when the process has ended; whom it left behind is killed then.
bool BenchProcess::Reap(double patience_seconds) {
  const double deadline = Now() + patience_seconds;
  useconds_t pause_micros = 50;
  while (true) {
    const pid_t got = ::waitpid(pid_, &wait_status_, WNOHANG);
    if (got == pid_ || (got < 0 && errno == ECHILD)) {
      run::EndFamily(pid_);
      pid_ = -1;
      return true;
    }
    if (Now() > deadline) return false;
    ::usleep(pause_micros);
    pause_micros = std::min<useconds_t>(pause_micros * 2, 5000);
  }
}

void BenchProcess::Kill() {
  if (pid_ <= 0) return;
  ::kill(-pid_, SIGKILL);
  while (::waitpid(pid_, &wait_status_, 0) < 0 && errno == EINTR) {
  }
  run::EndFamily(pid_);
  pid_ = -1;
}

}  // namespace loadline::duet
