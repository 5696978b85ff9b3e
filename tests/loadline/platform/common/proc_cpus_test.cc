#include "loadline/platform/common/proc_cpus.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"

namespace loadline::platform {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string X86Processor(int number, int package, int core) {
  return absl::StrCat("processor\t: ", number,
                      "\nmodel name\t: Example CPU: 9 \nphysical id\t: ", package,
                      "\ncore id\t\t: ", core, "\npower management:\n\n");
}

ProcCpuTexts OnlyCpuInfo(const std::string& cpuinfo) {
  ProcCpuTexts texts;
  texts.cpuinfo = cpuinfo;
  return texts;
}

TEST(ParseCpuList, ReadsNumbersAndRanges) {
  EXPECT_THAT(ParseCpuList("0-3,8\n"), ElementsAre(0, 1, 2, 3, 8));
  EXPECT_THAT(ParseCpuList("5"), ElementsAre(5));
  EXPECT_THAT(ParseCpuList("4,0-1,1"), ElementsAre(0, 1, 4));
}

TEST(ParseCpuList, IsEmptyForAnythingElse) {
  for (const std::string text : {"", "\n", "-", "3-", "-3", "3-1", "a", "0,,1", "0-1-2", "1.5",
                                 "0-99999999", "99999999999999999999", "0 1"}) {
    EXPECT_THAT(ParseCpuList(text), IsEmpty()) << text;
  }
}

TEST(TopologyOfProcTexts, CountsTwoThreadsOfACoreOnce) {
  const ProcCpuTexts texts = OnlyCpuInfo(X86Processor(0, 0, 0) + X86Processor(1, 0, 1) +
                                         X86Processor(2, 0, 0) + X86Processor(3, 0, 1));
  const CpuTopology topology = TopologyOfProcTexts(texts, 4, 3);
  EXPECT_EQ(topology.model, "Example CPU: 9");
  EXPECT_EQ(topology.online_cpus, 4);
  EXPECT_EQ(topology.usable_cpus, 3);
  EXPECT_EQ(topology.source, "procfs");
  ASSERT_THAT(topology.core_kinds, SizeIs(1));
  EXPECT_EQ(topology.core_kinds[0].name, "cpu");
  EXPECT_EQ(topology.core_kinds[0].physical_cores, 2);
  EXPECT_EQ(topology.core_kinds[0].logical_cpus, 4);
}

TEST(TopologyOfProcTexts, TellsCoresOfTwoPackagesApart) {
  const ProcCpuTexts texts = OnlyCpuInfo(X86Processor(0, 0, 0) + X86Processor(1, 1, 0));
  EXPECT_EQ(TopologyOfProcTexts(texts, 2, 2).core_kinds[0].physical_cores, 2);
}

TEST(TopologyOfProcTexts, ListsTheFasterKindOfAHybridMachineFirst) {
  const ProcCpuTexts texts{
      .cpuinfo = X86Processor(0, 0, 0) + X86Processor(1, 0, 0) + X86Processor(2, 0, 8),
      .performance_cpus = "0-1\n",
      .efficiency_cpus = "2\n"};
  const CpuTopology topology = TopologyOfProcTexts(texts, 3, 3);
  ASSERT_THAT(topology.core_kinds, SizeIs(2));
  EXPECT_EQ(topology.core_kinds[0].name, "Performance");
  EXPECT_EQ(topology.core_kinds[0].physical_cores, 1);
  EXPECT_EQ(topology.core_kinds[0].logical_cpus, 2);
  EXPECT_EQ(topology.core_kinds[1].name, "Efficiency");
  EXPECT_EQ(topology.core_kinds[1].physical_cores, 1);
}

TEST(TopologyOfProcTexts, SaysUnknownWhereAnArmKernelNamesNeitherModelNorCores) {
  const ProcCpuTexts texts = OnlyCpuInfo("processor\t: 0\nBogoMIPS\t: 48.00\n\nprocessor\t: 1\n");
  const CpuTopology topology = TopologyOfProcTexts(texts, 2, 2);
  EXPECT_EQ(topology.model, "unknown");
  ASSERT_THAT(topology.core_kinds, SizeIs(1));
  EXPECT_EQ(topology.core_kinds[0].physical_cores, 0);
  EXPECT_EQ(topology.core_kinds[0].logical_cpus, 2);
}

TEST(TopologyOfProcTexts, SurvivesTextsThatAreNoSuchThing) {
  for (const std::string text : {"", ":", "\n\n\n", "processor", "processor: -1",
                                 "processor: 99999999999", "processor: x"}) {
    const ProcCpuTexts texts{.cpuinfo = text, .performance_cpus = text, .efficiency_cpus = text};
    const CpuTopology topology = TopologyOfProcTexts(texts, 1, 1);
    EXPECT_EQ(topology.model, "unknown");
    EXPECT_THAT(topology.core_kinds, SizeIs(1));
  }
}

}  // namespace
}  // namespace loadline::platform
