#ifndef TESTS_TOOLS_LOADLINE_DUET_PLANTED_WORK_H_
#define TESTS_TOOLS_LOADLINE_DUET_PLANTED_WORK_H_

#include <cstdint>

namespace loadline::duet {

// So many steps of a generator, a few cycles each; nothing of it can be left out or moved away.
inline uint64_t Spin(int64_t wanted) {
  // Read anew by every call, or the compiler moves all of it out of the caller's loop. Not
  // benchmark::DoNotOptimize: gcc 12 with sanitizers loses the value of what it is given.
  const volatile int64_t reread = wanted;
  const int64_t steps = reread;
  uint64_t x = 88172645463325252ULL;
  for (int64_t i = 0; i < steps; ++i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
  }
  return x;
}

}  // namespace loadline::duet

#endif  // TESTS_TOOLS_LOADLINE_DUET_PLANTED_WORK_H_
