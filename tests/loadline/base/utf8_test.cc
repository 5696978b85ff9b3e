#include "loadline/base/utf8.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace loadline {
namespace {

using ::testing::ElementsAre;

constexpr uint32_t kBad = 0xFFFD;

std::vector<uint32_t> CodePoints(absl::string_view text) {
  std::vector<uint32_t> found;
  while (!text.empty()) {
    const Utf8Char c = FirstUtf8Char(text);
    found.push_back(c.code_point);
    text.remove_prefix(c.size);
  }
  return found;
}

std::string Encoded(uint32_t c) {
  const auto tail = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0 | c >> 6), tail(0)};
  if (c < 0x10000) return {static_cast<char>(0xE0 | c >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | c >> 18), tail(12), tail(6), tail(0)};
}

// The known answers are those of the Unicode Standard, version 15.0, section 3.9.
TEST(FirstUtf8Char, ReplacesEachByteOfANonShortestForm) {  // table 3-8
  EXPECT_THAT(CodePoints("\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41"),
              ElementsAre(kBad, kBad, kBad, kBad, kBad, kBad, kBad, kBad, 0x41));
}

TEST(FirstUtf8Char, ReplacesEachByteOfASurrogate) {  // table 3-9
  EXPECT_THAT(CodePoints("\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41"),
              ElementsAre(kBad, kBad, kBad, kBad, kBad, kBad, kBad, kBad, 0x41));
}

TEST(FirstUtf8Char, ReplacesEachByteThatBeginsNothing) {  // table 3-10
  EXPECT_THAT(CodePoints("\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42"),
              ElementsAre(kBad, kBad, kBad, kBad, kBad, 0x41, kBad, kBad, 0x42));
}

TEST(FirstUtf8Char, ReplacesATruncatedSequenceAsAWhole) {  // table 3-11
  EXPECT_THAT(CodePoints("\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41"),
              ElementsAre(kBad, kBad, kBad, kBad, 0x41));
}

TEST(FirstUtf8Char, ReplacesATruncatedSequenceAtTheEnd) {
  EXPECT_THAT(CodePoints("a\xE2\x82"), ElementsAre('a', kBad));
  EXPECT_THAT(CodePoints("\xF0\x9F\x9A"), ElementsAre(kBad));
  EXPECT_THAT(CodePoints("\xC3"), ElementsAre(kBad));
}

TEST(FirstUtf8Char, ReadsEveryCharacterThereIs) {
  for (uint32_t c = 0; c <= 0x10FFFF; ++c) {
    const std::string text = Encoded(c);
    const Utf8Char first = FirstUtf8Char(text + "x");
    const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
    ASSERT_EQ(first.valid, !surrogate) << c;
    if (surrogate) continue;
    ASSERT_EQ(first.code_point, c);
    ASSERT_EQ(first.size, text.size()) << c;
  }
}

}  // namespace
}  // namespace loadline
