#include "tools/loadline/results/run_name.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::results {
namespace {

TEST(RunName, FindsAllThatGoogleBenchmarkAppends) {
  const RunName name = TakeApart(
      "Hash/bits:64/min_time:1.500/min_warmup_time:0.250/repeats:4/process_time/manual_time/"
      "threads:12");
  EXPECT_EQ(name.own, "Hash/bits:64");
  EXPECT_EQ(name.length, "min_time:1.500/min_warmup_time:0.250/repeats:4");
  EXPECT_EQ(name.manner, "process_time/manual_time/threads:12");
}

TEST(RunName, LeavesTheProgramItsArgumentsWhateverTheyAreCalled) {
  for (const char* name : {
           "Hash/iterations:7/bits:64",  // not at the end
           "Hash/min_time:3",            // no fraction
           "Hash/min_warmup_time:3",
           "Hash/iterations:many",
           "Hash/iterations:",
           "Hash/my_iterations:7",
           "Hash/real_time/bits:64",
           "iterations:7",
           "/iterations:7",
           "real_time",
           "",
       }) {
    EXPECT_EQ(TakeApart(name).own, name);
    EXPECT_EQ(CanonicalName(name), name);
  }
}

TEST(RunName, DropsOnePartOfAKindAndOnlyWhatSaysHowLong) {
  EXPECT_EQ(CanonicalName("Hash/iterations:7/iterations:900/real_time"),
            "Hash/iterations:7/real_time");
  EXPECT_EQ(CanonicalName("Hash/repeats:2/iterations:900"), "Hash/repeats:2");
  EXPECT_EQ(CanonicalName("Hash/threads:2/threads:4"), "Hash/threads:2/threads:4");
  EXPECT_EQ(TakeApart("Hash/threads:2/threads:4").own, "Hash/threads:2");
}

}  // namespace
}  // namespace loadline::results
