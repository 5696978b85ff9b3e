#include "tools/loadline/run/program_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace loadline::run {
namespace {

using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::HasSubstr;

TEST(ProgramIdentity, StaysWhileNobodyTouchesTheFile) {
  const TempDir dir;
  auto identity = ProgramIdentity::Of(dir.WriteFile("p", "first"));
  ASSERT_OK(identity);
  EXPECT_OK(identity->CheckUnchanged());
}

TEST(ProgramIdentity, StaysWhenTheSameBytesAreWrittenAgain) {
  const TempDir dir;
  auto identity = ProgramIdentity::Of(dir.WriteFile("p", "first"));
  ASSERT_OK(identity);
  std::filesystem::rename(dir.WriteFile("again", "first"), dir.Path("p"));
  EXPECT_OK(identity->CheckUnchanged());
}

TEST(ProgramIdentity, IsLostWhenAnotherFileIsPutInItsPlace) {
  const TempDir dir;
  auto identity = ProgramIdentity::Of(dir.WriteFile("p", "first"));
  ASSERT_OK(identity);
  std::filesystem::rename(dir.WriteFile("other", "other"), dir.Path("p"));
  EXPECT_THAT(identity->CheckUnchanged(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("replaced")));
}

// As `cp -p` and rsync do.
TEST(ProgramIdentity, IsLostWhenItIsRewrittenWithItsSizeAndTime) {
  const TempDir dir;
  auto identity = ProgramIdentity::Of(dir.WriteFile("p", "first"));
  ASSERT_OK(identity);
  const auto time = std::filesystem::last_write_time(dir.Path("p"));
  dir.WriteFile("p", "FIRST");
  std::filesystem::last_write_time(dir.Path("p"), time);
  EXPECT_FALSE(identity->CheckUnchanged().ok());
}

TEST(ProgramIdentity, IsLostWhenALinkLeadsElsewhere) {
  const TempDir dir;
  std::filesystem::create_symlink(dir.WriteFile("v1", "first"), dir.Path("p"));
  auto identity = ProgramIdentity::Of(dir.Path("p"));
  ASSERT_OK(identity);
  std::filesystem::create_symlink(dir.WriteFile("v2", "other"), dir.Path("next"));
  std::filesystem::rename(dir.Path("next"), dir.Path("p"));
  EXPECT_FALSE(identity->CheckUnchanged().ok());
}

TEST(ProgramIdentity, IsLostWhenTheFileIsGone) {
  const TempDir dir;
  auto identity = ProgramIdentity::Of(dir.WriteFile("p", "first"));
  ASSERT_OK(identity);
  std::filesystem::remove(dir.Path("p"));
  EXPECT_THAT(identity->CheckUnchanged(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("removed")));
  EXPECT_THAT(ProgramIdentity::Of(dir.Path("p")), StatusIs(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace loadline::run
