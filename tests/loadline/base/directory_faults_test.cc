#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "loadline/base/directory.h"
#include "tests/support/failing_file_system.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline {
namespace {

using ::loadline::testing::FailingFileSystem;
using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::AnyOf;
using ::testing::SizeIs;

constexpr size_t kMuch = 1 << 20;

// One directory on a file system whose calls can be made to fail.
class DirectoryFaults : public ::testing::Test {
 protected:
  void SetUp() override {
    auto directory = Directory::Open(temp_.path(), fs_);
    ASSERT_OK(directory);
    directory_ = *std::move(directory);
  }

  // Lets every call that `work` makes fail once, each in a run of its own. Each such run must
  // return `code` and close what it opened; check() then looks at what it left. The run in which
  // nothing failed must succeed.
  void FailEachCall(int error, absl::StatusCode code, const std::function<absl::Status()>& work,
                    const std::function<void()>& check) {
    constexpr int kMost = 1'000;
    for (int n = 1; n < kMost; ++n) {
      SCOPED_TRACE("call " + std::to_string(n));
      const int open_before = fs_.open_descriptors();
      fs_.FailNth(n, error, /*closes_too=*/false);
      const absl::Status status = work();
      EXPECT_EQ(fs_.open_descriptors(), open_before);
      if (!fs_.failed()) {
        fs_.FailNth(0, 0);
        EXPECT_GT(n, 1) << "no call was made";
        EXPECT_OK(status);
        return;
      }
      EXPECT_THAT(status, StatusIs(code));
      check();
    }
    FAIL() << "no end of calls";
  }

