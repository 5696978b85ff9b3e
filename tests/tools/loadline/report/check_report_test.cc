#include "tools/loadline/report/check_report.h"

#include <rapidjson/document.h>

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/loadline/report/golden_file.h"
#include "tools/loadline/report/sample_check.h"

namespace loadline::report {
namespace {

TEST(CheckReport, TextIsTheGolden) { ExpectGolden("check.txt", CheckAsText(SampleCheck(), false)); }
TEST(CheckReport, MarkdownIsTheGolden) { ExpectGolden("check.md", CheckAsMarkdown(SampleCheck())); }
TEST(CheckReport, JsonIsTheGolden) { ExpectGolden("check.json", CheckAsJson(SampleCheck())); }
TEST(CheckReport, JunitIsTheGolden) { ExpectGolden("check.xml", CheckAsJunit(SampleCheck())); }
TEST(CheckReport, SarifIsTheGolden) { ExpectGolden("check.sarif", CheckAsSarif(SampleCheck())); }
TEST(CheckReport, CsvIsTheGolden) { ExpectGolden("check.csv", CheckAsCsv(SampleCheck())); }

TEST(CheckReport, JsonKeepsANameThatNeedsEscaping) {
  limits::CheckVerdict verdict = SampleCheck();
  const std::string name = "a\"\\\n\x1b##[x]";
  verdict.limits[0].worst_benchmark = name;
  rapidjson::Document json;
  ASSERT_FALSE(json.Parse(CheckAsJson(verdict).c_str()).HasParseError());
  EXPECT_EQ(std::string(json["limits"][0]["worst_benchmark"].GetString()), name);
}

}  // namespace
}  // namespace loadline::report
