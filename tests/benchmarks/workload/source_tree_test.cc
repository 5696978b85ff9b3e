#include "benchmarks/workload/source_tree.h"

#include <filesystem>
#include <string>

#include "benchmarks/workload/source_language.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline::workload {
namespace {

using ::loadline::testing::IsOk;
using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LanguageOfPath, GoesByExtension) {
  EXPECT_EQ(LanguageOfPath("a/b.h"), "c-header");
  EXPECT_EQ(LanguageOfPath("a/b.hpp"), "cpp-header");
  EXPECT_EQ(LanguageOfPath("a/b.tcc"), "cpp-header");
  EXPECT_EQ(LanguageOfPath("a/b.c"), "c");
  EXPECT_EQ(LanguageOfPath("a/b.cc"), "cpp");
  EXPECT_EQ(LanguageOfPath("a/b.py"), "");
  EXPECT_EQ(LanguageOfPath("a.h/b"), "");
}

TEST(LanguageOfPath, KnowsStandardHeadersWithoutExtension) {
  EXPECT_EQ(LanguageOfPath("c++/12/vector"), "cpp-header");
  EXPECT_EQ(LanguageOfPath("other/vector"), "");
  EXPECT_EQ(LanguageOfPath("c++"), "");
}

TEST(ListSourceTree, ListsSourceFilesInByteOrder) {
  const TempDir dir;
  for (const char* file : {"b/z.cc", "b/a.h", "a.c", "read.me", ".git/x.h", "b/.hidden.h"}) {
    dir.WriteFile(file, "x");
  }
  const auto tree = ListSourceTree(dir.path());
  ASSERT_THAT(tree, IsOk());
  EXPECT_THAT(tree->files, ElementsAre("a.c", "b/a.h", "b/z.cc"));
  EXPECT_EQ(tree->directories.size(), 2u);
}

TEST(ListSourceTree, FollowsNoLinkBelowTheRoot) {
  const TempDir outside;
  const std::string secret = outside.WriteFile("secret.h", "x");
  const TempDir dir;
  dir.WriteFile("a.h", "x");
  std::filesystem::create_symlink(secret, dir.Path("link.h"));
  std::filesystem::create_directory_symlink(outside.path(), dir.Path("folder"));
  std::filesystem::create_directory_symlink(dir.path(), dir.Path("loop"));
  const auto tree = ListSourceTree(dir.path());
  ASSERT_THAT(tree, IsOk());
  EXPECT_THAT(tree->files, ElementsAre("a.h"));
}

TEST(ListSourceTree, MayBeReachedThroughALink) {
  const TempDir dir;
  dir.WriteFile("real/a.h", "x");
  std::filesystem::create_directory_symlink(dir.Path("real"), dir.Path("link"));
  const auto tree = ListSourceTree(dir.Path("link"));
  ASSERT_THAT(tree, IsOk());
  EXPECT_EQ(tree->root, dir.Path("real"));
  EXPECT_THAT(tree->files, ElementsAre("a.h"));
}

TEST(ListSourceTree, NamesARootThatIsNotThereOrNotAFolder) {
  const TempDir dir;
  EXPECT_THAT(ListSourceTree(dir.Path("none")),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("none")));
  EXPECT_THAT(ListSourceTree(dir.WriteFile("file.h", "x")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("file.h")));
}

TEST(ReadSourceFile, ReadsBytesAsTheyAre) {
  const TempDir dir;
  const std::string bytes("a\0\xFF\r\n", 5);
  const auto text = ReadSourceFile(dir.WriteFile("a.h", bytes), 100);
  ASSERT_THAT(text, IsOk());
  EXPECT_EQ(text->bytes, bytes);
  EXPECT_EQ(text->watched.size, 5u);
}

TEST(ReadSourceFile, RefusesLargeFilesLinksAndFolders) {
  const TempDir dir;
  const std::string file = dir.WriteFile("sub/a.h", "12345");
  std::filesystem::create_symlink(file, dir.Path("link.h"));
  EXPECT_THAT(ReadSourceFile(file, 4),
              StatusIs(absl::StatusCode::kOutOfRange, HasSubstr("5 bytes")));
  EXPECT_FALSE(ReadSourceFile(dir.Path("link.h"), 100).ok());
  EXPECT_FALSE(ReadSourceFile(dir.Path("sub"), 100).ok());
}

}  // namespace
}  // namespace loadline::workload
