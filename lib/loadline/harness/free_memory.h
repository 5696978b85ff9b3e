#ifndef LOADLINE_HARNESS_FREE_MEMORY_H_
#define LOADLINE_HARNESS_FREE_MEMORY_H_

#include <string>

namespace loadline::harness {

// The allocator that `malloc` of this process reaches, with its version: "mimalloc 2.0.9",
// "glibc 2.36", "system" where the C library does not say.
std::string AllocatorName();

// Asks the allocator to give memory that nothing uses back to the OS, so that what one benchmark
// freed is not counted against the next. Does what the allocator can; no promise.
void ReturnFreeMemory();

}  // namespace loadline::harness

#endif  // LOADLINE_HARNESS_FREE_MEMORY_H_
