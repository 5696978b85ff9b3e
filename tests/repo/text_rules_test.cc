#include "tests/repo/text_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/repo/checked_tree.h"

namespace loadline::repo {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

SourceFile LineOf(size_t columns) {
  SourceFile file;
  file.path = "a.cc";
  file.text.assign(columns, 'x');
  file.text.push_back('\n');
  return file;
}

TEST(TextRules, EveryFileIsTidy) { EXPECT_EQ(ReportOf(FindInTree(FindUntidyText)), ""); }

TEST(TextRules, FindUntidyLines) {
  EXPECT_THAT(FindUntidyText(LineOf(100)), IsEmpty());
  EXPECT_THAT(FindUntidyText(LineOf(101)), SizeIs(1));
  EXPECT_THAT(FindUntidyText({"a.cc", "\tx\n"}), SizeIs(1));
  EXPECT_THAT(FindUntidyText({"a.cc", "x \n"}), SizeIs(1));
  EXPECT_THAT(FindUntidyText({"a.cc", "x\r\n"}), SizeIs(1));
  EXPECT_THAT(FindUntidyText({"a.cc", "x"}), SizeIs(1));
}

TEST(TextRules, CountCharactersNotBytes) {
  std::string line;
  for (int i = 0; i < 100; ++i) line += "é";
  EXPECT_THAT(FindUntidyText({"a.cc", line + "\n"}), IsEmpty());
}

TEST(TextRules, LeaveLinesThatCannotBeBroken) {
  const std::string tail(120, 'x');
  EXPECT_THAT(FindUntidyText({"a.md", "| " + tail + "\n"}), IsEmpty());
  EXPECT_THAT(FindUntidyText({"a.md", "https://" + tail + "\n"}), IsEmpty());
  EXPECT_THAT(FindUntidyText({"a.md", "```\n" + tail + "\n```\n"}), IsEmpty());
  EXPECT_THAT(FindUntidyText({"a.md", "```\n```\n" + tail + "\n"}), SizeIs(1));
  EXPECT_THAT(FindUntidyText({"a.cc", "f(R\"(\n  " + tail + ")\");\n"}), IsEmpty());
  EXPECT_THAT(FindUntidyText({"a.cc", "  // " + tail + "\n"}), SizeIs(1));
  EXPECT_THAT(FindUntidyText({"tests/golden/a.txt", tail + " "}), IsEmpty());
}

TEST(TextRules, NothingIsLeftUnfinished) {
  EXPECT_EQ(ReportOf(FindInTree(FindUnfinishedWork)), "");
}

TEST(TextRules, FindUnfinishedWorkInComments) {
  EXPECT_THAT(FindUnfinishedWork({"a.cc",
                                  "// TO"
                                  "DO(me): later\n"}),
              SizeIs(1));
  EXPECT_THAT(FindUnfinishedWork({"a.md",
                                  "FIX"
                                  "ME\n"}),
              SizeIs(1));
  EXPECT_THAT(FindUnfinishedWork({"a.cc", "mkdtemp(\"loadline-XXXXXX\")\n"}), IsEmpty());
}

TEST(TextRules, NoFileNamesAPathOfSomeMachine) {
  EXPECT_EQ(ReportOf(FindInTree(FindMachinePaths)), "");
}

TEST(TextRules, FindMachinePaths) {
  EXPECT_THAT(FindMachinePaths({"a.cc", "open(\"/home/me/x\")\n"}), SizeIs(1));
  EXPECT_THAT(FindMachinePaths({"a.md", "in /Users/me\n"}), SizeIs(1));
  EXPECT_THAT(FindMachinePaths({"a.md", "/usr/include-me/x\n"}), SizeIs(1));
  EXPECT_THAT(FindMachinePaths({"a.md", "`/usr/include/c++`, ${root}/usr/x, a/home/b\n"}),
              IsEmpty());
}

TEST(TextRules, NoFileNamesAnUnknownHost) { EXPECT_EQ(ReportOf(FindInTree(FindUnknownHosts)), ""); }

TEST(TextRules, FindUnknownHosts) {
  EXPECT_THAT(FindUnknownHosts({"a.md", "see http://build.internal:8080/x\n"}), SizeIs(1));
  EXPECT_THAT(FindUnknownHosts({"a.md", "<https://semver.org>, https://mirror.example/x\n"}),
              IsEmpty());
}

}  // namespace
}  // namespace loadline::repo
