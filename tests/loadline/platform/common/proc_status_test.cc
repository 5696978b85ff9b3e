#include "loadline/platform/common/proc_status.h"

#include <gtest/gtest.h>

#include <string>

namespace loadline::platform {
namespace {

constexpr char kStatus[] =
    "Name:\tVmRSS\n"
    "Groups:\t0 1000 \n"
    "VmPeak:\t    3060 kB\n"
    "VmHWM:\t    1744 kB\n"
    "VmRSS:\t     972 kB\n"
    "RssAnon:\t      0 kB\n"
    "Threads:\t1\n";

TEST(ProcStatusBytes, ReadsKibibytesAsBytes) {
  EXPECT_EQ(ProcStatusBytes(kStatus, "VmHWM"), 1744u * 1024);
  EXPECT_EQ(ProcStatusBytes(kStatus, "VmRSS"), 972u * 1024);
}

TEST(ProcStatusBytes, TellsZeroFromNoAnswer) {
  EXPECT_EQ(ProcStatusBytes(kStatus, "RssAnon"), 0u);
  EXPECT_EQ(ProcStatusBytes(kStatus, "RssShmem"), std::nullopt);
}

TEST(ProcStatusBytes, HasNoAnswerForAZombieWhoseStatusHasNoMemoryLines) {
  EXPECT_EQ(ProcStatusBytes("Name:\tsh\nState:\tZ (zombie)\nThreads:\t1\n", "VmRSS"), std::nullopt);
}

TEST(ProcStatusBytes, DoesNotTakeAKeyForALongerOne) {
  EXPECT_EQ(ProcStatusBytes("VmRSSx:\t7 kB\nxVmRSS:\t8 kB\nVmRSS:\t9 kB\n", "VmRSS"), 9u * 1024);
}

TEST(ProcStatusBytes, ReadsALastLineWithoutNewline) {
  EXPECT_EQ(ProcStatusBytes("VmRSS:\t9 kB", "VmRSS"), 9u * 1024);
}

TEST(ProcStatusBytes, RejectsWhatIsNotANumberOfKilobytes) {
  for (const std::string line :
       {"", "VmRSS", "VmRSS:", "VmRSS: kB", "VmRSS:\t12", "VmRSS:\t12 MB", "VmRSS:\t-1 kB",
        "VmRSS:\t1.5 kB", "VmRSS:\t0x10 kB", "VmRSS:\t1 2 kB", "VmRSS:\t12 kB extra",
        "VmRSS:\t99999999999999999999 kB", "VmRSS:\t18014398509481984 kB"}) {
    EXPECT_EQ(ProcStatusBytes(line, "VmRSS"), std::nullopt) << line;
  }
}

TEST(ProcStatusBytes, ReadsTheLargestFigureThatFits) {
  EXPECT_EQ(ProcStatusBytes("VmRSS:\t18014398509481983 kB\n", "VmRSS"), UINT64_MAX - 1023);
}

}  // namespace
}  // namespace loadline::platform
