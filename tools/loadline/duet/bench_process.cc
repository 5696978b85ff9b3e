#include "tools/loadline/duet/bench_process.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/run/child_process.h"
#include "tools/loadline/run/interruption.h"
#include "tools/loadline/run/spawn.h"

namespace loadline::duet {
namespace {

using turns::TurnMessage;

constexpr double kPatienceSeconds = 2;
constexpr double kLookSeconds = 0.1;  // between two looks for an interruption
constexpr int64_t kTailBytes = 1000;

}  // namespace

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
      ::open(options.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (err.get() < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", options.file));
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
  LOADLINE_ASSIGN_OR_RETURN(const TurnMessage chosen,
                            process->Ask({.kind = TurnMessage::Kind::kChoose,
                                          .family = options.family,
                                          .pad_bytes = options.pad_bytes,
                                          .text = options.filter}));
  process->family_ = chosen.family;
  process->sets_iterations_ = chosen.iterations > 0;
  return process;
}

BenchProcess::~BenchProcess() {
  channel_.Close();
  End(kPatienceSeconds);
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
  const int64_t start = run::MonotonicNanos();
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
    if (run::SecondsSince(start) < options_.time_limit_seconds) continue;
    End(0);
    return absl::DeadlineExceededError(
        absl::StrCat("no answer within ", options_.time_limit_seconds, " s, killed"));
  }
}

absl::Status BenchProcess::WhyItEnded() {
  End(kPatienceSeconds);
  run::ChildOutcome outcome;
  run::SetEnd(wait_status_, outcome);
  const std::string tail = run::EndOfFile(options_.file, kTailBytes);
  outcome.err_tail = std::string(absl::StripAsciiWhitespace(tail));
  return absl::UnavailableError(
      absl::StrCat("the process ended: ", run::Describe(outcome, options_.time_limit_seconds)));
}

void BenchProcess::End(double patience_seconds) {
  if (pid_ <= 0) return;
  const int64_t start = run::MonotonicNanos();
  pid_t got;
  useconds_t pause_micros = 50;
  while ((got = run::WaitFor(pid_, &wait_status_, WNOHANG)) == 0 &&
         run::SecondsSince(start) < patience_seconds) {
    ::usleep(pause_micros);
    pause_micros = std::min<useconds_t>(pause_micros * 2, 5000);
  }
  if (got == 0) {
    ::kill(-pid_, SIGKILL);
    run::WaitFor(pid_, &wait_status_);
  }
  run::EndFamily(pid_);
  pid_ = -1;
}

}  // namespace loadline::duet
