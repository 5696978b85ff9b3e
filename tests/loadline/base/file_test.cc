#include "loadline/base/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
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
using ::testing::HasSubstr;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto directory = Directory::Open(temp_.path(), fs_);
    ASSERT_OK(directory);
    directory_ = *std::move(directory);
    auto file = directory_->CreateFile("f");
    ASSERT_OK(file);
    file_ = *std::move(file);
  }

  std::string Read(uint64_t offset, size_t size) {
    std::string content(size, '\0');
    const absl::Status status = file_->ReadAt(offset, content.data(), size);
    return status.ok() ? content : std::string(status.message());
  }

  const TempDir temp_;
  FailingFileSystem fs_;
  std::unique_ptr<Directory> directory_;
  std::unique_ptr<File> file_;
};

TEST_F(FileTest, ReadsWhereItWrote) {
  ASSERT_OK(file_->WriteAt(3, "abcd", 4));
  EXPECT_EQ(Read(4, 2), "bc");
  EXPECT_EQ(Read(0, 4), std::string("\0\0\0a", 4));
  EXPECT_THAT(file_->Size(), IsOkAndHolds(7));
}

TEST_F(FileTest, SaysWhereAFileEndsThatIsReadBeyondItsEnd) {
  ASSERT_OK(file_->WriteAt(0, "abcd", 4));
  char buffer[4];
  EXPECT_THAT(file_->ReadAt(2, buffer, 4),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("ends at byte 4")));
}

TEST_F(FileTest, GoesOnAfterInterruptionsAndShortCounts) {
  fs_.Interrupt();
  ASSERT_OK(file_->WriteAt(0, "abcd", 4));
  EXPECT_EQ(Read(0, 4), "abcd");
  EXPECT_GT(fs_.interruptions(), 4);
}

TEST_F(FileTest, SaysWhichCallFailedOnWhichFile) {
  fs_.FailNth(1, ENOSPC);
  EXPECT_THAT(file_->WriteAt(0, "abcd", 4),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("write " + temp_.path())));
  fs_.FailNth(1, EIO);
  EXPECT_THAT(file_->Sync(), StatusIs(absl::StatusCode::kUnknown, HasSubstr("sync")));
  fs_.FailNth(1, EIO);
  EXPECT_THAT(file_->Resize(1), StatusIs(absl::StatusCode::kUnknown, HasSubstr("resize")));
}

TEST_F(FileTest, IsNotMadeWhereThereIsOne) {
  EXPECT_THAT(directory_->CreateFile("f"), StatusIs(absl::StatusCode::kAlreadyExists));
}

TEST_F(FileTest, IsOpenedOnlyIfItIsAPlainFileWithOneName) {
  std::filesystem::create_symlink("f", temp_.path() + "/link");
  EXPECT_THAT(directory_->OpenFile("link"), StatusIs(absl::StatusCode::kPermissionDenied));
  std::filesystem::create_hard_link(temp_.path() + "/f", temp_.path() + "/twice");
  EXPECT_THAT(directory_->OpenFile("f"), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(directory_->OpenFile("none"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(directory_->OpenFile("../f"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(FileTest, ClosesWhatItOpened) {
  const int open = fs_.open_descriptors();
  ASSERT_OK(directory_->OpenFile("f"));
  EXPECT_EQ(fs_.open_descriptors(), open);
}

}  // namespace
}  // namespace loadline
