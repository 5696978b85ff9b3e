#include "loadline/platform/cpu.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <thread>

#include "loadline/base/clock.h"

namespace loadline::platform {
namespace {

TEST(ReadCpuTopology, CountsAtLeastTheCpuThatAsks) {
  const CpuTopology topology = ReadCpuTopology();
  EXPECT_GE(topology.usable_cpus, 1);
  EXPECT_GE(topology.online_cpus, topology.usable_cpus);
  EXPECT_FALSE(topology.model.empty());
  EXPECT_FALSE(topology.source.empty());
  ASSERT_FALSE(topology.core_kinds.empty());
  EXPECT_GE(topology.core_kinds.front().logical_cpus, 1);
}

TEST(ProcessCpuNanos, GrowsByTheWorkThatAThreadDoes) {
  const std::optional<int64_t> before = ProcessCpuNanos();
  ASSERT_TRUE(before.has_value());
  // Work until the answer moves; without the planted work the test does not end.
  std::thread([&] {
    while (*ProcessCpuNanos() < *before + 20'000'000) {
    }
  }).join();
  EXPECT_GE(*ProcessCpuNanos(), *before + 20'000'000);
}

TEST(ProcessCpuNanos, StandsStillInASleep) {
  const int64_t before = *ProcessCpuNanos();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_LT(*ProcessCpuNanos() - before, 50'000'000);
}

TEST(ReadLoadAverage, IsNotNegative) {
  const std::optional<LoadAverage> load = ReadLoadAverage();
  if (!load.has_value()) GTEST_SKIP() << "this OS gives no load average";
  EXPECT_GE(load->one, 0);
  EXPECT_GE(load->five, 0);
  EXPECT_GE(load->fifteen, 0);
}

TEST(ClockTickNanos, IsTheSameAtEveryCallAndNotLongerThanAMillisecond) {
  EXPECT_GE(ClockTickNanos(), 1);
  EXPECT_LE(ClockTickNanos(), 1'000'000);
  EXPECT_EQ(ClockTickNanos(), ClockTickNanos());
}

TEST(PageSizeBytes, IsAPowerOfTwo) {
  const int64_t size = PageSizeBytes();
  EXPECT_GE(size, 4'096);
  EXPECT_EQ(size & (size - 1), 0);
}

}  // namespace
}  // namespace loadline::platform
