#ifndef TESTS_SUPPORT_FAKE_CLOCK_H_
#define TESTS_SUPPORT_FAKE_CLOCK_H_

#include <atomic>
#include <cstdint>

#include "loadline/base/clock.h"

namespace loadline::testing {

// A clock that stands still until a test moves it. Thread-safe.
class FakeClock final : public Clock {
 public:
  static constexpr int64_t kStartSteadyNanos = 1'000'000'000;
  static constexpr int64_t kStartWallNanos = 1'700'000'000'000'000'000;  // 2023-11-14 22:13:20 UTC

  int64_t SteadyNanos() const override {
    reads_.fetch_add(1, std::memory_order_relaxed);
    return steady_nanos_.load(std::memory_order_relaxed);
  }
  int64_t WallNanos() const override { return wall_nanos_.load(std::memory_order_relaxed); }

  // Moves both clocks on.
  void AdvanceNanos(int64_t nanos) {
    steady_nanos_.fetch_add(nanos, std::memory_order_relaxed);
    wall_nanos_.fetch_add(nanos, std::memory_order_relaxed);
  }
  void AdvanceMillis(int64_t millis) { AdvanceNanos(millis * 1'000'000); }
  void AdvanceSeconds(int64_t seconds) { AdvanceNanos(seconds * 1'000'000'000); }

  // Sets the wall clock alone, as somebody correcting the machine's time does.
  void SetWallNanos(int64_t nanos) { wall_nanos_.store(nanos, std::memory_order_relaxed); }

  // How often the steady clock has been read: code that promises not to look can be held to it.
  int64_t steady_reads() const { return reads_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> steady_nanos_{kStartSteadyNanos};
  std::atomic<int64_t> wall_nanos_{kStartWallNanos};
  mutable std::atomic<int64_t> reads_{0};
};

}  // namespace loadline::testing

#endif  // TESTS_SUPPORT_FAKE_CLOCK_H_
