#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/string_view.h"
#include "loadline/base/directory.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline {
namespace {

using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;

constexpr size_t kEnough = 1 << 20;

// The machine's file system, where something happens, once, right after "file" was opened or
// right before something is read.
class ChangingFileSystem final : public FileSystem {
 public:
  void DoAfterOpening(std::function<void()> what) { after_opening_ = std::move(what); }
  void DoBeforeReading(std::function<void()> what) { before_reading_ = std::move(what); }
  int reads() const { return reads_; }

  int OpenAt(int dir_fd, const char* name, int flags, mode_t mode) override {
    const int fd = FileSystem::OpenAt(dir_fd, name, flags, mode);
    if (name == absl::string_view("file") && after_opening_) {
      std::exchange(after_opening_, nullptr)();
    }
    return fd;
  }
  ssize_t Read(int fd, void* buffer, size_t size) override {
    ++reads_;
    if (before_reading_) std::exchange(before_reading_, nullptr)();
    return FileSystem::Read(fd, buffer, size);
  }

 private:
  std::function<void()> after_opening_;
  std::function<void()> before_reading_;
  int reads_ = 0;
};

class DirectoryReadChangingFile : public ::testing::Test {
 protected:
  void SetUp() override {
    auto directory = Directory::Open(temp_.path(), fs_);
    ASSERT_OK(directory);
    directory_ = *std::move(directory);
  }

  const TempDir temp_;
  ChangingFileSystem fs_;
  std::unique_ptr<Directory> directory_;
};

TEST_F(DirectoryReadChangingFile, GivesTheOldContentOfAFileThatIsReplacedOrRemovedMeanwhile) {
  temp_.WriteFile("file", "old");
  fs_.DoAfterOpening([this] { EXPECT_OK(directory_->WriteFileAtomically("file", "new")); });
  EXPECT_THAT(directory_->ReadFile("file", kEnough), IsOkAndHolds("old"));
  EXPECT_THAT(directory_->ReadFile("file", kEnough), IsOkAndHolds("new"));
  fs_.DoAfterOpening([this] { EXPECT_OK(directory_->RemoveFile("file")); });
  EXPECT_THAT(directory_->ReadFile("file", kEnough), IsOkAndHolds("new"));
}

TEST_F(DirectoryReadChangingFile, GivesAllOfAFileThatGrowsAfterItsSizeWasAsked) {
  for (const size_t more : {size_t{1}, size_t{10}, size_t{100'000}}) {
    SCOPED_TRACE(more);
    const std::string grown(10 + more, 'b');
    temp_.WriteFile("file", "0123456789");
    fs_.DoBeforeReading([&] { temp_.WriteFile("file", grown); });
    EXPECT_THAT(directory_->ReadFile("file", kEnough), IsOkAndHolds(grown));
  }
}

TEST_F(DirectoryReadChangingFile, KeepsToTheLimitWhenTheFileGrowsPastIt) {
  temp_.WriteFile("file", "0123456789");
  fs_.DoBeforeReading([this] { temp_.WriteFile("file", std::string(100'000, 'b')); });
  EXPECT_THAT(directory_->ReadFile("file", 10), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST_F(DirectoryReadChangingFile, GivesWhatIsLeftOfAFileThatShrinksAfterItsSizeWasAsked) {
  temp_.WriteFile("file", std::string(100'000, 'a'));
  fs_.DoBeforeReading([this] { temp_.WriteFile("file", "b"); });
  EXPECT_THAT(directory_->ReadFile("file", kEnough), IsOkAndHolds("b"));
}

TEST_F(DirectoryReadChangingFile, TakesNoMoreMemoryThanTheFileNeedsNorMoreReads) {
  const std::string content(1'000'000, 'a');
  temp_.WriteFile("file", content);
  const auto read = directory_->ReadFile("file", kEnough);
  ASSERT_THAT(read, IsOkAndHolds(content));
  EXPECT_LE(read->capacity(), content.size() + 1);
  EXPECT_EQ(fs_.reads(), 2);  // the content and its end
}

}  // namespace
}  // namespace loadline
