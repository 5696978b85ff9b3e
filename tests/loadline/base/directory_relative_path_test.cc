#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "loadline/base/directory.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline {
namespace {

using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;

TEST(DeletedCurrentDirectory, IsReportedAsMissing) {
  const std::string before = std::filesystem::current_path().string();
  for (const char* const path : {"child", ".", "./child", "a/b", "..", "../x"}) {
    const TempDir parent;
    const std::string doomed = parent.Path("doomed");
    std::filesystem::create_directory(doomed);
    std::filesystem::current_path(doomed);
    std::filesystem::remove(doomed);
    const auto opened = Directory::OpenOrCreate(path);
    std::filesystem::current_path(before);
    EXPECT_THAT(opened, StatusIs(absl::StatusCode::kNotFound)) << path;
  }
}

TEST(RelativePath, IsMadeBelowTheCurrentDirectory) {
  const std::string before = std::filesystem::current_path().string();
  const TempDir parent;
  std::filesystem::create_directory(parent.Path("here"));
  std::filesystem::current_path(parent.Path("here"));
  const auto below = Directory::OpenOrCreate("a/b");
  const auto beside = Directory::OpenOrCreate("../c");
  std::filesystem::current_path(before);
  ASSERT_OK(below);
  ASSERT_OK(beside);
  EXPECT_EQ((*below)->path(), parent.Path("here/a/b"));
  EXPECT_EQ((*beside)->path(), parent.Path("c"));
}

}  // namespace
}  // namespace loadline
