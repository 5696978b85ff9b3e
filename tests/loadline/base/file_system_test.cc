#include "loadline/base/file_system.h"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <string>

#include "tests/support/temp_dir.h"

namespace loadline {
namespace {

class FileSystemTest : public ::testing::Test {
 protected:
  const testing::TempDir temp_;
  FileSystem& fs_ = FileSystem::Real();
};

TEST_F(FileSystemTest, WritesWhatItThenReads) {
  const std::string path = temp_.Path("file");
  const int out = fs_.OpenAt(AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  ASSERT_GE(out, 0);
  EXPECT_EQ(fs_.Write(out, "text", 4), 4);
  EXPECT_EQ(fs_.Sync(out), 0);
  EXPECT_EQ(fs_.Close(out), 0);
  const int in = fs_.OpenAt(AT_FDCWD, path.c_str(), O_RDONLY | O_CLOEXEC, 0);
  ASSERT_GE(in, 0);
  char buffer[8];
  EXPECT_EQ(fs_.Read(in, buffer, sizeof(buffer)), 4);
  EXPECT_EQ(std::string(buffer, 4), "text");
  EXPECT_EQ(fs_.Close(in), 0);
}

TEST_F(FileSystemTest, MakesRenamesAndRemovesEntriesOfADirectory) {
  const int dir = fs_.OpenAt(AT_FDCWD, temp_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  ASSERT_GE(dir, 0);
  EXPECT_EQ(fs_.MkDirAt(dir, "before", 0700), 0);
  EXPECT_EQ(fs_.RenameAt(dir, "before", dir, "after"), 0);
  EXPECT_TRUE(std::filesystem::is_directory(temp_.Path("after")));
  EXPECT_EQ(fs_.UnlinkAt(dir, "after", AT_REMOVEDIR), 0);
  EXPECT_FALSE(std::filesystem::exists(temp_.Path("after")));
  EXPECT_EQ(fs_.Close(dir), 0);
}

TEST_F(FileSystemTest, TellsOfALinkAndNotOfItsTarget) {
  temp_.WriteFile("target", "text");
  std::filesystem::create_symlink(temp_.Path("target"), temp_.Path("link"));
  struct stat info {};
  ASSERT_EQ(fs_.StatAt(AT_FDCWD, temp_.Path("link").c_str(), &info), 0);
  EXPECT_TRUE(S_ISLNK(info.st_mode));
}

TEST_F(FileSystemTest, SetsErrnoWhenACallFails) {
  errno = 0;
  EXPECT_EQ(fs_.OpenAt(AT_FDCWD, temp_.Path("missing").c_str(), O_RDONLY, 0), -1);
  EXPECT_EQ(errno, ENOENT);
  errno = 0;
  EXPECT_EQ(fs_.Close(-1), -1);
  EXPECT_EQ(errno, EBADF);
}

}  // namespace
}  // namespace loadline
