#include "loadline/platform/common/perf_levels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace loadline::platform {
namespace {

using ::testing::SizeIs;

struct FakeSysctls {
  std::map<std::string, int64_t> numbers;
  std::map<std::string, std::string> texts;

  CpuTopology Topology() const {
    return TopologyOfSysctls(
        [this](const char* name) -> std::optional<int64_t> {
          const auto it = numbers.find(name);
          if (it == numbers.end()) return std::nullopt;
          return it->second;
        },
        [this](const char* name) -> std::optional<std::string> {
          const auto it = texts.find(name);
          if (it == texts.end()) return std::nullopt;
          return it->second;
        });
  }
};

// What a Mac mini with an M4 (4 + 6 cores) answers.
FakeSysctls MacMiniM4() {
  return {.numbers = {{"hw.ncpu", 10},
                      {"hw.activecpu", 10},
                      {"hw.physicalcpu", 10},
                      {"hw.nperflevels", 2},
                      {"hw.perflevel0.physicalcpu", 4},
                      {"hw.perflevel0.logicalcpu", 4},
                      {"hw.perflevel1.physicalcpu", 6},
                      {"hw.perflevel1.logicalcpu", 6}},
          .texts = {{"machdep.cpu.brand_string", "Apple M4"},
                    {"hw.perflevel0.name", "Performance"},
                    {"hw.perflevel1.name", "Efficiency"}}};
}

TEST(TopologyOfSysctls, ReadsThePerformanceLevelsOfAnM4) {
  const CpuTopology topology = MacMiniM4().Topology();
  EXPECT_EQ(topology.model, "Apple M4");
  EXPECT_EQ(topology.online_cpus, 10);
  EXPECT_EQ(topology.usable_cpus, 10);
  EXPECT_EQ(topology.source, "sysctl");
  ASSERT_THAT(topology.core_kinds, SizeIs(2));
  EXPECT_EQ(topology.core_kinds[0].name, "Performance");
  EXPECT_EQ(topology.core_kinds[0].physical_cores, 4);
  EXPECT_EQ(topology.core_kinds[1].name, "Efficiency");
  EXPECT_EQ(topology.core_kinds[1].logical_cpus, 6);
}

TEST(TopologyOfSysctls, HasOneKindWhereThereAreNoLevels) {
  const FakeSysctls sysctls{.numbers = {{"hw.ncpu", 8}, {"hw.physicalcpu", 4}}, .texts = {}};
  const CpuTopology topology = sysctls.Topology();
  EXPECT_EQ(topology.model, "unknown");
  EXPECT_EQ(topology.online_cpus, 8);
  ASSERT_THAT(topology.core_kinds, SizeIs(1));
  EXPECT_EQ(topology.core_kinds[0].name, "cpu");
  EXPECT_EQ(topology.core_kinds[0].physical_cores, 4);
  EXPECT_EQ(topology.core_kinds[0].logical_cpus, 8);
}

TEST(TopologyOfSysctls, NumbersALevelThatHasNoName) {
  FakeSysctls sysctls = MacMiniM4();
  sysctls.texts.erase("hw.perflevel1.name");
  EXPECT_EQ(sysctls.Topology().core_kinds[1].name, "level 1");
}

TEST(TopologyOfSysctls, SurvivesNonsense) {
  FakeSysctls sysctls = MacMiniM4();
  sysctls.numbers["hw.nperflevels"] = INT64_MAX;
  sysctls.numbers["hw.perflevel0.physicalcpu"] = -4;
  sysctls.numbers["hw.activecpu"] = INT64_MAX;
  const CpuTopology topology = sysctls.Topology();
  EXPECT_LE(topology.core_kinds.size(), 8u);
  EXPECT_EQ(topology.core_kinds[0].physical_cores, 0);
  EXPECT_GT(topology.online_cpus, 0);
}

}  // namespace
}  // namespace loadline::platform
