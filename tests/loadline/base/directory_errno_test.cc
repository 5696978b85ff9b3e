// An allocator may change errno when it frees: glibc before 2.33 does, and others still may. This
// program's always does, so that an error number that is read too late is seen to be wrong.

#include <gtest/gtest.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <new>
#include <string>

#include "loadline/base/directory.h"
#include "tests/support/failing_file_system.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

// Not inline: gcc would see a call of new whose memory free() gives back.
[[gnu::noinline]] void* operator new(std::size_t size) {
  if (void* const memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
  errno = EDOM;
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
  errno = EDOM;
}

namespace loadline {
namespace {

using ::loadline::testing::FailingFileSystem;
using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;

// Longer than what a string keeps without allocating.
constexpr char kName[] = "a-name-that-a-string-allocates-memory-for";

class DirectoryErrno : public ::testing::Test {
 protected:
  void SetUp() override {
    auto directory = Directory::Open(temp_.path(), fs_);
    ASSERT_OK(directory);
    directory_ = *std::move(directory);
  }

  const TempDir temp_;
  FailingFileSystem fs_;
  std::unique_ptr<Directory> directory_;
};

TEST_F(DirectoryErrno, KnowsThatADirectoryIsThereAlready) {
  EXPECT_OK(directory_->OpenOrCreateChild(kName));
  EXPECT_OK(directory_->OpenOrCreateChild(kName));
}

TEST_F(DirectoryErrno, KnowsThatAFileIsMissing) {
  EXPECT_THAT(directory_->Exists(kName), IsOkAndHolds(false));
  EXPECT_OK(directory_->RemoveFile(kName));
  EXPECT_OK(directory_->RemoveTree(kName));
  EXPECT_THAT(directory_->ReadFile(kName, 1), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(directory_->OpenChild(kName), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(directory_->Move(kName, *directory_, "to"), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(DirectoryErrno, KnowsALinkFromAFile) {
  std::filesystem::create_symlink(".", temp_.Path(kName));
  EXPECT_THAT(directory_->OpenChild(kName), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_THAT(directory_->ReadFile(kName, 1), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(DirectoryErrno, ReportsWhatEachCallOfAWriteSaid) {
  constexpr int kMost = 20;
  int failures = 0;
  for (int n = 1; n < kMost; ++n) {
    fs_.FailNth(n, ENOSPC, /*closes_too=*/true);
    const absl::Status status = directory_->WriteFileAtomically(kName, "text");
    if (!fs_.failed()) break;
    ++failures;
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted)) << n;
  }
  EXPECT_GE(failures, 6);  // open, write, sync, close, rename, sync of the directory
}

TEST_F(DirectoryErrno, ReportsWhatEachCallOfARemovalSaid) {
  constexpr int kMost = 20;
  int failures = 0;
  for (int n = 1; n < kMost; ++n) {
    temp_.WriteFile(std::string(kName) + "/" + kName, "text");
    fs_.FailNth(n, ENOSPC);
    const absl::Status status = directory_->RemoveTree(kName);
    if (!fs_.failed()) break;
    ++failures;
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kResourceExhausted)) << n;
  }
  EXPECT_GE(failures, 6);  // look up, open, list, look up, remove the file, remove the directory
}

}  // namespace
}  // namespace loadline
