#include "tools/loadline/branches/cmake_project.h"

#include <sys/stat.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/variable.h"

namespace loadline::branches {
namespace {

using ::loadline::testing::StatusIs;
using ::loadline::testing::TempDir;
using ::loadline::testing::Variable;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

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

constexpr char kReply[] = ".cmake/api/v1/reply/";

void WriteReply(const TempDir& dir, const std::string& file, const std::string& json) {
  dir.WriteFile(kReply + file, json);
}

// A project with one target, which links `library`.
void DescribeTarget(const TempDir& dir, const std::string& library,
                    const std::string& type = "EXECUTABLE") {
  WriteReply(dir, "codemodel-v2-1.json",
             R"({"configurations": [{"name": "", "targets": [{"jsonFile": "t.json"}]}]})");
  WriteReply(dir, "t.json",
             absl::StrCat(R"({"name": "t", "type": ")", type,
                          R"(", "nameOnDisk": "t.out", "artifacts": [{"path": "bin/t.out"}],
                              "link": {"commandFragments": [{"role": "libraries", "fragment": ")",
                          library, R"("}]}})"));
}

bool Links(const std::string& library) {
  const TempDir dir;
  DescribeTarget(dir, library);
  const auto found = ReadExecutables(dir.path(), "Release");
  EXPECT_OK(found);
  return found->at(0).links_benchmark;
}

TEST(SuiteFinder, KnowsGoogleBenchmarksLibraryByItsName) {
  for (const char* const library :
       {"/lib/libbenchmark.so.1.7.1", "/lib/libbenchmark_main.a", "_deps/libbenchmark.a",
        "-lbenchmark", "C:/x/benchmark.lib", "libbenchmarkd.a"}) {
    EXPECT_TRUE(Links(library)) << library;
  }
  for (const char* const library :
       {"libmybenchmark.a", "/benchmark/libx.a", "libbenchmarks.a", "benchmark/", "-lx", ""}) {
    EXPECT_FALSE(Links(library)) << library;
  }
}

TEST(SuiteFinder, SaysWhereTheProgramWillBe) {
  const TempDir dir;
  DescribeTarget(dir, "x");
  const auto found = ReadExecutables(dir.path(), "Release");
  ASSERT_OK(found);
  ASSERT_THAT(*found, SizeIs(1));
  EXPECT_EQ(found->front().target, "t");
  EXPECT_EQ(found->front().path, dir.Path("bin/t.out"));
}

TEST(SuiteFinder, TakesProgramsAlone) {
  const TempDir dir;
  DescribeTarget(dir, "libbenchmark.a", "SHARED_LIBRARY");
  EXPECT_THAT(*ReadExecutables(dir.path(), "Release"), IsEmpty());
}

TEST(SuiteFinder, TakesTheConfigurationThatIsAskedFor) {
  const TempDir dir;
  DescribeTarget(dir, "x");
  WriteReply(dir, "codemodel-v2-1.json",
             R"({"configurations": [{"name": "Debug", "targets": []},
                                    {"name": "Release", "targets": [{"jsonFile": "t.json"}]}]})");
  EXPECT_THAT(*ReadExecutables(dir.path(), "Release"), SizeIs(1));
  EXPECT_THAT(*ReadExecutables(dir.path(), "Debug"), IsEmpty());
}

TEST(SuiteFinder, SaysThatThereIsNoDescription) {
  const TempDir dir;
  EXPECT_THAT(ReadExecutables(dir.path(), "Release"),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("3.14")));
}

TEST(SuiteFinder, SurvivesADescriptionThatIsNone) {
  const TempDir dir;
  for (const char* const json :
       {"", "{", "[]", "null", "{\"configurations\": 1}", "{\"configurations\": [1]}",
        "{\"configurations\": [{\"targets\": [{\"jsonFile\": \"../../x\"}, {}, 1]}]}"}) {
    WriteReply(dir, "codemodel-v2-1.json", json);
    const auto found = ReadExecutables(dir.path(), "Release");
    if (found.ok()) {
      EXPECT_THAT(*found, IsEmpty()) << json;
    }
  }
}

