#include "tools/loadline/results/text_safety.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace loadline::results {
namespace {

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

constexpr size_t kQuotedChars = 80;

// How many bytes a sequence that begins with `lead` has, and the bits that the lead gives; 0 for
// a byte that begins none.
size_t SequenceLength(unsigned char lead, uint32_t* bits) {
  if (lead < 0x80) return *bits = lead, 1;
  if (lead >= 0xC2 && lead < 0xE0) return *bits = lead & 0x1F, 2;
  if (lead >= 0xE0 && lead < 0xF0) return *bits = lead & 0x0F, 3;
  if (lead >= 0xF0 && lead < 0xF5) return *bits = lead & 0x07, 4;
  return 0;
}

bool InRange(uint32_t code_point, size_t size) {
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  return code_point >= kSmallest[size] && code_point <= 0x10FFFF &&
         (code_point < 0xD800 || code_point > 0xDFFF);
}

}  // namespace

TextChar FirstChar(absl::string_view text) {
  uint32_t bits = 0;
  const size_t size = SequenceLength(static_cast<unsigned char>(text[0]), &bits);
  if (size == 0 || size > text.size()) return {};
  for (size_t i = 1; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0) != 0x80) return {};
    bits = bits << 6 | (byte & 0x3F);
  }
  if (!InRange(bits, size)) return {};
  return {.code_point = bits, .size = size, .valid = true};
}

bool IsValidUtf8(absl::string_view text) {
  const auto ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(text.begin(), text.end(), ascii)) return true;
  while (!text.empty()) {
    const TextChar c = FirstChar(text);
    if (!c.valid) return false;
    text.remove_prefix(c.size);
  }
  return true;
}

bool IsUnprintable(uint32_t code_point) {
  const auto* range = std::lower_bound(std::begin(kUnprintable), std::end(kUnprintable), code_point,
                                       [](const Range& r, uint32_t c) { return r.last < c; });
  if (range != std::end(kUnprintable) && range->first <= code_point) return true;
  return (code_point & 0xFFFE) == 0xFFFE;
}

std::string EscapeUnprintable(absl::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const TextChar c = FirstChar(text);
    if (c.valid && !IsUnprintable(c.code_point)) {
      out.append(text.data(), c.size);
    } else {
      for (size_t i = 0; i < c.size; ++i) {
        absl::StrAppendFormat(&out, "\\x%02x", static_cast<unsigned char>(text[i]));
      }
    }
    text.remove_prefix(c.size);
  }
  return out;
}

std::string Quoted(absl::string_view text) {
  size_t end = 0;
  size_t chars = 0;
  for (; end < text.size() && chars < kQuotedChars; ++chars) {
    end += FirstChar(text.substr(end)).size;
  }
  return absl::StrCat("\"", EscapeUnprintable(text.substr(0, end)),
                      end < text.size() ? "...\"" : "\"");
}

}  // namespace loadline::results
