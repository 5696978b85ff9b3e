#include "tools/loadline/run/spawn.h"

#include <fcntl.h>
#include <sys/wait.h>
#if defined(__linux__)
#include <sched.h>
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <set>

#include "absl/strings/str_cat.h"
#include "loadline/base/mutex.h"
#include "loadline/base/status_macros.h"
#include "loadline/platform/children.h"
#include "loadline/platform/traced_process.h"

extern char** environ;

namespace loadline::run {
namespace {

constexpr int kMostRounds = 100;  // something that forks as fast as it is killed goes on for ever

struct Family {
  Mutex mutex;
  int expected ABSL_GUARDED_BY(mutex) = 0;           // children that live or are about to
  std::set<pid_t> strangers ABSL_GUARDED_BY(mutex);  // children that are not of this room
};
Family& TheFamily() {
  static Family& family = *new Family();
  return family;
}

// A child is about to be made.
void ExpectChild() {
  Family& family = TheFamily();
  const MutexLock lock(family.mutex);
  if (family.expected++ > 0) return;
  if (platform::AdoptOrphans()) family.strangers = platform::Children();
}

// It has been reaped, or was not made after all.
void EndOrphans() {
  Family& family = TheFamily();
  const MutexLock lock(family.mutex);
  if (--family.expected > 0) return;
  // The children of one that is killed are adopted in their turn.
  for (int round = 0; round < kMostRounds; ++round) {
    std::set<pid_t> orphans = platform::Children();
    for (const pid_t stranger : family.strangers) orphans.erase(stranger);
    if (orphans.empty()) return;
    for (const pid_t orphan : orphans) {
      if (::kill(orphan, SIGKILL) == 0) {
        WaitFor(orphan, nullptr);
      } else {
        family.strangers.insert(orphan);  // another user's: not ours to kill, nor to wait for
      }
    }
  }
}

// Everything the child needs between its birth and exec, made before: there only async-signal-safe
// calls are allowed, and nothing may be written that the parent goes on using.
struct Image {
  std::vector<std::string> strings;
  std::vector<char*> argv, envp;
  // What become the descriptors of these numbers. They are above them, as `failed` is, so that none
  // is overwritten before it is used.
  Descriptor descriptors[kPassedDescriptor + 1];
  Descriptor failed;
};

void SetWords(const SpawnOptions& options, Image& image) {
  image.strings = options.arguments;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    const bool replaced = std::any_of(options.environment.begin(), options.environment.end(),
                                      [&](const auto& variable) { return variable.first == name; });
    if (!replaced) image.strings.push_back(text);
  }
  for (const auto& [name, value] : options.environment) {
    image.strings.push_back(absl::StrCat(name, "=", value));
  }
  for (size_t i = 0; i < image.strings.size(); ++i) {
    (i < options.arguments.size() ? image.argv : image.envp).push_back(image.strings[i].data());
  }
  image.argv.push_back(nullptr);
  image.envp.push_back(nullptr);
}

absl::Status CopyAbove(int fd, Descriptor& copy) {
  copy.Reset(::fcntl(fd, F_DUPFD_CLOEXEC, kPassedDescriptor + 1));
  return copy.get() >= 0 ? absl::OkStatus() : absl::ErrnoToStatus(errno, "copy a descriptor");
}

absl::Status SetDescriptors(const SpawnOptions& options, int failed, Image& image) {
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (null.get() < 0) return absl::ErrnoToStatus(errno, "open /dev/null");
  const auto or_null = [&](int fd) { return fd >= 0 ? fd : null.get(); };
  const int sources[] = {null.get(), or_null(options.out), or_null(options.err), options.passed};
  for (int number = 0; number <= kPassedDescriptor; ++number) {
    if (sources[number] < 0) continue;
    LOADLINE_RETURN_IF_ERROR(CopyAbove(sources[number], image.descriptors[number]));
  }
  return CopyAbove(failed, image.failed);
}

[[noreturn]] void Become(const SpawnOptions& options, const Image& image,
                         [[maybe_unused]] pid_t parent, const sigset_t& signals) {
  ::setpgid(0, 0);
#if defined(__linux__)
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // it died before the line above
  if (options.cpu.has_value()) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(static_cast<size_t>(*options.cpu), &set);
    ::sched_setaffinity(0, sizeof(set), &set);  // not granted: it runs where it may
  }
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
  if (options.traced) platform::BecomeTraced();
  bool ready = true;
  for (int number = 0; number <= kPassedDescriptor; ++number) {
    const int fd = image.descriptors[number].get();
    ready = ready && (fd < 0 || ::dup2(fd, number) >= 0);
  }
  if (ready) ::execve(image.argv[0], image.argv.data(), image.envp.data());
  const int error = errno;
  static_cast<void>(!::write(image.failed.get(), &error, sizeof(error)));
  ::_exit(127);
}

// Waits until the child is its program or has said why it is not.
absl::Status ExecStatus(int failed, pid_t pid, const std::string& program) {
  int error = 0;
  ssize_t got;
  do {
    got = ::read(failed, &error, sizeof(error));
  } while (got < 0 && errno == EINTR);
  if (got != sizeof(error)) return absl::OkStatus();
  WaitFor(pid, nullptr);
  return absl::ErrnoToStatus(error, absl::StrCat("cannot start ", program));
}

absl::StatusOr<pid_t> Start(const SpawnOptions& options) {
  Pipe failed;
  LOADLINE_RETURN_IF_ERROR(Open(failed));
  Image image;
  SetWords(options, image);
  LOADLINE_RETURN_IF_ERROR(SetDescriptors(options, failed.write.get(), image));
  const pid_t self = ::getpid();
  // No handler of this process may run in the child, which has its memory.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
#if defined(__linux__)
  // The child borrows this process's memory until it is its program. fork copies the page tables
  // of all that was read, which was a tenth of a restart.
  const pid_t pid = ::vfork();
#else
  const pid_t pid = ::fork();
#endif
  if (pid == 0) Become(options, image, self, before);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) return absl::ErrnoToStatus(error, "start a process");
  ::setpgid(pid, pid);  // here too: whoever comes first
  image.failed.Reset();
  failed.write.Reset();
  LOADLINE_RETURN_IF_ERROR(ExecStatus(failed.read.get(), pid, options.arguments[0]));
  return pid;
}

}  // namespace

absl::Status Open(Pipe& pipe) {
  int ends[2];
  if (::pipe(ends) != 0) return absl::ErrnoToStatus(errno, "pipe");
  pipe.read.Reset(ends[0]);
  pipe.write.Reset(ends[1]);
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  return absl::OkStatus();
}

absl::StatusOr<pid_t> Spawn(const SpawnOptions& options) {
  ExpectChild();
  const absl::StatusOr<pid_t> pid = Start(options);
  if (!pid.ok()) EndOrphans();
  return pid;
}

pid_t WaitFor(pid_t pid, int* status, int flags) {
  pid_t got;
  do {
    got = ::waitpid(pid, status, flags);
  } while (got < 0 && errno == EINTR);
  return got;
}

void EndFamily(pid_t pid) {
  ::kill(-pid, SIGKILL);
  EndOrphans();
}

}  // namespace loadline::run
