#include "loadline/platform/thread_priority.h"

#include <sys/resource.h>
#include <unistd.h>

namespace loadline::platform {

void GiveWayToOtherThreads() {
  constexpr int kNice = 5;  // of the thread alone, on Linux
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
}

}  // namespace loadline::platform
