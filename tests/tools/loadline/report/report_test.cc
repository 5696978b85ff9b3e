#include "tools/loadline/report/report.h"

#include <rapidjson/document.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/tools/loadline/report/golden_file.h"
#include "tests/tools/loadline/report/sample_check.h"
#include "tests/tools/loadline/report/sample_comparison.h"
#include "tools/loadline/report/compare_prose.h"
#include "tools/loadline/report/markdown_parts.h"
#include "tools/loadline/report/report_parts.h"

namespace loadline::report {
namespace {

using compare::CompareVerdict;
using compare::Finding;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Benchmarks "B/0000", ... of one finding, sorted by name.
CompareVerdict Many(size_t count, Finding finding) {
  CompareVerdict verdict = SampleComparison();
  verdict.benchmarks.clear();
  for (size_t i = 0; i < count; ++i) {
    verdict.benchmarks.push_back(SampleTimed(absl::StrCat("B/", 10'000 + i), finding, 100, 130));
  }
  return verdict;
}

size_t LinesWith(const std::string& text, absl::string_view word) {
  size_t lines = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) lines += absl::StrContains(line, word);
  return lines;
}

TEST(CheckReport, IsTheGoldenInEveryFormat) {
  const limits::CheckVerdict check = SampleCheck();
  ExpectGolden("check.txt", AsText(check, {}));
  ExpectGolden("check.md", AsMarkdown(check));
  ExpectGolden("check.json", AsJson(check));
  ExpectGolden("check.xml", AsJunit(check));
  ExpectGolden("check.sarif", AsSarif(check));
  ExpectGolden("check.csv", AsCsv(check));
}

TEST(CheckReport, JsonKeepsANameThatNeedsEscaping) {
  limits::CheckVerdict verdict = SampleCheck();
  const std::string name = "a\"\\\n\x1b##[x]";
  verdict.limits[0].worst_benchmark = name;
  rapidjson::Document json;
  ASSERT_FALSE(json.Parse(AsJson(verdict).c_str()).HasParseError());
  EXPECT_EQ(std::string(json["limits"][0]["worst_benchmark"].GetString()), name);
}

TEST(CompareReport, IsTheGoldenInEveryFormat) {
  const CompareVerdict comparison = SampleComparison();
  ExpectGolden("compare.txt", AsText(comparison, {}));
  ExpectGolden("compare.md", AsMarkdown(comparison));
  ExpectGolden("compare.json", AsJson(comparison));
  ExpectGolden("compare.xml", AsJunit(comparison));
  ExpectGolden("compare.sarif", AsSarif(comparison));
  ExpectGolden("compare.csv", AsCsv(comparison));
}

TEST(CompareReport, EveryFormatHasTheLimitsThatTheCheckReportHas) {
  CompareVerdict verdict = SampleComparison();
  verdict.limits = SampleCheck();
  for (Format format : {Format::kText, Format::kMarkdown, Format::kJson, Format::kJunit,
                        Format::kSarif, Format::kCsv}) {
    const std::string text = absl::StrReplaceAll(Render(verdict, format), {{"\\", ""}});
    for (const limits::LimitVerdict& limit : verdict.limits->limits) {
      EXPECT_THAT(text, HasSubstr(limit.required().substr(0, limit.required().find(')'))));
    }
  }
}

TEST(CompareRows, PutWhatIsWorstFirst) {
  const CompareVerdict verdict = SampleComparison();
  std::vector<std::string> names;
  for (const CompareRow& row : RowsOf(verdict)) {
    names.push_back(absl::StrCat(CellsOf(verdict, row).verdict, " ", row.benchmark->name));
  }
  EXPECT_THAT(names, ElementsAre("REGRESSED Sort/n:1000", "FAILED Mix/Crash", "MISSING Mix/Gone",
                                 "OPEN Mix/Noisy", "NEW Mix/New", "IMPROVED Fast/n:1",
                                 "regressed Fast/n:1", "SAME Same", "SAME Sort/n:1000"));
}

TEST(CompareRows, PutTheLargerLossFirst) {
  CompareVerdict verdict = SampleComparison();
  verdict.benchmarks = {SampleTimed("A", Finding::kRegressed, 100, 120),
                        SampleTimed("B", Finding::kRegressed, 100, 150),
                        SampleTimed("C", Finding::kRegressed, 100, 60)};
  verdict.benchmarks[2].changes[0].direction = policy::Direction::kHigherIsBetter;
  std::vector<std::string> names;
  for (const CompareRow& row : RowsOf(verdict)) names.push_back(row.benchmark->name);
  EXPECT_THAT(names, ElementsAre("B", "C", "A"));
}

TEST(FormatChange, ShowsOnWhichSideOfTheMarginAChangeIs) {
  EXPECT_EQ(FormatChange(0.284, 0.05), "+28.4 %");
  EXPECT_EQ(FormatChange(-0.0512, 0.05), "-5.12 %");
  EXPECT_EQ(FormatChange(1.5, 0.05), "+150 %");
  EXPECT_EQ(FormatChange(0.0500004, 0.05), "+5.00004 %");
  EXPECT_EQ(FormatChange(0.0499996, 0.05), "+4.99996 %");
  EXPECT_EQ(FormatChange(0, 0.05), "+0.00 %");
  EXPECT_EQ(FormatChange(HUGE_VAL, 0.05), "+inf");
}

TEST(CompareText, FoldsALongTableAndSaysHowToUnfoldIt) {
  const CompareVerdict verdict = Many(100, Finding::kSame);
  const std::string text = AsText(verdict, {});
  EXPECT_EQ(LinesWith(text, "B/10"), 40);
  EXPECT_THAT(text, HasSubstr("60 more rows are folded (60 SAME); --all shows the rest\n"));
  EXPECT_EQ(LinesWith(AsText(verdict, {.all = true}), "B/10"), 100);
}

TEST(CompareText, FoldsNoRegression) {
  EXPECT_EQ(LinesWith(AsText(Many(100, Finding::kRegressed), {}), "REGRESSED "), 100);
}

TEST(CompareText, TellsWhatIsIgnoredOnDemand) {
  CompareVerdict verdict;
  verdict.benchmarks = {SampleBenchmark("BM_Ignored", Finding::kMissing),
                        SampleBenchmark("BM_Told", Finding::kMissing)};
  verdict.benchmarks[0].ignored = true;
  const std::string folded = AsText(verdict, {});
  EXPECT_THAT(folded, HasSubstr("BM_Told"));
  EXPECT_THAT(folded, Not(HasSubstr("BM_Ignored")));
  EXPECT_THAT(folded, HasSubstr("1 more row is folded (1 MISSING); --all shows the rest"));
  EXPECT_THAT(AsText(verdict, {.all = true}), HasSubstr("BM_Ignored"));
}

TEST(CompareText, ColourOnlyAddsColour) {
  const CompareVerdict verdict = SampleComparison();
  const std::string plain = AsText(verdict, {});
  EXPECT_THAT(plain, Not(HasSubstr("\x1b")));
  const std::string coloured = AsText(verdict, {.color = true});
  EXPECT_NE(coloured, plain);
  EXPECT_EQ(absl::StrReplaceAll(
                coloured, {{"\x1b[31m", ""}, {"\x1b[32m", ""}, {"\x1b[33m", ""}, {"\x1b[0m", ""}}),
            plain);
}

TEST(CompareMarkdown, FitsIntoACommentHoweverMuchThereIsToSay) {
  for (Finding finding : {Finding::kRegressed, Finding::kSame}) {
    CompareVerdict verdict = Many(5'000, finding);
    for (int i = 0; i < 2'000; ++i) verdict.notes.push_back(absl::StrCat("note ", i));
    const std::string text = AsMarkdown(verdict);
    EXPECT_LE(text.size(), kMarkdownLimit);
    EXPECT_GT(text.size(), kMarkdownLimit / 2);
    EXPECT_THAT(text, HasSubstr("left out for want of room"));
  }
}

TEST(CompareMarkdown, FitsIntoACommentHoweverLongTheNamesAre) {
  CompareVerdict verdict = Many(200, Finding::kRegressed);
  for (auto& benchmark : verdict.benchmarks) benchmark.name.append(50'000, '|');
  verdict.notes = {std::string(100'000, '<')};
  verdict.base.sources[0] = std::string(100'000, '&');
  EXPECT_LE(AsMarkdown(verdict).size(), kMarkdownLimit);
}

TEST(CompareJson, SaysNullWhereThereIsNoFiniteNumber) {
  CompareVerdict verdict = SampleComparison();
  verdict.benchmarks[0].changes[0].change->high = HUGE_VAL;
  rapidjson::Document json;
  ASSERT_FALSE(json.Parse(AsJson(verdict).c_str()).HasParseError());
  EXPECT_TRUE(json["benchmarks"][0]["metrics"][0]["change"]["high"].IsNull());
  EXPECT_TRUE(json["benchmarks"][0]["metrics"][0]["change"]["low"].IsNumber());
}

TEST(CompareJson, CountsEveryFinding) {
  rapidjson::Document json;
  ASSERT_FALSE(json.Parse(AsJson(SampleComparison()).c_str()).HasParseError());
  EXPECT_EQ(json["counts"].MemberCount(), compare::kFindings);
  EXPECT_EQ(json["counts"]["regressed"].GetInt(), 1);
}

TEST(CompareReport, GivesTheSameBytesForTheSameVerdict) {
  for (Format format : {Format::kText, Format::kMarkdown, Format::kJson, Format::kJunit,
                        Format::kSarif, Format::kCsv}) {
    EXPECT_EQ(Render(SampleComparison(), format), Render(SampleComparison(), format));
  }
}

}  // namespace
}  // namespace loadline::report
