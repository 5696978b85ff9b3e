#include "tools/loadline/cli/input_paths.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/temp_dir.h"

namespace loadline::cli {
namespace {

using ::loadline::testing::TempDir;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(ExpandInputPaths, TurnsAPatternIntoItsFilesByName) {
  const TempDir dir;
  for (const char* name : {"b.2.json", "b.10.json", "a.json"}) dir.WriteFile(name, "");
  const auto paths = ExpandInputPaths("--base", {dir.Path("b.*.json"), dir.Path("a.json")});
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_THAT(*paths, ElementsAre(dir.Path("b.10.json"), dir.Path("b.2.json"), dir.Path("a.json")));
}

TEST(ExpandInputPaths, TakesAnExistingFileByItsNameWhateverItHolds) {
  const TempDir dir;
  dir.WriteFile("a[1].json", "");
  dir.WriteFile("a1.json", "");
  const auto paths = ExpandInputPaths("--base", {dir.Path("a[1].json")});
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_THAT(*paths, ElementsAre(dir.Path("a[1].json")));
}

TEST(CheckReadOnce, RefusesAPipeUnderTwoNamesAndTakesTheRest) {
  const TempDir dir;
  const std::string pipe = dir.Path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  std::filesystem::create_symlink("pipe", dir.Path("link"));
  const std::string file = dir.WriteFile("a.json", "");
  EXPECT_TRUE(CheckReadOnce({pipe, file, file, "none.json", "none.json", "-"}).ok());
  EXPECT_THAT(CheckReadOnce({pipe, file, dir.Path("link")}).message(),
              HasSubstr("a pipe, which can be read once only"));
  EXPECT_THAT(CheckReadOnce({"-", file, "-"}).message(), HasSubstr("once only"));
}

TEST(ExpandInputPaths, LeavesPlainPathsToWhoeverOpensThem) {
  const auto paths = ExpandInputPaths("--base", {"-", "none.json"});
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_THAT(*paths, ElementsAre("-", "none.json"));
}

TEST(ExpandInputPaths, TakesAFileOnceHoweverManyPatternsItMatches) {
  const TempDir dir;
  for (const char* name : {"a.json", "b.json"}) dir.WriteFile(name, "");
  const auto paths = ExpandInputPaths("--base", {dir.Path("a.*"), dir.Path("*.json")});
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_THAT(*paths, ElementsAre(dir.Path("a.json"), dir.Path("b.json")));
}

TEST(ExpandInputPaths, TakesAFileOnceUnderWhicheverNameItComesFirst) {
  const TempDir dir;
  dir.WriteFile("a.json", "");
  std::filesystem::create_symlink(dir.Path("a.json"), dir.Path("latest.json"));
  std::filesystem::create_hard_link(dir.Path("a.json"), dir.Path("z.json"));
  const auto paths = ExpandInputPaths("--base", {dir.Path("*.json")});
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_THAT(*paths, ElementsAre(dir.Path("a.json")));
}

TEST(ExpandInputPaths, LeavesOutTheMatchThatIsNamedAsWell) {
  const TempDir dir;
  for (const char* name : {"a.json", "b.json"}) dir.WriteFile(name, "");
  const auto paths = ExpandInputPaths("--base", {dir.Path("*.json"), dir.Path("a.json")});
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_THAT(*paths, ElementsAre(dir.Path("b.json"), dir.Path("a.json")));
}

TEST(ExpandInputPaths, KeepsWhatIsNamedTwiceForTheJudgeToRefuse) {
  const TempDir dir;
  const std::string path = dir.WriteFile("a.json", "");
  const auto paths = ExpandInputPaths("--base", {path, path});
  ASSERT_TRUE(paths.ok()) << paths.status();
  EXPECT_THAT(*paths, ElementsAre(path, path));
}

TEST(ExpandInputPaths, NamesThePatternThatMatchesNothing) {
  const auto paths = ExpandInputPaths("--new", {"none/*.json"});
  EXPECT_EQ(paths.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(paths.status().message()), HasSubstr("--new \"none/*.json\""));
}

}  // namespace
}  // namespace loadline::cli
