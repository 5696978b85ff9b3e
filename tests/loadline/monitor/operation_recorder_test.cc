#include "loadline/monitor/operation_recorder.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "loadline/monitor/scoped_operation.h"
#include "loadline/platform/memory.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sanitizer.h"

namespace loadline {
namespace {

using Recorders = std::vector<std::unique_ptr<OperationRecorder>>;

Recorders Make(int count) {
  Recorders recorders;
  for (int i = 0; i < count; ++i) {
    recorders.push_back(
        std::make_unique<OperationRecorder>("operation." + std::to_string(i), Clock::Real(), true));
  }
  return recorders;
}

TEST(OperationRecorder, CountsLatenciesInTheirBuckets) {
  OperationRecorder recorder("x", Clock::Real(), true);
  recorder.Record(100, false);
  recorder.Record(100, true);
  recorder.Record(5'000'000, false);
  const OperationCounts counts = recorder.Read();
  EXPECT_EQ(counts.count, 3u);
  EXPECT_EQ(counts.errors, 1u);
  EXPECT_EQ(counts.buckets[stats::LatencyBuckets::IndexOf(100)], 2u);
  EXPECT_EQ(counts.buckets[stats::LatencyBuckets::IndexOf(5'000'000)], 1u);
}

TEST(OperationRecorder, TakesEveryLatencyThereIs) {
  OperationRecorder recorder("x", Clock::Real(), true);
  recorder.Record(INT64_MIN, false);
  recorder.Record(0, false);
  recorder.Record(INT64_MAX, false);
  const OperationCounts counts = recorder.Read();
  EXPECT_EQ(counts.count, 3u);
  EXPECT_EQ(counts.buckets.front(), 2u);
  EXPECT_EQ(counts.buckets.back(), 1u);
}

TEST(OperationRecorder, LosesNothingWhenThreadsRecordTogether) {
  constexpr int kThreads = 20;  // more than there are stripes
  constexpr uint64_t kEach = 2'000;
  OperationRecorder recorder("x", Clock::Real(), true);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&recorder] {
      for (uint64_t j = 0; j < kEach; ++j) recorder.Record(static_cast<int64_t>(j), j % 10 == 0);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(recorder.Read().count, kThreads * kEach);
  EXPECT_EQ(recorder.Read().errors, kThreads * kEach / 10);
}

TEST(OperationRecorder, NeverShowsMoreErrorsThanOperations) {
  OperationRecorder recorder("x", Clock::Real(), true);
  std::atomic<bool> done{false};
  std::thread writer([&] {
    while (!done) recorder.Record(10, true);
  });
  for (int i = 0; i < 300; ++i) {
    const OperationCounts counts = recorder.Read();
    EXPECT_LE(counts.errors, counts.count);
    if (i % 20 == 0) recorder.Reset();
  }
  done = true;
  writer.join();
}

TEST(OperationRecorder, IsEmptyAfterReset) {
  OperationRecorder recorder("x", Clock::Real(), true);
  recorder.Record(10, true);
  recorder.Record(1'000'000'000, true);
  recorder.Reset();
  const OperationCounts counts = recorder.Read();
  EXPECT_EQ(counts.count, 0u);
  EXPECT_EQ(counts.errors, 0u);
  EXPECT_EQ(std::accumulate(counts.buckets.begin(), counts.buckets.end(), uint64_t{0}), 0u);
}

TEST(OperationRecorder, TakesLessThanAKibibyteUntilItIsUsed) {
  if (testing::kHasShadowMemory) GTEST_SKIP() << "shadow memory is counted too";
  constexpr int kCount = 4'000;
  const platform::MemoryReading before = platform::AnonymousMemory();
  if (!before.bytes.has_value()) GTEST_SKIP() << "this OS does not tell anonymous memory";
  const Recorders recorders = Make(kCount);
  const uint64_t after = platform::AnonymousMemory().bytes.value_or(0);
  EXPECT_LT(after, *before.bytes + uint64_t{kCount} * 1'024);
}

TEST(OperationRecorder, TakesAFewPagesOnceOneThreadRecords) {
  if (testing::kHasShadowMemory) GTEST_SKIP() << "shadow memory is counted too";
  constexpr int kCount = 200;
  const Recorders recorders = Make(kCount);
  const platform::MemoryReading before = platform::AnonymousMemory();
  if (!before.bytes.has_value()) GTEST_SKIP() << "this OS does not tell anonymous memory";
  for (const std::unique_ptr<OperationRecorder>& recorder : recorders) recorder->Record(300, false);
  for (const std::unique_ptr<OperationRecorder>& recorder : recorders) recorder->Read();
  const uint64_t after = platform::AnonymousMemory().bytes.value_or(0);
  EXPECT_LT(after, *before.bytes + uint64_t{kCount} * 3 * 4'096);
}

TEST(ScopedOperation, RecordsTheTimeOfItsScope) {
  testing::FakeClock clock;
  OperationRecorder recorder("x", clock, true);
  {
    ScopedOperation operation(&recorder);
    clock.AdvanceNanos(321);
  }
  EXPECT_EQ(recorder.Read().buckets[321], 1u);
  EXPECT_EQ(recorder.Read().errors, 0u);
}

TEST(ScopedOperation, ReadsNoClockWhenTheRecorderIsOff) {
  testing::FakeClock clock;
  OperationRecorder recorder("x", clock, false);
  { ScopedOperation operation(&recorder); }
  EXPECT_EQ(clock.steady_reads(), 0);
  EXPECT_EQ(recorder.Read().count, 0u);
}

TEST(ScopedOperation, ReadsTheClockTwiceWhenTheRecorderIsOn) {
  testing::FakeClock clock;
  OperationRecorder recorder("x", clock, true);
  { ScopedOperation operation(&recorder); }
  EXPECT_EQ(clock.steady_reads(), 2);
}

TEST(ScopedOperation, DoesNothingWithoutARecorder) {
  ScopedOperation operation(nullptr);
  EXPECT_TRUE(operation.Done(absl::OkStatus()).ok());
}

TEST(ScopedOperation, FailsWhenItsResultIsNotOk) {
  OperationRecorder recorder("x", Clock::Real(), true);
  const auto run = [&recorder](bool ok) -> absl::StatusOr<std::unique_ptr<int>> {
    ScopedOperation operation(&recorder);
    absl::StatusOr<std::unique_ptr<int>> result = absl::NotFoundError("gone");
    if (ok) result = std::make_unique<int>(7);
    return operation.Done(std::move(result));
  };
  EXPECT_EQ(**run(true), 7);
  EXPECT_EQ(recorder.Read().errors, 0u);
  EXPECT_EQ(run(false).status().message(), "gone");
  EXPECT_EQ(recorder.Read().errors, 1u);
  EXPECT_EQ(recorder.Read().count, 2u);
}

TEST(ScopedOperation, FailsWhenItIsTold) {
  OperationRecorder recorder("x", Clock::Real(), true);
  {
    ScopedOperation operation(&recorder);
    operation.Fail();
  }
  EXPECT_EQ(recorder.Read().errors, 1u);
}

}  // namespace
}  // namespace loadline
