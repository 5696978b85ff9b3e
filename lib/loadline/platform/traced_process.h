#ifndef LOADLINE_PLATFORM_TRACED_PROCESS_H_
#define LOADLINE_PLATFORM_TRACED_PROCESS_H_

namespace loadline::platform {

// A child that stops once more when it ends, while its memory can still be asked for: what is read
// of a process that runs says only what it needed so far. Linux: ptrace(2). It costs a program
// nothing between the stops but every signal two switches of the processor, and a program that
// traces itself (LeakSanitizer does, when it ends) cannot.

// Whether the OS has such stops. Where it has, a sandbox may still refuse them: there are none
// then.
bool HasTracedProcesses();

// In a child just before it becomes its program: the thread that started it traces it from there
// on. Async-signal-safe.
void BecomeTraced();

// By that thread, when waitpid() said that a traced child has stopped (WIFSTOPPED(status)): true at
// the stop before its end.
bool StoppedAtEnd(int status);

// Lets the stopped child go on, with the signal that it was stopped for. `is_program`, false before
// its first stop, is whether it has become its program; this keeps it up to date.
void ContinueTraced(int pid, int status, bool& is_program);

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_TRACED_PROCESS_H_
