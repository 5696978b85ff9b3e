#include "tools/loadline/branches/checkout.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/tools/loadline/branches/throwaway_repository.h"

namespace loadline::branches {
namespace {

using ::loadline::testing::IsOkAndHolds;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::AllOf;
using ::testing::HasSubstr;

class CheckoutTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasGit()) GTEST_SKIP() << "needs git";
    ::setenv("LC_ALL", "C", 1);  // what git says is looked for
    user_ = std::make_unique<ThrowawayRepository>();
    user_->Write("f", "one");
    user_->Commit("first");
    user_->Write("f", "two");
    user_->Commit("second");
    // What a user has in hand: something staged, something not, something of no commit.
    user_->Write("staged", "staged");
    user_->Git("add staged");
    user_->Write("f", "in hand");
    user_->Write("untracked", "untracked");
  }

  std::string Path() const { return dir_.Path("side"); }
  Repository Open() const {
    auto repository = Repository::Open(user_->path(), run_);
    EXPECT_OK(repository);
    return *repository;
  }
  absl::StatusOr<std::unique_ptr<Checkout>> CheckOut(const std::string& ref) const {
    const Repository repository = Open();
    const auto commit = repository.Resolve(ref);
    if (!commit.ok()) return commit.status();
    return Checkout::Create(repository, *commit, Path());
  }

  const TempDir dir_;
  const LoggedRun run_{dir_.Path("log")};
  std::unique_ptr<ThrowawayRepository> user_;
};

TEST_F(CheckoutTest, HasTheFilesOfTheCommit) {
  const auto checkout = CheckOut("first");
  ASSERT_OK(checkout);
  EXPECT_EQ(dir_.ReadFile("side/f"), "one");
}

TEST_F(CheckoutTest, LeavesEveryByteOfTheRepositoryAsItWas) {
  const std::map<std::string, std::string> before = user_->Everything();
  {
    const auto checkout = CheckOut("first");
    ASSERT_OK(checkout);
    EXPECT_NE(user_->Everything(), before);  // git's note of the worktree
    EXPECT_OK((*checkout)->Remove());
  }
  EXPECT_EQ(user_->Everything(), before);
  EXPECT_FALSE(std::filesystem::exists(Path()));
}

TEST_F(CheckoutTest, IsRemovedByItsDestructor) {
  const std::map<std::string, std::string> before = user_->Everything();
  ASSERT_OK(CheckOut("first"));
  EXPECT_EQ(user_->Everything(), before);
}

TEST_F(CheckoutTest, DoesNotReachTheUsersIndexFromInsideAHook) {
  const std::map<std::string, std::string> before = user_->Everything();
  ::setenv("GIT_DIR", (user_->path() + "/.git").c_str(), 1);
  ::setenv("GIT_INDEX_FILE", (user_->path() + "/.git/index").c_str(), 1);
  const absl::Status status = CheckOut("first").status();
  ::unsetenv("GIT_DIR");
  ::unsetenv("GIT_INDEX_FILE");
  ASSERT_OK(status);
  EXPECT_EQ(user_->Everything(), before);
}

TEST_F(CheckoutTest, RunsNoHook) {
  for (const char* const hook : {"post-checkout", "reference-transaction", "post-index-change"}) {
    const std::string path = user_->path() + "/.git/hooks/" + hook;
    user_->Write(std::string(".git/hooks/") + hook,
                 "#!/bin/sh\ntouch '" + dir_.Path("hooked") + "'\n");
    ::chmod(path.c_str(), 0700);
  }
  ASSERT_OK(CheckOut("first"));
  EXPECT_FALSE(std::filesystem::exists(dir_.Path("hooked")));
}

TEST_F(CheckoutTest, HasTheSubmodulesWithoutAWordInTheConfiguration) {
  const ThrowawayRepository library;
  library.Write("inside", "of the library");
  library.Commit("v1");
  user_->Git("reset -q --hard");
  user_->Git("-c protocol.file.allow=always submodule --quiet add " + library.Quoted() + " lib");
  user_->Commit("with_submodule");
  user_->Git("submodule --quiet deinit -f lib");
  std::filesystem::remove_all(user_->path() + "/.git/modules");
  user_->Git("config protocol.file.allow always");
  const std::map<std::string, std::string> before = user_->Everything();
  // Since 2022 git clones a submodule from a folder only where the user's own configuration says
  // so.
  ::setenv("GIT_ALLOW_PROTOCOL", "file", 1);
  {
    const auto checkout = CheckOut("with_submodule");
    ASSERT_OK(checkout);
    EXPECT_EQ(dir_.ReadFile("side/lib/inside"), "of the library");
  }
  ::unsetenv("GIT_ALLOW_PROTOCOL");
  EXPECT_EQ(user_->Everything(), before);
}

TEST_F(CheckoutTest, SaysWhichSubmoduleCannotBeFetchedAndIsGone) {
  user_->Git("reset -q --hard");
  {
    const ThrowawayRepository library;
    library.Commit("v1");
    user_->Git("-c protocol.file.allow=always submodule --quiet add " + library.Quoted() + " lib");
    user_->Commit("with_submodule");
  }
  std::filesystem::remove_all(user_->path() + "/.git/modules");
  const std::map<std::string, std::string> before = user_->Everything();
  EXPECT_THAT(CheckOut("with_submodule"),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("fetching the submodules of \"with_submodule\""),
                             HasSubstr("lib"))));
  EXPECT_EQ(user_->Everything(), before);
}

TEST_F(CheckoutTest, NamesACommitThatIsNotThere) {
  for (const char* const ref : {"no_such", "--all", "", "HEAD:f"}) {
    EXPECT_THAT(Open().Resolve(ref),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         HasSubstr("no commit is called \"" + std::string(ref) + "\"")));
  }
}

TEST_F(CheckoutTest, KnowsACommitByEveryNameOfIt) {
  const auto second = Open().Resolve("second");
  ASSERT_OK(second);
  EXPECT_EQ(second->subject, "Commit second");
  for (const std::string& ref : {std::string("main"), std::string("HEAD"), second->id}) {
    EXPECT_EQ(Open().Resolve(ref)->id, second->id);
  }
  EXPECT_NE(Open().Resolve("HEAD~1")->id, second->id);
}

TEST_F(CheckoutTest, IsOfARepository) {
  const TempDir none;
  EXPECT_THAT(Repository::Open(none.path(), run_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("not a git repository")));
  EXPECT_THAT(Repository::Open(none.Path("missing"), run_),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("No such file")));
}

TEST_F(CheckoutTest, KnowsOfUncommittedChangesAndTouchesNothing) {
  const std::map<std::string, std::string> before = user_->Everything();
  EXPECT_TRUE(*Open().HasUncommittedChanges());
  EXPECT_EQ(user_->Everything(), before);
  user_->Git("reset -q --hard");
  EXPECT_FALSE(*Open().HasUncommittedChanges());  // what is untracked is no change
}

TEST_F(CheckoutTest, LooksAtChangesWithoutRefreshingTheIndex) {
  user_->Git("reset -q --hard");
  // As an editor that saves what it read: git would note the new time in the index.
  const std::filesystem::path file = user_->path() + "/f";
  std::filesystem::last_write_time(file,
                                   std::filesystem::last_write_time(file) - std::chrono::hours(1));
  const std::map<std::string, std::string> before = user_->Everything();
  EXPECT_FALSE(*Open().HasUncommittedChanges());
  EXPECT_EQ(user_->Everything(), before);
}

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
