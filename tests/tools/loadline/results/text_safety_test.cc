#include "tools/loadline/results/text_safety.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace loadline::results {
namespace {

std::string Utf8(uint32_t c) {
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
  if (c < 0x10000) {
    return {static_cast<char>(0xE0 | c >> 12), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
            static_cast<char>(0x80 | (c & 0x3F))};
  }
  return {static_cast<char>(0xF0 | c >> 18), static_cast<char>(0x80 | (c >> 12 & 0x3F)),
          static_cast<char>(0x80 | (c >> 6 & 0x3F)), static_cast<char>(0x80 | (c & 0x3F))};
}

TEST(FirstChar, DecodesEveryCodePointAndNoSurrogate) {
  for (uint32_t c = 0; c <= 0x10FFFF; ++c) {
    const std::string text = Utf8(c);
    const Utf8Char first = FirstChar(text);
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    ASSERT_EQ(first.valid, !surrogate) << c;
    if (!surrogate) {
      ASSERT_EQ(first.code_point, c);
      ASSERT_EQ(first.size, text.size());
    }
  }
}

TEST(IsValidUtf8, RefusesOverlongCutAndTooLargeSequences) {
  for (const char* bad : {"\xC0\xAF", "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80",
                          "\xE2\x82", "\x80", "\xFF", "\xED\xA0\x80"}) {
    EXPECT_FALSE(IsValidUtf8(bad)) << bad;
  }
  EXPECT_TRUE(IsValidUtf8("\xF0\x9F\x9A\xA2 ship"));
}

TEST(EscapeUnprintable, LeavesNoByteThatATerminalActsOn) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string escaped =
          EscapeUnprintable(std::string{static_cast<char>(a), static_cast<char>(b)});
      ASSERT_TRUE(IsValidUtf8(escaped)) << a << " " << b;
      ASSERT_EQ(EscapeUnprintable(escaped), escaped) << a << " " << b;
      for (char c : escaped) ASSERT_GE(static_cast<unsigned char>(c), 0x20);
    }
  }
}

TEST(EscapeUnprintable, ShowsBidirectionalOverridesByteByByte) {
  EXPECT_EQ(EscapeUnprintable("a\xE2\x80\xAE"), "a\\xe2\\x80\\xae");
  EXPECT_EQ(EscapeUnprintable("\x1b]0;x\x07"), "\\x1b]0;x\\x07");
}

TEST(Quoted, CutsLongTextAtACharacter) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "\xC3\xA9";
  EXPECT_EQ(Quoted(text), "\"" + text.substr(0, 160) + "...\"");
}

}  // namespace
}  // namespace loadline::results
