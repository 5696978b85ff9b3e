#include "tools/loadline/run/work_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temp_dir.h"

namespace loadline::run {
namespace {

using ::testing::HasSubstr;

class WorkDirTest : public ::testing::Test {
 protected:
  ~WorkDirTest() override { ::unsetenv("TMPDIR"); }

  static void Use(const std::string& path) { ::setenv("TMPDIR", path.c_str(), 1); }

  testing::TempDir dir_;
};

TEST_F(WorkDirTest, LiesWhereTmpdirSaysAndIsGoneAtTheEnd) {
  Use(dir_.path());
  std::string path;
  {
    const auto work = WorkDir::Create();
    ASSERT_TRUE(work.ok()) << work.status();
    path = (*work)->path();
    EXPECT_THAT(path, ::testing::StartsWith(dir_.path()));
    std::ofstream((*work)->path() + "/left") << "something";
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(WorkDirTest, NamesADirectoryThatIsNotThere) {
  Use(dir_.Path("gone"));
  const auto work = WorkDir::Create();
  EXPECT_THAT(work.status().message(), HasSubstr(dir_.Path("gone")));
  EXPECT_THAT(work.status().message(), HasSubstr("TMPDIR"));
}

// Nothing can be made in /proc, not even by root.
TEST_F(WorkDirTest, NamesADirectoryThatTakesNothing) {
  if (!std::filesystem::exists("/proc/self")) GTEST_SKIP() << "has no /proc";
  Use("/proc");
  EXPECT_THAT(WorkDir::Create().status().message(), HasSubstr("/proc: no directory"));
}

}  // namespace
}  // namespace loadline::run
