#include "loadline/platform/traced_process.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <csignal>

namespace loadline::platform {

bool HasTracedProcesses() { return true; }

void BecomeTraced() { ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }

bool StoppedAtEnd(int status) { return status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXIT << 8)); }

void ContinueTraced(int pid, int status) {
  // The first stop is the one for execve, a SIGTRAP that is nobody's signal.
  ::ptrace(PTRACE_SETOPTIONS, pid, nullptr, PTRACE_O_TRACEEXIT);
  const int signal = WSTOPSIG(status) == SIGTRAP ? 0 : WSTOPSIG(status);
  ::ptrace(PTRACE_CONT, pid, nullptr, signal);
}

}  // namespace loadline::platform
