#include "tools/loadline/run/orphans.h"

#include <sys/types.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <set>

#include "loadline/base/mutex.h"
#include "loadline/platform/children.h"

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

}  // namespace

void ExpectChild() {
  Family& family = TheFamily();
  const MutexLock lock(family.mutex);
  if (family.expected++ > 0) return;
  if (platform::AdoptOrphans()) family.strangers = platform::Children();
}

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
        while (::waitpid(orphan, nullptr, 0) < 0 && errno == EINTR) {
        }
      } else {
        family.strangers.insert(orphan);  // another user's: not ours to kill, nor to wait for
      }
    }
  }
}

}  // namespace loadline::run
