#include "tools/loadline/branches/suite_finder.h"

#include <string>
#include <vector>

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
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

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

}  // namespace
}  // namespace loadline::branches
