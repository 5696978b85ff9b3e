#include "loadline/monitor/performance_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <atomic>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "loadline/base/log.h"
#include "loadline/platform/cpu.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sanitizer.h"
#include "tests/support/status_matchers.h"

namespace loadline {
namespace {

using ::loadline::testing::FakeClock;
using ::loadline::testing::IsOk;
using ::loadline::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Figure = AlertRule::Figure;

class PerformanceMonitorTest : public ::testing::Test {
 protected:
  PerformanceMonitorTest() { SetLogSink(nullptr); }

  // Runs `count` operations of `name` that take `nanos` each.
  void Run(absl::string_view name, int count, int64_t nanos, bool fail = false) {
    OperationRecorder* const recorder = monitor_.Operation(name);
    for (int i = 0; i < count; ++i) {
      ScopedOperation operation(recorder);
      clock_.AdvanceNanos(nanos);
      if (fail) operation.Fail();
    }
  }

  FakeClock clock_;
  PerformanceMonitor monitor_{MonitorOptions{true, 5, &clock_}};
};

TEST_F(PerformanceMonitorTest, FindsPlantedLatencies) {
  Run("registry.get", 98, 1'000);
  Run("registry.get", 2, 40'000'000);
  const MonitorSnapshot snapshot = monitor_.Snapshot();
  ASSERT_THAT(snapshot.operations, SizeIs(1));
  const stats::LatencyHistogram& latency = snapshot.operations[0].latency;
  EXPECT_EQ(latency.count(), 100u);
  EXPECT_NEAR(static_cast<double>(latency.QuantileNanos(0.5)), 1e3, 2);
  EXPECT_NEAR(static_cast<double>(latency.QuantileNanos(0.99)), 4e7, 8e4);
}

TEST_F(PerformanceMonitorTest, CountsFailedOperationsAsErrors) {
  Run("registry.get", 9, 10);
  Run("registry.get", 1, 10, true);
  const MonitorSnapshot snapshot = monitor_.Snapshot();
  EXPECT_EQ(snapshot.operations[0].count, 10u);
  EXPECT_EQ(snapshot.operations[0].errors, 1u);
}

TEST_F(PerformanceMonitorTest, ListsOperationsByName) {
  monitor_.Operation("b");
  monitor_.Operation("a");
  const MonitorSnapshot snapshot = monitor_.Snapshot();
  ASSERT_THAT(snapshot.operations, SizeIs(2));
  EXPECT_EQ(snapshot.operations[0].name, "a");
  EXPECT_EQ(snapshot.operations[0].count, 0u);
  EXPECT_EQ(snapshot.operations[1].name, "b");
}

TEST_F(PerformanceMonitorTest, HandsOutOneRecorderForAName) {
  EXPECT_EQ(monitor_.Operation("a"), monitor_.Operation("a"));
  EXPECT_NE(monitor_.Operation("a"), monitor_.Operation("b"));
}

TEST_F(PerformanceMonitorTest, RecordsNothingWhileItIsOff) {
  OperationRecorder* const before = monitor_.Operation("a");
  monitor_.SetEnabled(false);
  EXPECT_FALSE(monitor_.enabled());
  EXPECT_FALSE(before->enabled());
  EXPECT_FALSE(monitor_.Operation("b")->enabled());
  Run("a", 3, 10);
  monitor_.SetEnabled(true);
  Run("a", 2, 10);
  EXPECT_EQ(monitor_.Snapshot().operations[0].count, 2u);
}

TEST_F(PerformanceMonitorTest, StartsAtZeroAgainAfterReset) {
  Run("a", 3, 10, true);
  monitor_.SampleProcess();
  monitor_.Reset();
  const MonitorSnapshot snapshot = monitor_.Snapshot();
  ASSERT_THAT(snapshot.operations, SizeIs(1));
  EXPECT_EQ(snapshot.operations[0].count, 0u);
  EXPECT_EQ(snapshot.operations[0].errors, 0u);
  EXPECT_THAT(snapshot.samples, IsEmpty());
  EXPECT_EQ(snapshot.since_steady_nanos, clock_.SteadyNanos());
}

TEST_F(PerformanceMonitorTest, KeepsTheNewestSamplesOnly) {
  for (int i = 0; i < 12; ++i) {
    clock_.AdvanceSeconds(1);
    monitor_.SampleProcess();
  }
  const MonitorSnapshot snapshot = monitor_.Snapshot();
  ASSERT_THAT(snapshot.samples, SizeIs(5));
  EXPECT_EQ(snapshot.samples.back().steady_nanos, clock_.SteadyNanos());
  EXPECT_EQ(snapshot.samples.front().steady_nanos, clock_.SteadyNanos() - 4'000'000'000);
}

TEST_F(PerformanceMonitorTest, SamplesTheCpuThatWasUsedSinceTheSampleBefore) {
  EXPECT_FALSE(monitor_.SampleProcess().cpu_percent.has_value());
  const int64_t enough = platform::ProcessCpuNanos().value_or(0) + 50'000'000;
  while (platform::ProcessCpuNanos().value_or(enough) < enough) {
  }
  clock_.AdvanceMillis(100);
  const ProcessSample busy = monitor_.SampleProcess();
  ASSERT_TRUE(busy.cpu_percent.has_value());
  EXPECT_GE(*busy.cpu_percent, 50);
  clock_.AdvanceSeconds(1'000);
  const ProcessSample idle = monitor_.SampleProcess();
  EXPECT_LT(idle.cpu_percent.value_or(100), 1);
}

TEST_F(PerformanceMonitorTest, RaisesAnAlertAboveAndClearsItBelowAndHoldsItBetween) {
  ASSERT_THAT(monitor_.AddAlert({"slow", Figure::kLatencyP99Nanos, "a", 1'000'000, 500'000, 1}),
              IsOk());
  Run("a", 10, 700'000);
  EXPECT_THAT(monitor_.EvaluateAlerts(), IsEmpty());  // between, not yet raised
  Run("a", 10, 2'000'000);
  const std::vector<Alert> raised = monitor_.EvaluateAlerts();
  ASSERT_THAT(raised, SizeIs(1));
  EXPECT_TRUE(raised[0].raised);
  EXPECT_EQ(raised[0].rule, "slow");
  EXPECT_NEAR(raised[0].value, 2e6, 4e3);
  EXPECT_EQ(raised[0].steady_nanos, clock_.SteadyNanos());
  Run("a", 10, 700'000);
  EXPECT_THAT(monitor_.EvaluateAlerts(), IsEmpty());  // between, still raised
  EXPECT_THAT(monitor_.RaisedAlerts(), ElementsAre("slow"));
  Run("a", 10, 100'000);
  const std::vector<Alert> cleared = monitor_.EvaluateAlerts();
  ASSERT_THAT(cleared, SizeIs(1));
  EXPECT_FALSE(cleared[0].raised);
  EXPECT_THAT(monitor_.RaisedAlerts(), IsEmpty());
}

TEST_F(PerformanceMonitorTest, DoesNotRepeatAnAlertThatStays) {
  ASSERT_THAT(monitor_.AddAlert({"errors", Figure::kErrorPercent, "a", 5, 5, 1}), IsOk());
  Run("a", 10, 10, true);
  EXPECT_THAT(monitor_.EvaluateAlerts(), SizeIs(1));
  Run("a", 10, 10, true);
  EXPECT_THAT(monitor_.EvaluateAlerts(), IsEmpty());
}

TEST_F(PerformanceMonitorTest, LeavesAnAlertAsItIsWhenNothingRan) {
  ASSERT_THAT(monitor_.AddAlert({"errors", Figure::kErrorPercent, "a", 5, 5, 1}), IsOk());
  EXPECT_THAT(monitor_.EvaluateAlerts(), IsEmpty());  // the operation is not even known
  Run("a", 1, 10, true);
  EXPECT_THAT(monitor_.EvaluateAlerts(), SizeIs(1));
  EXPECT_THAT(monitor_.EvaluateAlerts(), IsEmpty());
  EXPECT_THAT(monitor_.RaisedAlerts(), ElementsAre("errors"));
}

TEST_F(PerformanceMonitorTest, GathersOperationsUntilThereAreEnoughToJudge) {
  ASSERT_THAT(monitor_.AddAlert({"errors", Figure::kErrorPercent, "a", 40, 40, 10}), IsOk());
  Run("a", 5, 10, true);
  EXPECT_THAT(monitor_.EvaluateAlerts(), IsEmpty());
  Run("a", 5, 10);
  const std::vector<Alert> changes = monitor_.EvaluateAlerts();
  ASSERT_THAT(changes, SizeIs(1));
  EXPECT_EQ(changes[0].value, 50);
}

TEST_F(PerformanceMonitorTest, JudgesWhatRanAfterAResetAndKeepsAlertsOverIt) {
  ASSERT_THAT(monitor_.AddAlert({"errors", Figure::kErrorPercent, "a", 5, 5, 1}), IsOk());
  Run("a", 100, 10, true);
  ASSERT_THAT(monitor_.EvaluateAlerts(), SizeIs(1));
  monitor_.Reset();
  EXPECT_THAT(monitor_.RaisedAlerts(), ElementsAre("errors"));
  Run("a", 10, 10);
  EXPECT_THAT(monitor_.EvaluateAlerts(), SizeIs(1));
  EXPECT_THAT(monitor_.RaisedAlerts(), IsEmpty());
}

TEST_F(PerformanceMonitorTest, RaisesAMemoryAlertForMemoryThatIsHeld) {
  if (testing::kHasShadowMemory) GTEST_SKIP() << "shadow memory is counted too";
  constexpr size_t kBytes = size_t{64} << 20;
  const double now = static_cast<double>(monitor_.SampleProcess().memory_bytes.value_or(0));
  ASSERT_GT(now, 0);
  const double limit = now + 32.0 * (1 << 20);
  ASSERT_THAT(monitor_.AddAlert({"memory", Figure::kMemoryBytes, "", limit, limit, 1}), IsOk());
  EXPECT_THAT(monitor_.EvaluateAlerts(), IsEmpty());
  void* const held = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANON, -1, 0);
  ASSERT_NE(held, MAP_FAILED);
  std::memset(held, 1, kBytes);
  monitor_.SampleProcess();
  EXPECT_THAT(monitor_.EvaluateAlerts(), SizeIs(1));
  ::munmap(held, kBytes);
  monitor_.SampleProcess();
  EXPECT_THAT(monitor_.EvaluateAlerts(), SizeIs(1));
  EXPECT_THAT(monitor_.RaisedAlerts(), IsEmpty());
}

TEST_F(PerformanceMonitorTest, TakesASampleForAMemoryAlertWhenThereIsNone) {
  ASSERT_THAT(monitor_.AddAlert({"memory", Figure::kMemoryBytes, "", 1, 1, 1}), IsOk());
  EXPECT_THAT(monitor_.EvaluateAlerts(), SizeIs(1));
  EXPECT_THAT(monitor_.Snapshot().samples, SizeIs(1));
}

TEST_F(PerformanceMonitorTest, LogsAnAlertWhenItComesAndWhenItGoes) {
  std::vector<std::string> lines;
  SetLogSink([&lines](const LogRecord& record) { lines.push_back(FormatLogRecord(record)); },
             LogLevel::kInfo);
  ASSERT_THAT(monitor_.AddAlert({"errors", Figure::kErrorPercent, "a", 5, 5, 1}), IsOk());
  Run("a", 1, 10, true);
  monitor_.EvaluateAlerts();
  Run("a", 1, 10);
  monitor_.EvaluateAlerts();
  SetLogSink(nullptr);
  ASSERT_THAT(lines, SizeIs(2));
  EXPECT_THAT(lines[0], HasSubstr("level=warning component=monitor msg=\"alert raised\""));
  EXPECT_THAT(lines[0], HasSubstr("rule=\"errors\" value=\"100\""));
  EXPECT_THAT(lines[1], HasSubstr("level=info component=monitor msg=\"alert cleared\""));
}

TEST_F(PerformanceMonitorTest, RejectsAlertRulesThatMakeNoSense) {
  const auto kInvalid = absl::StatusCode::kInvalidArgument;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THAT(monitor_.AddAlert({"", Figure::kCpuPercent, "", 90, 80, 1}), StatusIs(kInvalid));
  EXPECT_THAT(monitor_.AddAlert({"x", Figure::kCpuPercent, "", 80, 90, 1}),
              StatusIs(kInvalid, HasSubstr("clear_below 90 is above raise_above 80")));
  EXPECT_THAT(monitor_.AddAlert({"x", Figure::kCpuPercent, "", nan, 1, 1}), StatusIs(kInvalid));
  EXPECT_THAT(monitor_.AddAlert({"x", Figure::kErrorPercent, "", 5, 5, 1}),
              StatusIs(kInvalid, HasSubstr("name one")));
}

TEST_F(PerformanceMonitorTest, RejectsASecondAlertOfTheSameName) {
  ASSERT_THAT(monitor_.AddAlert({"x", Figure::kCpuPercent, "", 90, 80, 1}), IsOk());
  EXPECT_THAT(monitor_.AddAlert({"x", Figure::kMemoryBytes, "", 90, 80, 1}),
              StatusIs(absl::StatusCode::kAlreadyExists));
}

// Waits, for a minute at the most, until the sampling thread has taken `count` samples.
bool SamplesArrive(const PerformanceMonitor& monitor, size_t count) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (monitor.Snapshot().samples.size() < count) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

TEST_F(PerformanceMonitorTest, SamplesAndJudgesOnItsThreadUntilItIsStopped) {
  ASSERT_THAT(monitor_.AddAlert({"memory", Figure::kMemoryBytes, "", 1, 1, 1}), IsOk());
  ASSERT_THAT(monitor_.StartSampling(10), IsOk());
  EXPECT_TRUE(SamplesArrive(monitor_, 3));
  monitor_.StopSampling();
  EXPECT_THAT(monitor_.RaisedAlerts(), ElementsAre("memory"));
  monitor_.Reset();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_THAT(monitor_.Snapshot().samples, IsEmpty());
}

TEST_F(PerformanceMonitorTest, CanSampleAgainAfterItWasStopped) {
  monitor_.StopSampling();  // nothing runs: nothing happens
  ASSERT_THAT(monitor_.StartSampling(10), IsOk());
  monitor_.StopSampling();
  monitor_.Reset();
  ASSERT_THAT(monitor_.StartSampling(10), IsOk());
  EXPECT_TRUE(SamplesArrive(monitor_, 1));
}

TEST_F(PerformanceMonitorTest, StopsALongPeriodAtOnceWhenItIsDestroyed) {
  PerformanceMonitor monitor;
  ASSERT_THAT(monitor.StartSampling(3'600'000), IsOk());
}

TEST_F(PerformanceMonitorTest, RejectsASecondThreadAndAPeriodThatIsTooShort) {
  EXPECT_THAT(monitor_.StartSampling(9), StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(monitor_.StartSampling(-1), StatusIs(absl::StatusCode::kInvalidArgument));
  ASSERT_THAT(monitor_.StartSampling(1'000), IsOk());
  EXPECT_THAT(monitor_.StartSampling(1'000), StatusIs(absl::StatusCode::kFailedPrecondition));
}

// Waits, for a minute at the most, until `holds` does.
template <typename Predicate>
bool ComesToHold(Predicate holds) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

TEST_F(PerformanceMonitorTest, CanBeStoppedByALogSinkOnTheSamplingThread) {
  std::atomic<bool> stopped{false};
  absl::Status restarted;
  SetLogSink([&](const LogRecord&) {
    monitor_.StopSampling();
    restarted = monitor_.StartSampling(10);
    stopped = true;
  });
  ASSERT_THAT(monitor_.AddAlert({"memory", Figure::kMemoryBytes, "", 1, 1, 1}), IsOk());
  ASSERT_THAT(monitor_.StartSampling(10), IsOk());
  ASSERT_TRUE(ComesToHold([&] { return stopped.load(); }));
  monitor_.StopSampling();  // now waits for the thread
  SetLogSink(nullptr);
  EXPECT_THAT(restarted, StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("ending")));
  EXPECT_THAT(monitor_.Snapshot().samples, SizeIs(1));
}

TEST_F(PerformanceMonitorTest, SamplesAgainAfterALogSinkStoppedIt) {
  std::atomic<bool> stopped{false};
  SetLogSink([&](const LogRecord&) {
    monitor_.StopSampling();
    stopped = true;
  });
  ASSERT_THAT(monitor_.AddAlert({"memory", Figure::kMemoryBytes, "", 1, 1, 1}), IsOk());
  ASSERT_THAT(monitor_.StartSampling(10), IsOk());
  ASSERT_TRUE(ComesToHold([&] { return stopped.load(); }));
  ASSERT_THAT(monitor_.StartSampling(10), IsOk());
  EXPECT_TRUE(SamplesArrive(monitor_, 3));
  monitor_.StopSampling();
  SetLogSink(nullptr);
}

TEST_F(PerformanceMonitorTest, CanBeStoppedByALogSinkForWhichTheSamplingThreadWaits) {
  bool raised = false;
  SetLogSink([&](const LogRecord& record) {
    if (record.message != "test") return;
    raised = ComesToHold([&] { return !monitor_.RaisedAlerts().empty(); });
    monitor_.StopSampling();  // the thread has an alert to log, or is about to
  });
  ASSERT_THAT(monitor_.AddAlert({"memory", Figure::kMemoryBytes, "", 1, 1, 1}), IsOk());
  std::thread host([&] {
    ASSERT_THAT(monitor_.StartSampling(50), IsOk());
    Log({LogLevel::kError, "host", "test", {}});
  });
  host.join();
  EXPECT_TRUE(raised);
  monitor_.StopSampling();
  SetLogSink(nullptr);
}

TEST_F(PerformanceMonitorTest, CanBeUsedFromManyThreadsAtOnce) {
  ASSERT_THAT(monitor_.AddAlert({"slow", Figure::kLatencyP99Nanos, "a", 1e9, 1e9, 1}), IsOk());
  ASSERT_THAT(monitor_.StartSampling(10), IsOk());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this, i] {
      Run(i % 2 == 0 ? "a" : "b", 500, 10);
      monitor_.EvaluateAlerts();
      monitor_.Snapshot();
      if (i == 0) monitor_.SetEnabled(true);
    });
  }
  for (std::thread& thread : threads) thread.join();
  const MonitorSnapshot snapshot = monitor_.Snapshot();
  ASSERT_THAT(snapshot.operations, SizeIs(2));
  EXPECT_EQ(snapshot.operations[0].count + snapshot.operations[1].count, 2'000u);
}

}  // namespace
}  // namespace loadline
