#include "tests/repo/source_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/temp_dir.h"

namespace loadline::repo {
namespace {

using ::testing::ElementsAre;

// What of a folder is looked at.
class SourceTreeTest : public ::testing::Test {
 protected:
  SourceTreeTest() {
    dir_.WriteFile("CMakeLists.txt", "");
    dir_.WriteFile("lib/it's a.cc", "int a;\n");
    dir_.WriteFile("docs/page.md", "Hello\n");
  }
  ~SourceTreeTest() override {
    for (const char* const name :
         {"GIT_DIR", "GIT_INDEX_FILE", "GIT_TEST_ASSUME_DIFFERENT_OWNER"}) {
      ::unsetenv(name);
    }
  }

  // Files that commands leave behind in a checkout.
  void LeaveBehind() const {
    for (const char* const file : {"check.log", "out.txt", "report.md", "try.cc", "docs/r.json",
                                   "out/CMakeCache.txt", "out/deep/made.cc", "build/x/b.cc"}) {
      dir_.WriteFile(file, "\t");
    }
  }
  static bool HasGit() { return std::system("git --version >/dev/null 2>&1") == 0; }
  static bool Git(const testing::TempDir& dir, const std::string& words) {
    const std::string command = "cd '" + dir.path() +
                                "' && unset $(git rev-parse --local-env-vars) && git " + words +
                                " >/dev/null 2>&1";
    return std::system(command.c_str()) == 0;
  }
  std::vector<std::string> Paths() const {
    std::vector<std::string> paths;
    for (const SourceFile& file : ReadTree(dir_.path())) paths.push_back(file.path);
    return paths;
  }

  const testing::TempDir dir_;
};

TEST_F(SourceTreeTest, WithoutGitIsTheSourcesAndNotWhatCommandsLeave) {
  dir_.WriteFile("README.md", "");
  LeaveBehind();
  EXPECT_THAT(Paths(), ElementsAre("CMakeLists.txt", "docs/page.md", "lib/it's a.cc"));
}

TEST_F(SourceTreeTest, IsWhatGitTracksWhateverItsName) {
  if (!HasGit()) GTEST_SKIP() << "needs git";
  dir_.WriteFile("LICENSE", "");
  dir_.WriteFile("tools/check", "");
  dir_.WriteFile("lib/gone.cc", "");
  ASSERT_TRUE(Git(dir_, "init -q") && Git(dir_, "add -A"));
  std::filesystem::remove(dir_.Path("lib/gone.cc"));
  EXPECT_THAT(Paths(), ElementsAre("CMakeLists.txt", "LICENSE", "docs/page.md", "lib/it's a.cc",
                                   "tools/check"));
}

TEST_F(SourceTreeTest, HasSourcesThatAreNotAddedYetAndNotWhatCommandsLeaveOrGitIgnores) {
  if (!HasGit()) GTEST_SKIP() << "needs git";
  dir_.WriteFile(".gitignore", "scratch/\n");
  ASSERT_TRUE(Git(dir_, "init -q") && Git(dir_, "add -A"));
  LeaveBehind();
  dir_.WriteFile("lib/room/new.h", "");
  dir_.WriteFile("lib/room/CMakeLists.txt", "");
  dir_.WriteFile("scratch/b.cc", "");
  EXPECT_THAT(Paths(), ElementsAre(".gitignore", "CMakeLists.txt", "docs/page.md", "lib/it's a.cc",
                                   "lib/room/CMakeLists.txt", "lib/room/new.h"));
}

TEST_F(SourceTreeTest, IsOfItsOwnCheckoutInTheHookOfAnother) {
  if (!HasGit()) GTEST_SKIP() << "needs git";
  const testing::TempDir other;
  other.WriteFile("other.md", "");
  ASSERT_TRUE(Git(other, "init -q") && Git(other, "add -A"));
  dir_.WriteFile("LICENSE", "");
  ASSERT_TRUE(Git(dir_, "init -q") && Git(dir_, "add -A"));
  ::setenv("GIT_DIR", other.Path(".git").c_str(), 1);
  ::setenv("GIT_INDEX_FILE", other.Path(".git/index").c_str(), 1);
  EXPECT_THAT(Paths(), ElementsAre("CMakeLists.txt", "LICENSE", "docs/page.md", "lib/it's a.cc"));
}

TEST_F(SourceTreeTest, IsOfACheckoutThatBelongsToAnotherUser) {
  if (!HasGit()) GTEST_SKIP() << "needs git";
  dir_.WriteFile("LICENSE", "");
  ASSERT_TRUE(Git(dir_, "init -q") && Git(dir_, "add -A"));
  ::setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1", 1);  // git's own means to test that
  EXPECT_THAT(Paths(), ElementsAre("CMakeLists.txt", "LICENSE", "docs/page.md", "lib/it's a.cc"));
}

TEST_F(SourceTreeTest, IsOfAWorktreeOrASubmoduleWhoseGitFolderLiesElsewhere) {
  if (!HasGit()) GTEST_SKIP() << "needs git";
  const testing::TempDir elsewhere;
  dir_.WriteFile("LICENSE", "");
  ASSERT_TRUE(Git(dir_, "init -q --separate-git-dir '" + elsewhere.Path("git") + "'") &&
              Git(dir_, "add -A"));
  ASSERT_TRUE(std::filesystem::is_regular_file(dir_.Path(".git")));
  EXPECT_THAT(Paths(), ElementsAre("CMakeLists.txt", "LICENSE", "docs/page.md", "lib/it's a.cc"));
}

TEST_F(SourceTreeTest, IsOfTheDiskWhereGitsFolderIsGone) {
  dir_.WriteFile(".git", "gitdir: nowhere\n");
  EXPECT_THAT(Paths(), ElementsAre("CMakeLists.txt", "docs/page.md", "lib/it's a.cc"));
}

TEST(CodeOnly, BlanksCommentsAndTheInsidesOfStrings) {
  EXPECT_EQ(CodeOnly("a; // new\nb /* x\ny */ c"), "a;       \nb     \n     c");
  EXPECT_EQ(CodeOnly(R"(f("a\"b", 'c', 1'000);)"), R"(f("    ", ' ', 1'000);)");
  EXPECT_EQ(CodeOnly("R\"x(a)\" )x\" b"), "R\"          b");
}

TEST(CodeOnly, KeepsTheNamesInIncludeLines) {
  EXPECT_EQ(CodeOnly("#include \"a/b.h\"\nf(\"a\");"), "#include \"a/b.h\"\nf(\" \");");
}

TEST(HasWord, WantsAWholeIdentifier) {
  EXPECT_TRUE(HasWord("x = new T;", "new"));
  EXPECT_FALSE(HasWord("renew news", "new"));
  EXPECT_TRUE(HasWord("renew new", "new"));
  EXPECT_TRUE(HasWord("std::jthread t;", "std::jthread"));
}

TEST(IsWithin, DoesNotTakeALongerNameForTheFolder) {
  EXPECT_TRUE(IsWithin("lib/stowage/vector/a.cc", "lib/stowage"));
  EXPECT_TRUE(IsWithin("lib/a.cc", "lib/a.cc"));
  EXPECT_FALSE(IsWithin("lib/stowage2/a.cc", "lib/stowage"));
}

}  // namespace
}  // namespace loadline::repo
