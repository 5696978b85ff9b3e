#include "stowage/storage/directory_lock.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "loadline/base/directory.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace stowage {
namespace {

using ::loadline::Directory;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::HasSubstr;

class DirectoryLockTest : public ::testing::Test {
 protected:
  DirectoryLockTest() : directory_(*Directory::Open(dir_.path())) {}

  TempDir dir_;
  std::unique_ptr<Directory> directory_;
};

TEST_F(DirectoryLockTest, NamesTheHolder) {
  const auto lock = DirectoryLock::Acquire(*directory_);
  ASSERT_OK(lock);
  const std::string pid = std::to_string(::getpid());
  EXPECT_EQ(dir_.ReadFile("LOCK"), pid + "\n");
  EXPECT_THAT(DirectoryLock::Acquire(*directory_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("process " + pid)));
}

TEST_F(DirectoryLockTest, IsFreeAgainWhenItIsGivenUp) {
  ASSERT_OK(DirectoryLock::Acquire(*directory_));
  EXPECT_OK(DirectoryLock::Acquire(*directory_));
}

TEST_F(DirectoryLockTest, MindsNoLockFileThatWasLeftOver) {
  dir_.WriteFile("LOCK", "999999999 and a long tail of something else entirely\n");
  ASSERT_OK(DirectoryLock::Acquire(*directory_));
  EXPECT_EQ(dir_.ReadFile("LOCK"), std::to_string(::getpid()) + "\n");
}

TEST_F(DirectoryLockTest, ToleratesAHolderThatCannotBeRead) {
  const auto lock = DirectoryLock::Acquire(*directory_);
  ASSERT_OK(lock);
  for (const char* content : {"", "no pid", "-5", "99999999999999999999999999999999999999999"}) {
    dir_.WriteFile("LOCK", content);
    EXPECT_THAT(DirectoryLock::Acquire(*directory_),
                StatusIs(absl::StatusCode::kUnavailable, HasSubstr("another process")));
  }
}

TEST_F(DirectoryLockTest, RefusesALockFileThatIsALinkOrAFolder) {
  dir_.WriteFile("elsewhere", "");
  std::filesystem::create_symlink("elsewhere", dir_.Path("LOCK"));
  EXPECT_THAT(DirectoryLock::Acquire(*directory_), StatusIs(absl::StatusCode::kPermissionDenied));
  std::filesystem::remove(dir_.Path("LOCK"));
  std::filesystem::create_hard_link(dir_.Path("elsewhere"), dir_.Path("LOCK"));
  EXPECT_THAT(DirectoryLock::Acquire(*directory_), StatusIs(absl::StatusCode::kPermissionDenied));
  EXPECT_EQ(dir_.ReadFile("elsewhere"), "");
  std::filesystem::remove(dir_.Path("LOCK"));
  std::filesystem::create_directory(dir_.Path("LOCK"));
  EXPECT_THAT(DirectoryLock::Acquire(*directory_), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(DirectoryLockTest, BelongsToNoForkedChild) {
  const auto lock = DirectoryLock::Acquire(*directory_);
  ASSERT_OK(lock);
  EXPECT_OK((*lock)->CheckHeldByThisProcess());
  const pid_t child = ::fork();
  if (child == 0) {
    const bool refused = absl::IsFailedPrecondition((*lock)->CheckHeldByThisProcess()) &&
                         absl::IsUnavailable(DirectoryLock::Acquire(*directory_).status());
    ::_exit(refused ? 7 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 7);
  EXPECT_THAT(DirectoryLock::Acquire(*directory_), StatusIs(absl::StatusCode::kUnavailable))
      << "the child's end must not free the parent's lock";
}

TEST_F(DirectoryLockTest, EndsWithAKilledHolder) {
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto lock = DirectoryLock::Acquire(*directory_);
    const char answer = lock.ok() ? 'y' : 'n';
    if (::write(pipe[1], &answer, 1) != 1) ::_exit(1);
    for (;;) ::pause();
  }
  char answer = 0;
  ASSERT_EQ(::read(pipe[0], &answer, 1), 1);
  ASSERT_EQ(answer, 'y');
  EXPECT_THAT(DirectoryLock::Acquire(*directory_),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(std::to_string(child))));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_OK(DirectoryLock::Acquire(*directory_));
  ::close(pipe[0]);
  ::close(pipe[1]);
}

}  // namespace
}  // namespace stowage
