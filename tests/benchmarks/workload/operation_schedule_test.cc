#include "benchmarks/workload/operation_schedule.h"

#include <cmath>
#include <map>
#include <set>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::workload {
namespace {

TEST(OperationMixes, HaveUniqueNamesAndAreFoundByThem) {
  std::set<absl::string_view> names;
  for (const OperationMix& mix : OperationMixes()) {
    EXPECT_TRUE(names.insert(mix.name).second);
    EXPECT_EQ(FindOperationMix(mix.name), &mix);
  }
  EXPECT_EQ(names.size(), 6u);
  EXPECT_EQ(FindOperationMix("none"), nullptr);
}

TEST(OperationName, IsUnique) {
  std::set<absl::string_view> names;
  for (size_t i = 0; i < kOperationCount; ++i) {
    names.insert(OperationName(static_cast<Operation>(i)));
  }
  EXPECT_EQ(names.size(), kOperationCount);
}

TEST(DrawSchedule, KeepsTheSharesOfTheMix) {
  constexpr size_t kOperations = 20'000;
  for (const OperationMix& mix : OperationMixes()) {
    std::map<Operation, double> counts;
    for (const ScheduledOperation& op : DrawSchedule(mix, {.operations = kOperations})) {
      ++counts[op.operation];
    }
    double chi_square = 0;
    for (const MixShare& share : mix.shares) {
      const double expected = kOperations * share.percent / 100.0;
      chi_square +=
          (counts[share.operation] - expected) * (counts[share.operation] - expected) / expected;
      counts.erase(share.operation);
    }
    const auto degrees = static_cast<double>(mix.shares.size() - 1);
    EXPECT_LT(chi_square, degrees + 4 * std::sqrt(2 * degrees)) << mix.name;
    EXPECT_TRUE(counts.empty()) << mix.name;
  }
}

TEST(DrawSchedule, IsTheSameForTheSameSeedAndThread) {
  const OperationMix& mix = OperationMixes()[0];
  const auto schedule = [&](uint64_t seed, uint64_t thread) {
    return DrawSchedule(mix, {.operations = 1000, .seed = seed, .thread = thread});
  };
  EXPECT_EQ(schedule(1, 0), schedule(1, 0));
  EXPECT_NE(schedule(1, 0), schedule(2, 0));
  EXPECT_NE(schedule(1, 0), schedule(1, 1));
}

TEST(DrawSchedule, StaysInRange) {
  for (const OperationMix& mix : OperationMixes()) {
    uint32_t known = 3;
    for (const ScheduledOperation& op :
         DrawSchedule(mix, {.operations = 5000, .projects = 3, .arguments = 7})) {
      if (op.operation == Operation::kRegisterProject) {
        EXPECT_EQ(op.project, known++) << mix.name;
      }
      EXPECT_LT(op.project, known) << mix.name;
      EXPECT_LT(op.argument, 7u) << mix.name;
    }
  }
}

TEST(DrawSchedule, EditSessionHasFavouriteProjects) {
  std::vector<int> counts(100);
  for (const ScheduledOperation& op :
       DrawSchedule(*FindOperationMix("edit_session"), {.projects = 100})) {
    ++counts[op.project];
  }
  // 1 / H(100, 0.99) is 18.9 %; a uniform choice would give 1 %.
  EXPECT_NEAR(counts[0] / 10'000.0, 0.189, 0.02);
  EXPECT_GT(counts[0], counts[50] * 10);
}

TEST(DrawSchedule, OnboardingWorksOnNewProjects) {
  uint32_t newest = 9;
  int on_newest = 0, others = 0;
  for (const ScheduledOperation& op :
       DrawSchedule(*FindOperationMix("onboarding"), {.projects = 10})) {
    if (op.operation == Operation::kRegisterProject) {
      newest = op.project;
    } else {
      ++(newest - op.project < 10 ? on_newest : others);
    }
  }
  EXPECT_GT(newest, 300u);
  EXPECT_GT(on_newest, others / 2);
}

TEST(DrawSchedule, SearchesTheProjectSwitchedToLast) {
  uint32_t active = 0;
  std::set<uint32_t> seen;
  for (const ScheduledOperation& op : DrawSchedule(*FindOperationMix("switch_project"), {})) {
    if (op.operation == Operation::kSwitchProject) active = op.project;
    EXPECT_EQ(op.project, active);
    seen.insert(active);
  }
  EXPECT_EQ(seen.size(), 10u);
}

}  // namespace
}  // namespace loadline::workload
