#ifndef LOADLINE_PLATFORM_THREAD_PRIORITY_H_
#define LOADLINE_PLATFORM_THREAD_PRIORITY_H_

namespace loadline::platform {

// The calling thread gives way to others, for good, where processors are short: for work that
// nobody waits for. It still gets a share, on Linux a quarter of a processor that one other
// thread wants, so that a busy machine does not stop it. Where the OS refuses it stays as it was.
void GiveWayToOtherThreads();

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_THREAD_PRIORITY_H_
