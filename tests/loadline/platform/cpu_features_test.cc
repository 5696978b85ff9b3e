#include "loadline/platform/cpu_features.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace loadline::platform {
namespace {

TEST(CpuHasDotProduct, IsWhatTheKernelListsOfTheCpu) {
  std::ifstream file("/proc/cpuinfo");
  if (!file) GTEST_SKIP() << "this OS has no /proc/cpuinfo";
  std::stringstream words;
  words << file.rdbuf();
  bool listed = false;
  for (std::string word; words >> word;) listed = listed || word == "asimddp";
  EXPECT_EQ(CpuHasDotProduct(), listed);
}

}  // namespace
}  // namespace loadline::platform
