#include "tools/loadline/report/markdown_parts.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::report {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<std::string> Numbered(const std::string& word, int count) {
  std::vector<std::string> lines;
  for (int i = 0; i < count; ++i) lines.push_back(absl::StrCat("- ", word, i, "\n"));
  return lines;
}

TEST(FitMarkdown, LeavesNothingOutWhereThereIsRoom) {
  EXPECT_EQ(FitMarkdown("a\n", {{"head\n", {"x\n", "y\n"}, "tail\n", "row"}}, "z\n"),
            "a\nhead\nx\ny\ntail\nz\n");
}

TEST(FitMarkdown, SaysHowMuchItLeftOut) {
  const std::string text = FitMarkdown("a\n", {{"", Numbered("row", 100), "", "row"}}, "z\n", 400);
  EXPECT_THAT(text, SizeIs(::testing::Le(400)));
  EXPECT_THAT(text, HasSubstr("- row0\n"));
  EXPECT_THAT(text, Not(HasSubstr("- row99\n")));
  EXPECT_THAT(text, HasSubstr(" more rows left out"));
  EXPECT_THAT(text, HasSubstr("--all"));
}

TEST(FitMarkdown, KeepsEarlierBlocksLonger) {
  const std::string text =
      FitMarkdown("",
                  {{"", Numbered("first", 20), "", "row"},
                   {"<details>\n", Numbered("second", 500), "</details>\n", "quiet row"}},
                  "", 700);
  EXPECT_THAT(text, SizeIs(::testing::Le(700)));
  EXPECT_THAT(text, HasSubstr("- first19\n"));
  EXPECT_THAT(text, HasSubstr(" more quiet rows left out"));
}

TEST(FitMarkdown, OpensNoBlockThatItHasNoLineFor) {
  const std::string text =
      FitMarkdown("", {{"<details>\n", {std::string(1'000, 'x')}, "</details>\n", "row"}}, "", 500);
  EXPECT_THAT(text, Not(HasSubstr("details")));
  EXPECT_THAT(text, HasSubstr("1 more row left out"));
}

TEST(MarkdownCode, IsNeverEmpty) {
  EXPECT_EQ(MarkdownCode(""), "-");
  EXPECT_EQ(MarkdownCode("a|b"), "<code>a\\|b</code>");
}

}  // namespace
}  // namespace loadline::report
