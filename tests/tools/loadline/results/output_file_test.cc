#include "tools/loadline/results/output_file.h"

#include <cerrno>
#include <filesystem>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace loadline::results {
namespace {

using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::HasSubstr;

size_t Entries(const TempDir& dir) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(dir.path())) {
    count += entry.exists() ? 1 : 0;
  }
  return count;
}

TEST(OutputFile, AppearsCompleteAndLeavesNothingBeside) {
  const TempDir dir;
  auto file = OutputFile::Create(dir.Path("out"));
  ASSERT_OK(file);
  EXPECT_FALSE(std::filesystem::exists(dir.Path("out")));
  ASSERT_OK((*file)->Commit("content"));
  EXPECT_EQ(dir.ReadFile("out"), "content");
  EXPECT_EQ(Entries(dir), 1u);
}

TEST(OutputFile, LeavesTheOldFileWithoutCommit) {
  const TempDir dir;
  dir.WriteFile("out", "old");
  { ASSERT_OK(OutputFile::Create(dir.Path("out"))); }
  EXPECT_EQ(dir.ReadFile("out"), "old");
  EXPECT_EQ(Entries(dir), 1u);
}

TEST(OutputFile, FailsBeforeTheWorkWhenTheFolderIsMissing) {
  const TempDir dir;
  EXPECT_THAT(OutputFile::Create(dir.Path("none/out")), StatusIs(absl::StatusCode::kNotFound));
}

TEST(OutputFile, RefusesADirectory) {
  const TempDir dir;
  EXPECT_THAT(OutputFile::Create(dir.path()),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("directory")));
}

TEST(OutputFile, WritesThroughALinkWithoutReplacingIt) {
  const TempDir dir;
  dir.WriteFile("real", "old");
  std::filesystem::create_symlink("real", dir.Path("link"));
  auto file = OutputFile::Create(dir.Path("link"));
  ASSERT_OK(file);
  ASSERT_OK((*file)->Commit("new"));
  EXPECT_TRUE(std::filesystem::is_symlink(dir.Path("link")));
  EXPECT_EQ(dir.ReadFile("real"), "new");
}

TEST(OutputFile, MakesWhatALinkLeadsToWhereNothingIsYet) {
  const TempDir dir;
  dir.WriteFile("folder/other", "");
  std::filesystem::create_symlink("folder/second", dir.Path("first"));
  std::filesystem::create_symlink("real", dir.Path("folder/second"));
  auto file = OutputFile::Create(dir.Path("first"));
  ASSERT_OK(file);
  ASSERT_OK((*file)->Commit("new"));
  EXPECT_TRUE(std::filesystem::is_symlink(dir.Path("first")));
  EXPECT_TRUE(std::filesystem::is_symlink(dir.Path("folder/second")));
  EXPECT_EQ(dir.ReadFile("folder/real"), "new");
}

TEST(OutputFile, RefusesLinksInACircle) {
  const TempDir dir;
  std::filesystem::create_symlink("b", dir.Path("a"));
  std::filesystem::create_symlink("a", dir.Path("b"));
  EXPECT_FALSE(OutputFile::Create(dir.Path("a")).ok());
}

TEST(OutputFile, KeepsTheRightsOfWhatItReplaces) {
  using std::filesystem::perms;
  const TempDir dir;
  for (const perms rights : {perms::owner_read | perms::owner_write, perms(0664), perms(0444)}) {
    std::filesystem::permissions(dir.WriteFile("out", "old"), rights);
    auto file = OutputFile::Create(dir.Path("out"));
    ASSERT_OK(file);
    ASSERT_OK((*file)->Commit("new"));
    EXPECT_EQ(std::filesystem::status(dir.Path("out")).permissions(), rights);
    std::filesystem::remove(dir.Path("out"));
  }
}

TEST(OutputFile, RefusesAnInputByWhateverName) {
  const TempDir dir;
  const std::string input = dir.WriteFile("input", "old");
  std::filesystem::create_symlink("input", dir.Path("link"));
  std::filesystem::create_hard_link(input, dir.Path("hard"));
  for (const std::string& path : {input, dir.Path("link"), dir.Path("hard")}) {
    EXPECT_THAT(OutputFile::Create(path, {"no file", input}),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("is an input")));
  }
  EXPECT_EQ(dir.ReadFile("input"), "old");
  EXPECT_OK(OutputFile::Create("/dev/null", {"/dev/null"}));
}

TEST(OutputFile, WritesToADeviceAndNeverReplacesIt) {
  auto file = OutputFile::Create("/dev/null");
  ASSERT_OK(file);
  EXPECT_OK((*file)->Commit("content"));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST(OutputFile, PassesALeftoverOfAKilledProcess) {
  const TempDir dir;
  auto first = OutputFile::Create(dir.Path("out"));
  ASSERT_OK(first);
  auto second = OutputFile::Create(dir.Path("out"));
  ASSERT_OK(second);
  ASSERT_OK((*second)->Commit("second"));
  EXPECT_EQ(dir.ReadFile("out"), "second");
}

TEST(OutputFile, CannotBeCommittedTwice) {
  const TempDir dir;
  auto file = OutputFile::Create(dir.Path("out"));
  ASSERT_OK(file);
  ASSERT_OK((*file)->Commit("a"));
  EXPECT_THAT((*file)->Commit("b"), StatusIs(absl::StatusCode::kFailedPrecondition));
}

// Makes one kind of call fail.
class Failing : public FileSystem {
 public:
  enum Call { kWrite, kSync, kClose, kRename };
  explicit Failing(Call call) : call_(call) {}
  ssize_t Write(int fd, const void* buffer, size_t size) override {
    if (call_ == kWrite) return errno = ENOSPC, -1;
    return FileSystem::Write(fd, buffer, size < 3 ? size : 3);
  }
  int Sync(int fd) override { return call_ == kSync ? (errno = EIO, -1) : FileSystem::Sync(fd); }
  int Close(int fd) override {
    const int result = FileSystem::Close(fd);
    return call_ == kClose ? (errno = EIO, -1) : result;
  }
  int RenameAt(int from, const char* a, int to, const char* b) override {
    return call_ == kRename ? (errno = EACCES, -1) : FileSystem::RenameAt(from, a, to, b);
  }

 private:
  const Call call_;
};

TEST(OutputFile, KeepsTheOldFileWhicheverCallFails) {
  for (Failing::Call call : {Failing::kWrite, Failing::kSync, Failing::kClose, Failing::kRename}) {
    const TempDir dir;
    dir.WriteFile("out", "old");
    Failing fs(call);
    {
      auto file = OutputFile::Create(dir.Path("out"), {}, fs);
      ASSERT_OK(file);
      EXPECT_FALSE((*file)->Commit("new content").ok()) << call;
    }
    EXPECT_EQ(dir.ReadFile("out"), "old") << call;
    EXPECT_EQ(Entries(dir), 1u) << call;
  }
}

}  // namespace
}  // namespace loadline::results
