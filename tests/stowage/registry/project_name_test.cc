#include "stowage/registry/project_name.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "tests/support/status_matchers.h"

namespace stowage {
namespace {

using ::loadline::testing::StatusIs;
using ::testing::HasSubstr;

std::string Utf8(uint32_t point) {
  std::string text;
  const auto add = [&](uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (point < 0x80) {
    add(point);
  } else if (point < 0x800) {
    add(0xC0 | point >> 6);
    add(0x80 | (point & 0x3F));
  } else if (point < 0x10000) {
    add(0xE0 | point >> 12);
    add(0x80 | (point >> 6 & 0x3F));
    add(0x80 | (point & 0x3F));
  } else {
    add(0xF0 | point >> 18);
    add(0x80 | (point >> 12 & 0x3F));
    add(0x80 | (point >> 6 & 0x3F));
    add(0x80 | (point & 0x3F));
  }
  return text;
}

TEST(ProjectName, TakesWhatPeopleCallTheirProjects) {
  for (const char* text :
       {"a", "loadline", "My Project (2)", "../x", "/", "C:", ".", "..", "Caf\xC3\xA9",
        "Cafe\xCC\x81", "\xE6\x97\xA5\xE6\x9C\xAC", "\xF0\x9F\x9A\xA2",
        "'; DROP TABLE projects; --", "%s%n", "NUL", "\xEF\xBB\xBFx"}) {
    const auto name = ProjectName::Parse(text);
    ASSERT_OK(name) << text;
    EXPECT_EQ(name->text(), text);
  }
}

TEST(ProjectName, JudgesEveryByteAtEveryPlace) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    const bool plain = byte >= 0x20 && byte < 0x7F;
    EXPECT_EQ(ProjectName::Parse(one + "ab").ok(), plain && byte != ' ') << byte;
    EXPECT_EQ(ProjectName::Parse("a" + one + "b").ok(), plain) << byte;
    EXPECT_EQ(ProjectName::Parse("ab" + one).ok(), plain && byte != ' ') << byte;
  }
}

TEST(ProjectName, JudgesEveryCodePoint) {
  for (uint32_t point = 0; point <= 0x110000; ++point) {
    const auto in = [&](uint32_t first, uint32_t last) { return point >= first && point <= last; };
    const bool refused = point < 0x20 || in(0x7F, 0x9F) || point == 0x61C || in(0x200E, 0x200F) ||
                         in(0x2028, 0x202E) || in(0x2066, 0x2069) || in(0xD800, 0xDFFF) ||
                         point > 0x10FFFF;
    const bool taken = ProjectName::Parse("a" + Utf8(point) + "b").ok();
    ASSERT_EQ(taken, !refused) << std::hex << point;
  }
}

TEST(ProjectName, RefusesWhatIsNotUtf8) {
  for (const char* text :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xF0\x80\x80\x80",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xED\xA0\x80", "\xC3",
        "\xE2\x82", "\xF0\x9F\x9A", "\xC3(", "\xE2\x28\xA1", "\xFE", "\xFF"}) {
    EXPECT_THAT(ProjectName::Parse(text), StatusIs(absl::StatusCode::kInvalidArgument,
                                                   HasSubstr("byte 0 is not valid UTF-8")));
  }
}

TEST(ProjectName, SaysWhereAndWhat) {
  EXPECT_THAT(ProjectName::Parse("ab\x1B[31m"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("byte 2 is U+001B")));
  EXPECT_THAT(ProjectName::Parse("x\xE2\x80\xAEy"),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("byte 1 is U+202E")));
  EXPECT_THAT(ProjectName::Parse("x "), StatusIs(absl::StatusCode::kInvalidArgument,
                                                 HasSubstr("byte 1 is a space at the end")));
}

TEST(ProjectName, LimitsTheLengthInBytes) {
  EXPECT_FALSE(ProjectName::Parse("").ok());
  EXPECT_TRUE(ProjectName::Parse(std::string(255, 'x')).ok());
  EXPECT_FALSE(ProjectName::Parse(std::string(256, 'x')).ok());
  EXPECT_FALSE(ProjectName::Parse(std::string(64 * 1024, 'x')).ok());
}

TEST(ProjectName, ComparesByteByByte) {
  EXPECT_NE(*ProjectName::Parse("Caf\xC3\xA9"), *ProjectName::Parse("Cafe\xCC\x81"));
  EXPECT_NE(*ProjectName::Parse("a"), *ProjectName::Parse("A"));
}

}  // namespace
}  // namespace stowage
