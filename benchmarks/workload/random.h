#ifndef BENCHMARKS_WORKLOAD_RANDOM_H_
#define BENCHMARKS_WORKLOAD_RANDOM_H_

#include <cstdint>

namespace loadline::workload {

// The finaliser of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014; constants of Stafford's variant
// 13): a bijection of 64 bits in which every input bit changes about half of the output bits.
constexpr uint64_t MixBits(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
  return x ^ (x >> 31);
}

// SplitMix64. The same numbers on every machine and with every standard library, which
// std::uniform_*_distribution does not promise. Not for secrets. Thread-compatible.
class Random {
 public:
  explicit constexpr Random(uint64_t seed) : state_(seed) {}

  constexpr uint64_t Next() {
    state_ += 0x9E3779B97F4A7C15u;
    return MixBits(state_);
  }

  // Uniform in [0, bound); the bias is below bound / 2^64. REQUIRES: bound > 0.
  constexpr uint64_t Below(uint64_t bound) { return Next() % bound; }

  // Uniform in [0, 1), a multiple of 2^-53.
  constexpr double Uniform() { return static_cast<double>(Next() >> 11) * 0x1p-53; }

 private:
  uint64_t state_;
};

}  // namespace loadline::workload

#endif  // BENCHMARKS_WORKLOAD_RANDOM_H_
