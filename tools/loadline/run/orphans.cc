#include "tools/loadline/run/orphans.h"

#include <sys/types.h>

#if defined(__linux__)
#include <dirent.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <set>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/mutex.h"
#endif

namespace loadline::run {

#if defined(__linux__)
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

// Whether this process has children, without looking through all of the machine's.
bool HasChildren() {
  siginfo_t info = {};
  return ::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

// "PID (NAME) STATE PARENT ...", where NAME may hold anything.
pid_t ParentOf(const std::string& pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string line;
  std::getline(file, line);
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos || name_end + 4 > line.size()) return -1;
  return static_cast<pid_t>(std::strtol(line.c_str() + name_end + 4, nullptr, 10));
}

std::set<pid_t> Children() {
  std::set<pid_t> children;
  DIR* const processes = HasChildren() ? ::opendir("/proc") : nullptr;
  if (processes == nullptr) return children;
  while (const struct dirent* entry = ::readdir(processes)) {
    pid_t pid;
    if (absl::SimpleAtoi(entry->d_name, &pid) && ParentOf(entry->d_name) == ::getpid()) {
      children.insert(pid);
    }
  }
  ::closedir(processes);
  return children;
}

}  // namespace

void ExpectChild() {
  Family& family = TheFamily();
  const MutexLock lock(family.mutex);
  if (family.expected++ > 0) return;
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  family.strangers = Children();
}

void EndOrphans() {
  Family& family = TheFamily();
  const MutexLock lock(family.mutex);
  if (--family.expected > 0) return;
  // The children of one that is killed are adopted in their turn.
  for (int round = 0; round < kMostRounds; ++round) {
    std::set<pid_t> orphans = Children();
    for (const pid_t stranger : family.strangers) orphans.erase(stranger);
    if (orphans.empty()) return;
    for (const pid_t orphan : orphans) {
      if (::kill(orphan, SIGKILL) == 0) {
        while (::waitpid(orphan, nullptr, 0) < 0 && errno == EINTR) {
        }
      } else {
        family.strangers.insert(orphan);  // another user's: not ours to kill, nor to wait for
      }
    }
  }
}
#else
void ExpectChild() {}
void EndOrphans() {}
#endif

}  // namespace loadline::run
