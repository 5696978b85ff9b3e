#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "support/temp_dir.h"
#include "tests/support/test_path.h"
#include "tests/tools/loadline/cli/tool_outcome.h"
#include "tools/loadline/cli/standard_input.h"

namespace loadline::cli {
namespace {

using ::loadline::testing::TempDir;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kPolicy[] = "[[limit]]\nbenchmarks = \"*\"\nrequire = \"max(x) < 10\"\n";
std::string ResultWith(const std::string& value) {
  return absl::StrCat(
      R"({"context":{"host_name":"example"},"benchmarks":[{"name":"a","iterations":1,"real_time":1,)",
      R"("cpu_time":1,"time_unit":"ns","x":)", value, "}]}");
}

class CheckCommand : public ::testing::Test {
 protected:
  Outcome CheckValue(const std::string& value, std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"check", dir_.WriteFile("r.json", ResultWith(value)),
                                     "--policy", dir_.WriteFile("p.toml", kPolicy)};
    args.insert(args.end(), more.begin(), more.end());
    return RunTool(args);
  }
  const TempDir dir_;
};

void ExpectGolden(const std::string& name, const std::string& text) {
  const std::string path = absl::StrCat(testing::TestPath("testdata"), "/", name);
  if (std::getenv("LOADLINE_UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream in(path);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(in), {})) << name;
}

TEST(Main, ExplainsCheckWithAnExampleAndTheExitCodes) {
  const Outcome outcome = RunTool({"check", "--help"});
  EXPECT_EQ(outcome.code, 0);
  ExpectGolden("check_help.txt", outcome.out);
}

TEST(Main, PrintsItsVersion) {
  const Outcome outcome = RunTool({"--version"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, StartsWith("loadline "));
}

TEST(Main, RefusesNoCommandAndUnknownOnesWithAHint) {
  EXPECT_EQ(RunTool({}).code, 2);
  const Outcome outcome = RunTool({"chekc"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean \"check\"?"));
}

TEST(Main, RefusesAnUnknownFlagWithAHint) {
  const Outcome outcome = RunTool({"check", "r.json", "--policy", "p.toml", "--fromat", "json"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean \"--format\"?"));
  EXPECT_THAT(outcome.out, IsEmpty());
}

TEST(Main, RefusesAnEscapeSequenceWithoutPrintingIt) {
  const Outcome outcome = RunTool({"check", "--\x1b[31m"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(outcome.err.find('\x1b'), std::string::npos);
}

TEST_F(CheckCommand, ReturnsTheDocumentedCodes) {
  EXPECT_EQ(CheckValue("9").code, 0);
  EXPECT_EQ(CheckValue("10").code, 1);
  EXPECT_EQ(CheckValue("NaN").code, 1);
  EXPECT_EQ(CheckValue("oops").code, 2);
  EXPECT_EQ(CheckValue("9,\"error_occurred\":true").code, 5);
}

TEST_F(CheckCommand, RefusesMissingAndWrongArguments) {
  EXPECT_EQ(RunTool({"check"}).code, 2);
  EXPECT_EQ(RunTool({"check", "r.json"}).code, 2);
  EXPECT_EQ(CheckValue("9", {"--format", "yaml"}).code, 2);
  EXPECT_EQ(CheckValue("9", {"--max-bytes", "0"}).code, 2);
  EXPECT_EQ(CheckValue("9", {"--policy", "other"}).code, 2);
}

TEST_F(CheckCommand, SaysWhichFileIsMissing) {
  const Outcome outcome =
      RunTool({"check", dir_.Path("none.json"), "--policy", dir_.WriteFile("p.toml", kPolicy)});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("none.json"));
}

TEST_F(CheckCommand, OneBadFileAmongGoodOnesIsNoPass) {
  EXPECT_EQ(CheckValue("9", {dir_.WriteFile("bad.json", "{")}).code, 2);
}

TEST_F(CheckCommand, ReadsEveryFileThatAPatternMatches) {
  dir_.WriteFile("run.1.json", ResultWith("9"));
  dir_.WriteFile("run.2.json", ResultWith("10"));
  const std::string policy = dir_.WriteFile("p.toml", kPolicy);
  const Outcome outcome = RunTool({"check", dir_.Path("run.*.json"), "--policy", policy});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("run.1.json"));
  EXPECT_THAT(outcome.out, HasSubstr("run.2.json"));
}

TEST_F(CheckCommand, NamesThePatternThatMatchesNothing) {
  const Outcome outcome =
      RunTool({"check", dir_.Path("*.json"), "--policy", dir_.WriteFile("p.toml", kPolicy)});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("no file matches"));
}

TEST_F(CheckCommand, JudgesEveryDocumentOfAConcatenatedFile) {
  const std::string both =
      dir_.WriteFile("both.json", absl::StrCat(ResultWith("9"), "\n", ResultWith("10")));
  const std::string policy = dir_.WriteFile("p.toml", kPolicy);
  const Outcome outcome = RunTool({"check", both, "--policy", policy});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_THAT(outcome.out, HasSubstr("both.json (document 2)"));
}

TEST_F(CheckCommand, ReadsStandardInput) {
  const std::string piped = dir_.WriteFile("piped.json", ResultWith("10"));
  const std::string policy = dir_.WriteFile("p.toml", kPolicy);
  const StandardInput input(piped);
  const Outcome outcome = RunTool({"check", "-", "--policy", policy});
  EXPECT_EQ(outcome.code, 1) << outcome.err;
}

TEST_F(CheckCommand, ObeysMaxBytes) {
  const Outcome outcome = CheckValue("9", {"--max-bytes", "20"});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("want at most 20"));
}

TEST_F(CheckCommand, WritesTheVerdictToAFile) {
  const Outcome outcome = CheckValue("9", {"--out", dir_.Path("v.json"), "--format", "json"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(dir_.ReadFile("v.json"), HasSubstr("\"loadline.check.1\""));
}

TEST_F(CheckCommand, LeavesNoVerdictWhenTheInputIsBad) {
  dir_.WriteFile("v.json", "old");
  EXPECT_EQ(CheckValue("oops", {"--out", dir_.Path("v.json")}).code, 2);
  EXPECT_EQ(dir_.ReadFile("v.json"), "old");
}

TEST_F(CheckCommand, NeverOverwritesAnInput) {
  const Outcome outcome = CheckValue("9", {"--out", dir_.Path("r.json")});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("is an input"));
  EXPECT_EQ(dir_.ReadFile("r.json"), ResultWith("9"));
}

TEST_F(CheckCommand, DoesNotReplaceTheFileThatStandardInputReads) {
  const std::string piped = dir_.WriteFile("piped.json", ResultWith("9"));
  const std::string policy = dir_.WriteFile("p.toml", kPolicy);
  const StandardInput input(piped);
  const Outcome outcome = RunTool({"check", "-", "--policy", policy, "--out", piped});
  EXPECT_EQ(outcome.code, 2);
  EXPECT_THAT(outcome.err, HasSubstr("is an input of this command"));
  EXPECT_EQ(dir_.ReadFile("piped.json"), ResultWith("9"));
}

TEST_F(CheckCommand, RefusesStandardInputTwice) {
  EXPECT_EQ(RunTool({"check", "-", "-", "--policy", dir_.WriteFile("p.toml", kPolicy)}).code, 2);
}

TEST_F(CheckCommand, NeverRunsWhatItReads) {
  const std::string trace = dir_.Path("was-run");
  const std::string script =
      dir_.WriteFile("r.json", absl::StrCat("#!/bin/sh\ntouch ", trace, "\n"));
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  EXPECT_EQ(RunTool({"check", script, "--policy", dir_.WriteFile("p.toml", kPolicy)}).code, 2);
  EXPECT_FALSE(std::filesystem::exists(trace));
}

TEST_F(CheckCommand, GivesTheSameBytesForTheSameInput) {
  for (const char* format : {"text", "markdown", "json", "junit", "sarif", "csv"}) {
    EXPECT_EQ(CheckValue("9", {"--format", format}).out, CheckValue("9", {"--format", format}).out);
  }
}

}  // namespace
}  // namespace loadline::cli
