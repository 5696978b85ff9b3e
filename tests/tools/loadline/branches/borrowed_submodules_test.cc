// What a checkout has of submodules whose remotes are gone.

#include "tools/loadline/branches/borrowed_submodules.h"

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/tools/loadline/branches/throwaway_repository.h"
#include "tools/loadline/branches/checkout.h"

namespace loadline::branches {
namespace {

using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;

constexpr char kAdd[] = "-c protocol.file.allow=always submodule --quiet add ";

class BorrowedSubmodules : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasGit()) GTEST_SKIP() << "needs git";
    user_ = std::make_unique<ThrowawayRepository>();
    const ThrowawayRepository inner, library;
    inner.Write("core", "of the inner library");
    inner.Commit("v1");
    library.Write("inside", "of the library");
    library.Git(kAdd + inner.Quoted() + " inner");
    library.Commit("v1");
    user_->Git(kAdd + library.Quoted() + " third/lib");
    user_->Git("-c protocol.file.allow=always submodule --quiet update --init --recursive");
    user_->Commit("with_library");
  }

  // The checkout of a commit, as a user whose working tree is `dir` gets it.
  absl::StatusOr<std::unique_ptr<Checkout>> CheckOut(const std::string& dir,
                                                     const std::string& ref) const {
    const auto repository = Repository::Open(dir, run_);
    if (!repository.ok()) return repository.status();
    const auto commit = repository->Resolve(ref);
    if (!commit.ok()) return commit.status();
    return Checkout::Create(*repository, *commit, dir_.Path("side"));
  }

  const TempDir dir_;
  const LoggedRun run_{dir_.Path("log")};
  std::unique_ptr<ThrowawayRepository> user_;
};

TEST_F(BorrowedSubmodules, AreThereWithThoseInsideThemAndNothingOfTheUsersChanges) {
  const std::map<std::string, std::string> before = user_->Everything();
  {
    const auto checkout = CheckOut(user_->path(), "with_library");
    ASSERT_OK(checkout);
    EXPECT_EQ(dir_.ReadFile("side/third/lib/inside"), "of the library");
    EXPECT_EQ(dir_.ReadFile("side/third/lib/inner/core"), "of the inner library");
  }
  EXPECT_EQ(user_->Everything(), before);
}

TEST_F(BorrowedSubmodules, AreThereAtACommitThatIsOnNoBranchOfTheirs) {
  user_->Write("third/lib/inside", "on no branch");
  user_->Git("-C third/lib checkout -q --detach");
  user_->Git("-C third/lib -c user.name=nobody -c user.email= commit -q -a -m aside");
  user_->Commit("aside");
  user_->Git("-C third/lib checkout -q main");
  const auto checkout = CheckOut(user_->path(), "aside");
  ASSERT_OK(checkout);
  EXPECT_EQ(dir_.ReadFile("side/third/lib/inside"), "on no branch");
}

TEST_F(BorrowedSubmodules, AreTakenFromTheMainWorktreeInAnother) {
  const TempDir other;
  user_->Git("worktree add -q --detach '" + other.Path("w") + "'");
  const auto checkout = CheckOut(other.Path("w"), "with_library");
  ASSERT_OK(checkout);
  EXPECT_EQ(dir_.ReadFile("side/third/lib/inner/core"), "of the inner library");
}

TEST_F(BorrowedSubmodules, AreTakenFromTheUsersOwnWorktree) {
  const TempDir other;
  user_->Git("worktree add -q --detach '" + other.Path("w") + "'");
  std::filesystem::rename(user_->path() + "/.git/modules",
                          user_->path() + "/.git/worktrees/w/modules");
  const auto checkout = CheckOut(other.Path("w"), "with_library");
  ASSERT_OK(checkout);
  EXPECT_EQ(dir_.ReadFile("side/third/lib/inner/core"), "of the inner library");
}

TEST(BorrowSubmodules, FindsNoneWhereThereIsNoneOrOnlyHalfOfOne) {
  const TempDir from, to;
  EXPECT_THAT(BorrowSubmodules(from.path(), to.path()), IsOkAndHolds(false));
  from.WriteFile("modules/lib/HEAD", "ref: refs/heads/main");
  EXPECT_THAT(BorrowSubmodules(from.path(), to.path()), IsOkAndHolds(false));
  EXPECT_TRUE(std::filesystem::is_empty(to.path()));
}

TEST(BorrowSubmodules, SaysThatItCannotWrite) {
  const TempDir from, to;
  from.WriteFile("modules/lib/HEAD", "ref: refs/heads/main");
  from.WriteFile("modules/lib/objects/pack/p", "");
  to.WriteFile("modules", "no folder");
  EXPECT_THAT(BorrowSubmodules(from.path(), to.path()),
              StatusIs(absl::StatusCode::kUnavailable, ::testing::HasSubstr("submodules")));
}

}  // namespace
}  // namespace loadline::branches
