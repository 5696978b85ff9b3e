#include "tools/loadline/report/escape.h"

#include <functional>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::report {
namespace {

struct Sink {
  const char* name;
  std::string (*escape)(absl::string_view);
};
const std::vector<Sink> kSinks = {{"terminal", &EscapeTerminal},
                                  {"markdown", &EscapeMarkdown},
                                  {"xml", &EscapeXml},
                                  {"csv", &EscapeCsv}};

// Every byte alone, after a letter, before a letter, and beside every other special character.
void ForEachText(const std::function<void(const std::string&)>& visit) {
  for (int a = 0; a < 256; ++a) {
    const char c = static_cast<char>(a);
    visit({c});
    visit({'a', c});
    visit({c, 'a'});
    for (const char* special : {"|", "`", "<", "&", "\"", "\\", "#", ":", "\x1b", "\n", "=", "@"}) {
      visit(std::string(1, c) + special + c);
    }
  }
  for (const char* text : {"::error::x", "  ::error::x", "\xC2\xA0::x", "a##[error]", "##vso[x]",
                           "###[x]", "<img onerror=x>", "`|`|", "=CMD()", "\xE2\x80\xAE", "\r\n::x",
                           "\x1b]8;;http:/"
                           "/x\x07",
                           "-->", "]]>"}) {
    visit(text);
  }
}

TEST(Escape, GivesOneLineOfPrintableUtf8InEverySink) {
  ForEachText([](const std::string& text) {
    for (const Sink& sink : kSinks) {
      const std::string out = sink.escape(text);
      ASSERT_TRUE(results::IsValidUtf8(out)) << sink.name;
      ASSERT_EQ(results::EscapeUnprintable(out), out) << sink.name;
    }
  });
}

TEST(Escape, LeavesNoCommandForABuildService) {
  ForEachText([](const std::string& text) {
    for (const Sink& sink : kSinks) {
      const std::string out = sink.escape(text);
      ASSERT_FALSE(absl::StrContains(out, "##[")) << sink.name << out;
      ASSERT_FALSE(absl::StrContains(out, "##vso[")) << sink.name << out;
      ASSERT_FALSE(absl::StartsWith(out, "::")) << sink.name << out;
    }
  });
  EXPECT_EQ(EscapeTerminal("::error::x"), "\\x3a:error::x");
  EXPECT_EQ(EscapeTerminal(" \xE2\x80\x83::x"), " \xE2\x80\x83\\x3a:x");
  EXPECT_EQ(EscapeTerminal("std::vector"), "std::vector");
}

TEST(EscapeMarkdown, LeavesNoMarkupAndNoCellBorder) {
  ForEachText([](const std::string& text) {
    const std::string out = EscapeMarkdown(text);
    for (size_t i = 0; i < out.size(); ++i) {
      ASSERT_EQ(absl::string_view("<>").find(out[i]), absl::string_view::npos) << out;
      if (out[i] == '\\') {
        ++i;  // the escaped character
        ASSERT_LT(i, out.size()) << out;
      } else {
        ASSERT_EQ(absl::string_view("`*_~[]|#").find(out[i]), absl::string_view::npos) << out;
      }
    }
  });
}

TEST(EscapeXml, LeavesNoMarkup) {
  ForEachText([](const std::string& text) {
    const std::string out = EscapeXml(text);
    ASSERT_EQ(out.find_first_of("<>\"'"), std::string::npos) << out;
  });
  EXPECT_EQ(EscapeXml("<a b='c'>&"), "&lt;a b=&#39;c&#39;&gt;&amp;");
}

TEST(EscapeCsv, QuotesAndDisarmsFormulas) {
  EXPECT_EQ(EscapeCsv("a\"b,c"), "\"a\"\"b,c\"");
  for (const char* sign : {"=", "+", "-", "@", "\xEF\xBC\x9D"}) {
    EXPECT_EQ(EscapeCsv(absl::StrCat(sign, "1")), absl::StrCat("\"'", sign, "1\""));
  }
  EXPECT_EQ(EscapeCsv("\t=1"), "\"\\x09=1\"");
}

TEST(EscapeUriPath, KeepsOnlyUnreservedCharacters) {
  EXPECT_EQ(EscapeUriPath("a b/c?#%\xC3\xA9.json"), "a%20b/c%3F%23%25%C3%A9.json");
}

}  // namespace
}  // namespace loadline::report
