#include "tools/loadline/report/text_table.h"

#include "gtest/gtest.h"

namespace loadline::report {
namespace {

TEST(TextTable, AlignsColumnsByTheirWidestCell) {
  TextTable table({{"verdict"}, {"change", Align::kRight}, {"name"}});
  table.Add({"PASS", "+1 %", "a"});
  table.Add({"REGRESSED", "+1000 %", "longer name"});
  EXPECT_EQ(table.Render(false),
            "verdict     change  name\n"
            "PASS          +1 %  a\n"
            "REGRESSED  +1000 %  longer name\n");
}

TEST(TextTable, CountsCharactersAndNotBytes) {
  TextTable table({{"a"}, {"b"}});
  table.Add({"\xC3\xA9\xC3\xA9", "x"});
  EXPECT_EQ(table.Render(false), "a   b\n\xC3\xA9\xC3\xA9  x\n");
}

TEST(TextTable, EscapesItsCells) {
  TextTable table({{"a"}, {"b"}});
  table.Add({"\x1b[2J", "x\ny"});
  EXPECT_EQ(table.Render(false), "a        b\n\\x1b[2J  x\\x0ay\n");
}

TEST(TextTable, ColoursTheFirstCellOfALineAlone) {
  TextTable table({{"a"}, {"b"}});
  table.Add({"x", "y"}, Tone::kBad);
  EXPECT_EQ(table.Render(true), "a  b\n\x1b[31mx\x1b[0m  y\n");
}

TEST(TextTable, FillsMissingCells) {
  TextTable table({{"a"}, {"b"}});
  table.Add({"x"});
  EXPECT_EQ(table.Render(false), "a  b\nx  \n");
}

}  // namespace
}  // namespace loadline::report
