#include "tools/loadline/branches/project_folder.h"

#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace loadline::branches {
namespace {

using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;

// A checkout whose projects are at no top, with something beside it.
class ProjectFolderTest : public ::testing::Test {
 protected:
  ProjectFolderTest() {
    dir_.WriteFile("beside/CMakeLists.txt", "");
    dir_.WriteFile("src/native/CMakeLists.txt", "");
    dir_.WriteFile("src/native/core/CMakeLists.txt", "");
    dir_.WriteFile("src/lang/c++ part/CMakeLists.txt", "");
    dir_.WriteFile("src/docs/page.md", "");
  }
  absl::StatusOr<std::string> Find(const std::string& within) const {
    return ProjectFolder(dir_.Path("src"), within);
  }
  bool Finds(const std::string& within, const std::string& folder) const {
    const auto found = Find(within);
    EXPECT_OK(found);
    return found.ok() && std::filesystem::equivalent(*found, dir_.Path("src/" + folder));
  }

  const TempDir dir_;
};

TEST_F(ProjectFolderTest, IsWhereTheUserSays) {
  EXPECT_TRUE(Finds("native", "native"));
  EXPECT_TRUE(Finds("./native/", "native"));
  EXPECT_TRUE(Finds("docs/../lang/c++ part", "lang/c++ part"));
}

TEST_F(ProjectFolderTest, IsTheTopWhereNothingIsSaid) {
  dir_.WriteFile("src/CMakeLists.txt", "");
  EXPECT_TRUE(Finds("", "."));
  EXPECT_TRUE(Finds(".", "."));
}

TEST_F(ProjectFolderTest, FollowsALinkOfTheRepositoryToAFolderOfIt) {
  std::filesystem::create_directory_symlink("native", dir_.Path("src/linked"));
  EXPECT_TRUE(Finds("linked", "native"));
}

TEST_F(ProjectFolderTest, DoesNotLeaveTheRepository) {
  std::filesystem::create_directory_symlink(dir_.Path("beside"), dir_.Path("src/out"));
  for (const std::string& outside :
       {std::string("../beside"), std::string("native/../../beside"), dir_.Path("beside"),
        std::string("out"), std::string(".."), std::string("/")}) {
    EXPECT_THAT(Find(outside),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("outside the repository")))
        << outside;
  }
}

TEST_F(ProjectFolderTest, NamesTheUppermostFoldersWithAProjectWhereThereIsNone) {
  for (const char* const wrong : {"", "docs", "no_such", "native/CMakeLists.txt"}) {
    EXPECT_THAT(Find(wrong),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr("no CMakeLists.txt"), HasSubstr(wrong),
                               HasSubstr("--source-dir"), EndsWith(": lang/c++ part, native"))));
  }
}

TEST_F(ProjectFolderTest, NamesTheTopFirstAndOfManyFoldersTwenty) {
  dir_.WriteFile("src/CMakeLists.txt", "");
  for (int i = 0; i < 30; ++i) dir_.WriteFile(absl::StrCat("src/z", i, "/CMakeLists.txt"), "");
  EXPECT_THAT(Find("docs"), StatusIs(absl::StatusCode::kInvalidArgument,
                                     AllOf(HasSubstr(": ., lang/c++ part, native, z0, "),
                                           EndsWith(", and 13 more"))));
}

TEST_F(ProjectFolderTest, SaysThatNoFolderHasAProject) {
  EXPECT_THAT(ProjectFolder(dir_.Path("src/docs"), ""),
              StatusIs(absl::StatusCode::kInvalidArgument, EndsWith(": none")));
}

}  // namespace
}  // namespace loadline::branches
