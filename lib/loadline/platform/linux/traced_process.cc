#include "loadline/platform/traced_process.h"

#include <sys/ptrace.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdint>

namespace loadline::platform {
namespace {

// ptrace() takes its numbers as pointers.
void* Word(intptr_t number) { return reinterpret_cast<void*>(number); }

}  // namespace

bool HasTracedProcesses() { return true; }

void BecomeTraced() { ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr); }

bool StoppedAtEnd(int status) { return status >> 8 == (SIGTRAP | (PTRACE_EVENT_EXIT << 8)); }

void ContinueTraced(int pid, int status, bool& is_program) {
  const int event = status >> 16;
  // execve stops a process by a SIGTRAP that is nobody's signal, until it was asked to say so by an
  // event, which can be asked for at a stop only. Every other SIGTRAP is the program's own.
  const bool became_program = event == 0 && !is_program && WSTOPSIG(status) == SIGTRAP;
  is_program = is_program || became_program || event == PTRACE_EVENT_EXEC;
  ::ptrace(PTRACE_SETOPTIONS, pid, nullptr, Word(PTRACE_O_TRACEEXIT | PTRACE_O_TRACEEXEC));
  const int signal = event != 0 || became_program ? 0 : WSTOPSIG(status);
  ::ptrace(PTRACE_CONT, pid, nullptr, Word(signal));
}

}  // namespace loadline::platform
