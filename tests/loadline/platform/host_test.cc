#include "loadline/platform/host.h"

#include <gtest/gtest.h>

namespace loadline::platform {
namespace {

TEST(ReadHostIdentity, FillsEveryFieldThatTheOsGives) {
  const HostIdentity host = ReadHostIdentity();
  EXPECT_FALSE(host.name.empty());
  EXPECT_TRUE(host.os == "Linux" || host.os == "Darwin") << host.os;
  EXPECT_NE(host.os_release, "unknown");
  EXPECT_NE(host.architecture, "unknown");
  EXPECT_EQ(host.hardware_model.empty(), host.os == "Linux");
}

TEST(DescribeMachine, IsOneLineWithoutTheMachinesName) {
  const HostIdentity host{"secret", "Linux", "6.1.0", "x86_64", ""};
  const CpuTopology cpu{.model = "AMD EPYC", .online_cpus = 2, .core_kinds = {}, .source = ""};
  EXPECT_EQ(DescribeMachine(host, cpu), "Linux 6.1.0 x86_64, AMD EPYC, 2 CPUs");
}

TEST(DescribeMachine, NamesTheModelOfAMac) {
  const HostIdentity host{"secret", "Darwin", "24.1.0", "arm64", "Mac16,10"};
  const CpuTopology cpu{.model = "Apple M4", .online_cpus = 10, .core_kinds = {}, .source = ""};
  EXPECT_EQ(DescribeMachine(host, cpu), "Darwin 24.1.0 arm64, Mac16,10, Apple M4, 10 CPUs");
}

}  // namespace
}  // namespace loadline::platform