  const TempDir temp_;
  FailingFileSystem fs_;
  std::unique_ptr<Directory> directory_;
};

TEST_F(DirectoryFaults, AWriteThatFailsLeavesOneWholeContentAndNoOtherFile) {
  temp_.WriteFile("file", "old");
  int calls = 0;
  FailEachCall(
      ENOSPC, absl::StatusCode::kResourceExhausted,
      [this] { return directory_->WriteFileAtomically("file", "new"); },
      [&] {
        ++calls;
        EXPECT_THAT(temp_.ReadFile("file"), AnyOf("old", "new"));
        EXPECT_THAT(directory_->List(), IsOkAndHolds(SizeIs(1)));
      });
  EXPECT_GE(calls, 5);  // open, write, sync, rename, sync of the directory
}

TEST_F(DirectoryFaults, AWriteKeepsTheOldContentUntilTheNewOneIsOnTheDisk) {
  temp_.WriteFile("file", "old");
  for (const int nth : {1, 2, 3, 4, 5}) {  // all but the last call, the directory's sync
    fs_.FailNth(nth, EIO, /*closes_too=*/true);
    EXPECT_FALSE(directory_->WriteFileAtomically("file", "new").ok()) << nth;
    EXPECT_EQ(temp_.ReadFile("file"), "old") << nth;
  }
  fs_.FailNth(6, EIO, /*closes_too=*/true);
  EXPECT_FALSE(directory_->WriteFileAtomically("file", "new").ok());
}

TEST_F(DirectoryFaults, AWriteReportsWhatTheFileSystemSaysAtClose) {
  fs_.FailNth(4, ENOSPC, /*closes_too=*/true);  // open, write, sync, close
  EXPECT_THAT(directory_->WriteFileAtomically("file", "new"),
              StatusIs(absl::StatusCode::kResourceExhausted, ::testing::HasSubstr("close")));
  EXPECT_THAT(directory_->List(), IsOkAndHolds(SizeIs(0)));
}

TEST_F(DirectoryFaults, AWriteSyncsTheFileAndThenTheDirectory) {
  const int before = fs_.syncs();
  EXPECT_OK(directory_->WriteFileAtomically("file", "new"));
  EXPECT_EQ(fs_.syncs() - before, 2);
}

TEST_F(DirectoryFaults, ReadingAndWritingGoOnAfterSignalsAndShortCounts) {
  const std::string content = "text in more than one piece";
  fs_.Interrupt();
  EXPECT_OK(directory_->WriteFileAtomically("file", content));
  EXPECT_THAT(directory_->ReadFile("file", kMuch), IsOkAndHolds(content));
  EXPECT_THAT(directory_->List(), IsOkAndHolds(SizeIs(1)));
  EXPECT_OK(directory_->Sync());
  EXPECT_GT(fs_.interruptions(), 0);
}

TEST_F(DirectoryFaults, AReadThatFailsSaysSo) {
  temp_.WriteFile("file", "text");
  FailEachCall(
      EMFILE, absl::StatusCode::kResourceExhausted,
      [this] { return directory_->ReadFile("file", kMuch).status(); }, [] {});
}

TEST_F(DirectoryFaults, AListThatFailsSaysSo) {
  temp_.WriteFile("file", "text");
  // List() gives its descriptor to readdir(), which closes it without the file system's Close().
  for (const int nth : {1, 2}) {
    fs_.FailNth(nth, EMFILE);
    EXPECT_THAT(directory_->List(), StatusIs(absl::StatusCode::kResourceExhausted)) << nth;
  }
}

TEST_F(DirectoryFaults, ADirectoryWhoseMakingFailedIsMadeTheNextTime) {
  FailEachCall(
      EROFS, absl::StatusCode::kPermissionDenied,
      [this] { return Directory::OpenOrCreate(temp_.Path("a/b"), fs_).status(); },
      [this] {
        std::filesystem::remove_all(temp_.Path("a"));
        EXPECT_OK(Directory::OpenOrCreate(temp_.Path("a/b"), fs_));
        std::filesystem::remove_all(temp_.Path("a"));
      });
}

TEST_F(DirectoryFaults, EachDirectoryThatIsMadeIsSyncedIntoItsParent) {
  const int before = fs_.syncs();
  EXPECT_OK(Directory::OpenOrCreate(temp_.Path("a/b/c"), fs_));
  EXPECT_EQ(fs_.syncs() - before, 3);
  EXPECT_OK(Directory::OpenOrCreate(temp_.Path("a/b/c"), fs_));
  EXPECT_EQ(fs_.syncs() - before, 3);
}

TEST_F(DirectoryFaults, AMoveThatFailsLeavesTheFileUnderOneOfItsNames) {
  const auto to = directory_->OpenOrCreateChild("to");
  ASSERT_OK(to);
  temp_.WriteFile("file", "text");
  FailEachCall(
      EACCES, absl::StatusCode::kPermissionDenied,
      [&] { return directory_->Move("file", **to, "moved"); },
      [&] {
        const bool moved = std::filesystem::exists(temp_.Path("to/moved"));
        EXPECT_NE(moved, std::filesystem::exists(temp_.Path("file")));
        if (moved) std::filesystem::rename(temp_.Path("to/moved"), temp_.Path("file"));
        EXPECT_EQ(temp_.ReadFile("file"), "text");
      });
}

TEST_F(DirectoryFaults, AMoveSyncsBothDirectories) {
  const auto to = directory_->OpenOrCreateChild("to");
  ASSERT_OK(to);
  temp_.WriteFile("file", "text");
  const int before = fs_.syncs();
  EXPECT_OK(directory_->Move("file", **to, "moved"));
  EXPECT_EQ(fs_.syncs() - before, 2);
}

TEST_F(DirectoryFaults, ARemovalThatStoppedInTheMiddleIsFinishedByTheNext) {
  int n = 1;
  for (bool failed = true; failed; ++n) {
    SCOPED_TRACE(n);
    temp_.WriteFile("tree/a/file", "text");
    temp_.WriteFile("tree/b", "text");
    fs_.FailNth(n, EACCES);
    const absl::Status status = directory_->RemoveTree("tree");
    failed = fs_.failed();
    EXPECT_EQ(status.ok(), !failed) << status;
    fs_.FailNth(0, 0);
    EXPECT_OK(directory_->RemoveTree("tree"));
    EXPECT_THAT(directory_->Exists("tree"), IsOkAndHolds(false));
  }
  EXPECT_GT(n, 8);  // it looks at, opens and lists two directories and removes four entries
}

}  // namespace
}  // namespace loadline
