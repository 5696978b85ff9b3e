#include "loadline/base/utf8.h"

#include <algorithm>
#include <iterator>

namespace loadline {
namespace {

// Which second bytes a first byte may have, and how long the sequence is: Unicode 15, table 3-7.
struct Lead {
  unsigned char first;  // of the first bytes that are alike
  unsigned char last;
  size_t size;
  unsigned char second_from;
  unsigned char second_to;
};
constexpr Lead kLeads[] = {
    {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF}, {0xE1, 0xEC, 3, 0x80, 0xBF},
    {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF}, {0xF0, 0xF0, 4, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

struct Range {
  uint32_t first;
  uint32_t last;
};

// Cc, Cf, Zl and Zp of Unicode 15 (UnicodeData.txt), and the noncharacters of the first plane.
constexpr Range kUnprintable[] = {
    {0x0000, 0x001F},   {0x007F, 0x009F},   {0x00AD, 0x00AD},   {0x0600, 0x0605},
    {0x061C, 0x061C},   {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x0890, 0x0891},
    {0x08E2, 0x08E2},   {0x180E, 0x180E},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F},   {0xFDD0, 0xFDEF},   {0xFEFF, 0xFEFF},   {0xFFF9, 0xFFFB},
    {0x110BD, 0x110BD}, {0x110CD, 0x110CD}, {0x13430, 0x1343F}, {0x1BCA0, 0x1BCA3},
    {0x1D173, 0x1D17A}, {0xE0001, 0xE0001}, {0xE0020, 0xE007F},
};

}  // namespace

Utf8Char FirstUtf8Char(absl::string_view text) {
  const auto byte = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {.code_point = byte(0), .size = 1, .valid = true};
  const auto* lead = std::find_if(std::begin(kLeads), std::end(kLeads), [&](const Lead& l) {
    return l.first <= byte(0) && byte(0) <= l.last;
  });
  if (lead == std::end(kLeads)) return {};
  uint32_t code_point = byte(0) & (0x7Fu >> lead->size);
  for (size_t i = 1; i < lead->size; ++i) {
    const unsigned char from = i == 1 ? lead->second_from : 0x80;
    const unsigned char to = i == 1 ? lead->second_to : 0xBF;
    if (i == text.size() || byte(i) < from || byte(i) > to) return {.size = i};
    code_point = code_point << 6 | (byte(i) & 0x3Fu);
  }
  return {.code_point = code_point, .size = lead->size, .valid = true};
}

bool IsUnprintable(uint32_t code_point) {
  if (0x20 <= code_point && code_point < 0x7F) return false;  // most of what is ever asked
  const auto* range = std::lower_bound(std::begin(kUnprintable), std::end(kUnprintable), code_point,
                                       [](const Range& r, uint32_t c) { return r.last < c; });
  if (range != std::end(kUnprintable) && range->first <= code_point) return true;
  return (code_point & 0xFFFE) == 0xFFFE;
}

}  // namespace loadline