TEST(SuiteFinder, ReadsNoFileOutsideTheDescription) {
  const TempDir dir;
  DescribeTarget(dir, "x");
  WriteReply(dir, "deeper/t.json", dir.ReadFile(absl::StrCat(kReply, "t.json")));
  WriteReply(dir, "codemodel-v2-1.json",
             R"({"configurations": [{"targets": [{"jsonFile": "deeper/t.json"}]}]})");
  EXPECT_THAT(*ReadExecutables(dir.path(), "Release"), IsEmpty());
}

TEST(ChooseSuite, TakesTheOnlyOneThatLinksGoogleBenchmark) {
  const auto suite = ChooseSuite({{"app", "a", false}, {"bench", "b", true}}, "");
  ASSERT_OK(suite);
  EXPECT_EQ(suite->target, "bench");
}

TEST(ChooseSuite, ListsSeveralAndTakesTheOneThatIsNamed) {
  const std::vector<Executable> two = {{"one", "1", true}, {"two", "2", true}, {"app", "a", false}};
  EXPECT_THAT(ChooseSuite(two, ""), StatusIs(absl::StatusCode::kInvalidArgument,
                                             AllOf(HasSubstr("--target"), HasSubstr("one, two"))));
  EXPECT_EQ(ChooseSuite(two, "two")->path, "2");
  EXPECT_EQ(ChooseSuite(two, "app")->path, "a");
}

TEST(ChooseSuite, NamesWhatThereIsWhereNothingFits) {
  EXPECT_THAT(ChooseSuite({{"app", "a", false}}, ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("there are: app")));
  EXPECT_THAT(ChooseSuite({{"app", "a", false}}, "bench"),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr("\"bench\""), HasSubstr("there are: app"))));
  EXPECT_THAT(ChooseSuite({}, ""),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("there are: none")));
}

// A machine with a cmake that says what it is asked for and fails, and with nothing else but
// `programs`.
absl::Status ConfigureWhereThereIs(const std::vector<std::string>& programs,
                                   const BuildOptions& options = {}) {
  const TempDir bin, dir;
  const auto write = [&](const std::string& name, const std::string& script) {
    ::chmod(bin.WriteFile(name, "#!/bin/sh\n" + script).c_str(), 0700);
  };
  write("cmake", "echo \"generator: $CMAKE_GENERATOR; arguments: $*;\"; exit 1\n");
  for (const std::string& program : programs) write(program, "");
  const Variable path("PATH", bin.path().c_str());
  dir.WriteFile("src/CMakeLists.txt", "");
  LoggedRun run(dir.Path("log"));
  return Configure("side", dir.path(), options, run).status();
}

TEST(Build, TakesTheGeneratorWhoseProgramIsThereNinjaFirst) {
  const Variable none("CMAKE_GENERATOR", nullptr);
  const auto takes = [](const std::string& generator) {
    return StatusIs(absl::StatusCode::kFailedPrecondition,
                    AllOf(HasSubstr("generator: " + generator + ";"), Not(HasSubstr("install"))));
  };
  EXPECT_THAT(ConfigureWhereThereIs({"make", "ninja"}), takes("Ninja"));
  EXPECT_THAT(ConfigureWhereThereIs({"ninja"}), takes("Ninja"));
  EXPECT_THAT(ConfigureWhereThereIs({"samu"}), takes("Ninja"));
  EXPECT_THAT(ConfigureWhereThereIs({"make"}), takes("Unix Makefiles"));
  EXPECT_THAT(ConfigureWhereThereIs({"gmake"}), takes("Unix Makefiles"));
}

TEST(Build, LeavesTheGeneratorOfTheEnvironmentAndTheUsersArgumentsAlone) {
  const Variable chosen("CMAKE_GENERATOR", "Ninja Multi-Config");
  EXPECT_THAT(ConfigureWhereThereIs({"make"}, {.configure_args = {"-G", "Chosen"}}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("generator: Ninja Multi-Config;"), HasSubstr("-G Chosen;"),
                             Not(HasSubstr("Makefiles")))));
}

TEST(Build, SaysWhatToInstallWhereNoGeneratorsProgramIsThere) {
  const Variable none("CMAKE_GENERATOR", nullptr);
  EXPECT_THAT(ConfigureWhereThereIs({}),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("configuring side"), HasSubstr("generator: ;"),
                             HasSubstr("Neither ninja nor make is on the PATH: install one"))));
}

}  // namespace
}  // namespace loadline::branches
