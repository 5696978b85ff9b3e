#include "tools/loadline/run/spawn.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>
#if defined(__linux__)
#include <sched.h>
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "loadline/platform/traced_process.h"
#include "tools/loadline/run/descriptor.h"
#include "tools/loadline/run/orphans.h"

extern char** environ;

namespace loadline::run {
namespace {

// Everything the child needs between its birth and exec, made before: there only async-signal-safe
// calls are allowed, and nothing may be written that the parent goes on using.
struct Image {
  std::vector<std::string> strings;
  std::vector<char*> argv;
  std::vector<char*> envp;
};

Image MakeImage(const SpawnOptions& options) {
  Image image;
  std::vector<std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    const bool replaced = std::any_of(options.environment.begin(), options.environment.end(),
                                      [&](const auto& variable) { return variable.first == name; });
    if (!replaced) variables.push_back(text);
  }
  for (const auto& [name, value] : options.environment) {
    variables.push_back(absl::StrCat(name, "=", value));
  }
  image.strings = options.arguments;
  image.strings.insert(image.strings.end(), variables.begin(), variables.end());
  for (size_t i = 0; i < image.strings.size(); ++i) {
    (i < options.arguments.size() ? image.argv : image.envp).push_back(image.strings[i].data());
  }
  image.argv.push_back(nullptr);
  image.envp.push_back(nullptr);
  return image;
}

void PinTo([[maybe_unused]] const std::optional<int>& cpu) {
#if defined(__linux__)
  if (!cpu.has_value()) return;
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<size_t>(*cpu), &set);
  ::sched_setaffinity(0, sizeof(set), &set);  // not granted: it runs where it may
#endif
}

// No handler of this process may run in the child, which has its memory.
class SignalsHeldBack {
 public:
  SignalsHeldBack() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsHeldBack() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsHeldBack(const SignalsHeldBack&) = delete;
  SignalsHeldBack& operator=(const SignalsHeldBack&) = delete;

  const sigset_t& before() const { return before_; }

 private:
  sigset_t before_;
};

// `null`, `out`, `err`, `passed` and `failed` are above kPassedDescriptor, so that none of them is
// overwritten before it is used.
[[noreturn]] void Become(const SpawnOptions& options, const Image& image, pid_t parent, int null,
                         int out, int err, int passed, int failed, const sigset_t& signals) {
  ::setpgid(0, 0);
#if defined(__linux__)
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it died before the line above
#else
  static_cast<void>(parent);
#endif
  // What was ignored when this process was started, by nohup or for a job in the background, the
  // program finds ignored too.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction now = {};
    ::sigaction(signal, nullptr, &now);
    if (now.sa_handler != SIG_IGN) ::signal(signal, SIG_DFL);
  }
  ::signal(SIGPIPE, SIG_DFL);
  ::pthread_sigmask(SIG_SETMASK, &signals, nullptr);
  PinTo(options.cpu);
  if (options.traced) platform::BecomeTraced();
  if (::dup2(null, 0) >= 0 && ::dup2(out, 1) >= 0 && ::dup2(err, 2) >= 0 &&
      (passed < 0 || ::dup2(passed, kPassedDescriptor) >= 0)) {
    ::execve(options.program.c_str(), image.argv.data(), image.envp.data());
  }
  const int error = errno;
  static_cast<void>(!::write(failed, &error, sizeof(error)));
  ::_exit(127);
}

// A copy of `fd` above kPassedDescriptor that is closed by exec.
absl::Status Copy(int fd, Descriptor& copy) {
  copy.Reset(::fcntl(fd, F_DUPFD_CLOEXEC, kPassedDescriptor + 1));
  return copy.get() >= 0 ? absl::OkStatus() : absl::ErrnoToStatus(errno, "copy a descriptor");
}

// Waits until the child is its program or has said why it is not.
absl::Status ExecStatus(int failed, pid_t pid, const std::string& program) {
  int error = 0;
  ssize_t got;
  do {
    got = ::read(failed, &error, sizeof(error));
  } while (got < 0 && errno == EINTR);
  if (got != sizeof(error)) return absl::OkStatus();
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
  return absl::ErrnoToStatus(error, absl::StrCat("cannot start ", program));
}

absl::StatusOr<pid_t> Start(const SpawnOptions& options) {
  const Image image = MakeImage(options);
  int ends[2];
  if (::pipe(ends) != 0) return absl::ErrnoToStatus(errno, "pipe");
  const Descriptor failed_read(ends[0]);
  ::fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  Descriptor failed_low(ends[1]);
  ::fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  const Descriptor null_low(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (null_low.get() < 0) return absl::ErrnoToStatus(errno, "open /dev/null");
  Descriptor null, out, err, passed, failed;
  LOADLINE_RETURN_IF_ERROR(Copy(null_low.get(), null));
  LOADLINE_RETURN_IF_ERROR(Copy(options.out >= 0 ? options.out : null_low.get(), out));
  LOADLINE_RETURN_IF_ERROR(Copy(options.err >= 0 ? options.err : null_low.get(), err));
  LOADLINE_RETURN_IF_ERROR(Copy(failed_low.get(), failed));
  if (options.passed >= 0) LOADLINE_RETURN_IF_ERROR(Copy(options.passed, passed));
  const pid_t self = ::getpid();
  pid_t pid;
  {
    const SignalsHeldBack signals;
#if defined(__linux__)
    // The child borrows this process's memory until it is its program. fork copies the page tables
    // of all that was read, which was a tenth of a restart.
    pid = ::vfork();
#else
    pid = ::fork();
#endif
    if (pid == 0) {
      Become(options, image, self, null.get(), out.get(), err.get(), passed.get(), failed.get(),
             signals.before());
    }
  }
  if (pid < 0) return absl::ErrnoToStatus(errno, "start a process");
  ::setpgid(pid, pid);  // here too: whoever comes first
  failed.Close();
  failed_low.Close();
  LOADLINE_RETURN_IF_ERROR(ExecStatus(failed_read.get(), pid, options.program));
  return pid;
}

}  // namespace

absl::StatusOr<pid_t> Spawn(const SpawnOptions& options) {
  ExpectChild();
  const absl::StatusOr<pid_t> pid = Start(options);
  if (!pid.ok()) EndOrphans();
  return pid;
}

void EndFamily(pid_t pid) {
  ::kill(-pid, SIGKILL);
  EndOrphans();
}

}  // namespace loadline::run
