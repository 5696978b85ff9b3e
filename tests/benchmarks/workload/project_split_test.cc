#include "benchmarks/workload/project_split.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::workload {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Directories(const std::vector<ProjectFolder>& projects) {
  std::vector<std::string> directories;
  for (const ProjectFolder& project : projects) directories.push_back(project.directory);
  return directories;
}

TEST(SplitIntoProjects, KeepsASmallTreeWhole) {
  const std::vector<std::string> files = {"a/x.h", "b.h"};
  const auto projects = SplitIntoProjects(files, 1, 2);
  ASSERT_EQ(projects.size(), 1u);
  EXPECT_EQ(projects[0].directory, "");
  EXPECT_EQ(projects[0].files, files);
}

TEST(SplitIntoProjects, SplitsALargeFolderAndKeepsItsOwnFilesTogether) {
  const std::vector<std::string> files = {"a/1.h", "a/2.h", "b/1.h", "b/2.h", "x.h", "y.h"};
  EXPECT_THAT(Directories(SplitIntoProjects(files, 2, 2)), ElementsAre("a", "b", ""));
}

TEST(SplitIntoProjects, GivesTinyFoldersToTheFolderAbove) {
  const std::vector<std::string> files = {"a/1.h", "b/1.h", "b/2.h", "b/3.h", "x.h"};
  const auto projects = SplitIntoProjects(files, 2, 3);
  ASSERT_THAT(Directories(projects), ElementsAre("b", ""));
  EXPECT_THAT(projects[1].files, ElementsAre("a/1.h", "x.h"));
}

TEST(SplitIntoProjects, TellsFoldersApartWhoseNamesShareABeginning) {
  const std::vector<std::string> files = {"a-b/1.h", "a-b/2.h", "a/1.h", "a/2.h"};
  EXPECT_THAT(Directories(SplitIntoProjects(files, 2, 2)), ElementsAre("a-b", "a"));
}

TEST(SplitIntoProjects, LeavesAFlatFolderWhole) {
  const std::vector<std::string> files = {"a/1.h", "a/2.h", "a/3.h", "b/1.h"};
  const auto projects = SplitIntoProjects(files, 1, 2);
  ASSERT_THAT(Directories(projects), ElementsAre("a", "b"));
  EXPECT_EQ(projects[0].files.size(), 3u);
}

TEST(SplitIntoProjects, LeavesOutWhatIsTooLittle) {
  EXPECT_THAT(SplitIntoProjects({}, 1, 2), IsEmpty());
  const std::vector<std::string> one = {"x.h"};
  EXPECT_THAT(SplitIntoProjects(one, 2, 4), IsEmpty());
}

}  // namespace
}  // namespace loadline::workload
