#ifndef LOADLINE_PLATFORM_CHILDREN_H_
#define LOADLINE_PLATFORM_CHILDREN_H_

#include <sys/types.h>

#include <set>

namespace loadline::platform {

// From now on a descendant of this process whose parent ends becomes this process's child, to be
// reaped by it. False where the OS has no such thing. Thread-safe.
bool AdoptOrphans();

// The processes whose parent this one is, those that ended and were not reaped too. Quick when
// there are none. Empty where AdoptOrphans() is false. Thread-safe.
std::set<pid_t> Children();

}  // namespace loadline::platform

#endif  // LOADLINE_PLATFORM_CHILDREN_H_
