#include "tests/repo/source_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "tests/support/temp_dir.h"

namespace loadline::repo {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

TEST(SourceTree, WithoutGitIsEveryFileButBuildFolders) {
  const testing::TempDir dir;
  dir.WriteFile("lib/a.cc", "int a;\n");
  dir.WriteFile("build/x/b.cc", "");
  dir.WriteFile("README.md", "Hello\n");
  EXPECT_THAT(ReadTree(dir.path()), ElementsAre(Field(&SourceFile::path, "README.md"),
                                                Field(&SourceFile::path, "lib/a.cc")));
}

TEST(SourceTree, WithGitLeavesOutWhatGitIgnores) {
  if (std::system("git --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "git is not installed";
  const testing::TempDir dir;
  dir.WriteFile(".gitignore", "scratch/\n");
  dir.WriteFile("it's here.md", "Hello\n");
  dir.WriteFile("scratch/b.cc", "");
  ASSERT_EQ(std::system(("git init -q " + dir.path()).c_str()), 0);
  EXPECT_THAT(ReadTree(dir.path()), ElementsAre(Field(&SourceFile::path, ".gitignore"),
                                                Field(&SourceFile::path, "it's here.md")));
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
