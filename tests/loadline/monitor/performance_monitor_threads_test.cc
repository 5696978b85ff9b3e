#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <future>
#include <thread>
#include <utility>
#include <vector>

#include "loadline/base/mutex.h"
#include "loadline/monitor/performance_monitor.h"

namespace loadline {
namespace {

using ::testing::SizeIs;

// Recording as ScopedOperation does it, with latencies that tell what they belong to.
class PlantedOperations {
 public:
  static constexpr int64_t kOkNanos = 200;
  static constexpr int64_t kFailedNanos = 100;

  explicit PlantedOperations(OperationRecorder* recorder) : recorder_(recorder) {}
  void Run(bool failed) {
    if (!recorder_->enabled()) return;
    begun_.fetch_add(1);
    if (failed) failures_begun_.fetch_add(1);
    recorder_->Record(failed ? kFailedNanos : kOkNanos, failed);
  }
  uint64_t begun() const { return begun_.load(); }
  uint64_t failures_begun() const { return failures_begun_.load(); }

 private:
  OperationRecorder* const recorder_;
  std::atomic<uint64_t> begun_{0};
  std::atomic<uint64_t> failures_begun_{0};
};

// What holds of every snapshot, whatever else goes on.
void ExpectSound(const OperationSnapshot& operation, const PlantedOperations& planted) {
  EXPECT_LE(operation.count, planted.begun());
  EXPECT_LE(operation.errors, planted.failures_begun());
  EXPECT_LE(operation.errors, operation.count);
  EXPECT_EQ(operation.latency.count(), operation.count);
  if (operation.count == 0) return;
  EXPECT_GE(operation.latency.min_nanos(), uint64_t{PlantedOperations::kFailedNanos});
  EXPECT_LE(operation.latency.max_nanos(), uint64_t{PlantedOperations::kOkNanos});
}

// Lets no thread begin before the last of `count` is here: alone each would be done too soon.
void WaitForAll(std::atomic<int>& ready, int count) {
  ++ready;
  while (ready < count) std::this_thread::yield();
}

// A thread that counts in `stripe`, as one in so many does.
template <typename Work>
std::thread ThreadOfStripe(size_t stripe, Work work) {
  for (;;) {
    std::promise<bool> has_it;
    std::future<bool> answer = has_it.get_future();
    std::thread thread([&work, stripe, has_it = std::move(has_it)]() mutable {
      const bool mine = StripedSharedMutex::ThreadStripe() == stripe;
      Work copy = work;  // before the answer: then `work` may be gone
      has_it.set_value(mine);
      if (mine) copy();
    });
    if (answer.get()) return thread;
    thread.join();
  }
}

TEST(PerformanceMonitorThreads, ShowsOnlyWhatWasRecordedWhileEightThreadsDoEverything) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 20'000;
  PerformanceMonitor monitor;
  PlantedOperations mixed(monitor.Operation("a"));
  PlantedOperations failing(monitor.Operation("b"));
  std::atomic<int> left{kThreads * kRounds};
  const auto while_left = [&left](int more_than, auto step) {
    return [&left, more_than, step] {
      while (left > more_than) step();
    };
  };
  const auto expect_sound = [&] {
    const MonitorSnapshot snapshot = monitor.Snapshot();
    ASSERT_THAT(snapshot.operations, SizeIs(2));
    ExpectSound(snapshot.operations[0], mixed);
    ExpectSound(snapshot.operations[1], failing);
  };
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.push_back(ThreadOfStripe(0, [&] {
      WaitForAll(ready, kThreads);
      for (int j = 0; j < kRounds; ++j, --left) {
        mixed.Run(j % 2 == 0);
        failing.Run(true);
      }
    }));
  }
  threads.emplace_back(while_left(0, expect_sound));
  threads.emplace_back(while_left(0, expect_sound));
  // The resets end early, so that what they leave in the counts is still there in the end.
  threads.emplace_back(while_left(kThreads * kRounds / 4, [&] { monitor.Reset(); }));
  threads.emplace_back(while_left(0, [&] {
    monitor.SetEnabled(false);
    monitor.SetEnabled(true);
  }));
  for (std::thread& thread : threads) thread.join();
  expect_sound();
  EXPECT_GT(mixed.begun(), 0u);
  monitor.Reset();
  EXPECT_EQ(monitor.Snapshot().operations[0].count, 0u);
  EXPECT_EQ(monitor.Snapshot().operations[1].errors, 0u);
}

TEST(PerformanceMonitorThreads, LosesNothingAndNeverCountsBackWhileSnapshotsAreTaken) {
  constexpr uint64_t kThreads = 6;
  constexpr uint64_t kRounds = 20'000;
  PerformanceMonitor monitor;
  PlantedOperations planted(monitor.Operation("a"));
  std::atomic<uint64_t> recording{kThreads};
  std::atomic<int> ready{0};
  std::vector<std::thread> threads;
  for (uint64_t i = 0; i < kThreads; ++i) {
    threads.push_back(ThreadOfStripe(0, [&] {
      WaitForAll(ready, int{kThreads});
      for (uint64_t j = 0; j < kRounds; ++j) planted.Run(j % 2 == 0);
      --recording;
    }));
  }
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      OperationSnapshot before;
      while (recording > 0) {
        const OperationSnapshot now = monitor.Snapshot().operations.at(0);
        ExpectSound(now, planted);
        EXPECT_GE(now.count, before.count);
        EXPECT_GE(now.errors, before.errors);
        before = now;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  const OperationSnapshot operation = monitor.Snapshot().operations.at(0);
  EXPECT_EQ(operation.count, kThreads * kRounds);
  EXPECT_EQ(operation.errors, kThreads * kRounds / 2);
}

}  // namespace
}  // namespace loadline
