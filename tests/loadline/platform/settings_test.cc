#include "loadline/platform/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/variable.h"

namespace loadline::platform {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

TEST(SettingsIn, ShowsWhatIsKnownToMatterAndNothingElse) {
  EXPECT_EQ(SettingsIn({"PATH=/bin", "MIMALLOC_PURGE_DELAY=0", "SECRET=LD_PRELOAD=x",
                        "MALLOC_ARENA_MAX=1", "GLIBC_TUNABLES=glibc.malloc.tcache_count=0",
                        "MY_MALLOC_=1", "LD_PRELOADED=1", "OMP_NUM_THREADS=2"}),
            "GLIBC_TUNABLES=glibc.malloc.tcache_count=0 MALLOC_ARENA_MAX=1 "
            "MIMALLOC_PURGE_DELAY=0 OMP_NUM_THREADS=2");
}

TEST(SettingsIn, ShowsTheVariablesOfASuiteButNotThoseOfTheTool) {
  EXPECT_EQ(SettingsIn({"LOADLINE_PROFILE=ci", "LOADLINE_SEED=1", "LOADLINE_BASELINE=0",
                        "LOADLINE_TURNS=3", "LOADLINE_PADDING=xx", "LOADLINE_COMMIT=1",
                        "LOADLINE_WORKLOAD_DIR=/a/me", "LOADLINE_SYNC=off"}),
            "LOADLINE_SYNC=off");
}

TEST(SettingsIn, SaysNoneWhereThereAreNone) {
  EXPECT_EQ(SettingsIn({}), "none");
  EXPECT_EQ(SettingsIn({"HOME=/a/me", "", "="}), "none");
}

TEST(SettingWord, ShowsOfAPathItsLastPartAndWhetherItIsTheSame) {
  const std::string one = SettingWord("LD_PRELOAD=/a/me/lib/liba.so:/b/libb.so.2");
  EXPECT_THAT(one, MatchesRegex("LD_PRELOAD=liba.so@[0-9a-f]+:libb.so.2@[0-9a-f]+"));
  EXPECT_EQ(SettingWord("LD_PRELOAD=/a/me/lib/liba.so:/b/libb.so.2"), one);
  EXPECT_NE(SettingWord("LD_PRELOAD=/a/you/lib/liba.so:/b/libb.so.2"), one);
  EXPECT_THAT(SettingWord("--data=/a/me/set/"), MatchesRegex("--data=set/@[0-9a-f]+"));
  EXPECT_THAT(SettingWord("/"), MatchesRegex("@[0-9a-f]+"));
  EXPECT_EQ(SettingWord("/a/b/libx.so"), "libx.so@35aa153a");
  EXPECT_EQ(SettingWord("liba.so"), "liba.so");
  EXPECT_EQ(SettingWord(""), "");
}

TEST(SettingWord, IsPrintableAndOneWord) {
  EXPECT_EQ(SettingWord("a b\n\x1b[31m\\\xc3\xa9"), "a\\x20b\\x0a\\x1b[31m\\x5c\\xc3\\xa9");
}

TEST(ArgumentsText, KeepsTheirOrder) {
  EXPECT_EQ(ArgumentsText({"--size=3", "two words", "--again"}), "--size=3 two\\x20words --again");
  EXPECT_EQ(ArgumentsText({}), "none");
}

TEST(ReadSettings, IsOfThisProcess) {
  const loadline::testing::Variable sync("LOADLINE_SYNC", "off");
  const loadline::testing::Variable other("SECRET_OF_THE_USER", "hunter2");
  EXPECT_THAT(ReadSettings(), AllOf(HasSubstr("LOADLINE_SYNC=off"), Not(HasSubstr("hunter2"))));
}

}  // namespace
}  // namespace loadline::platform
