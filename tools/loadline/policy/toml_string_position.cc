#include "tools/loadline/policy/toml_string_position.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::policy {
namespace {

// The rest of the file from a position on; empty when the file has no such position.
absl::string_view From(absl::string_view toml, TextPosition position) {
  for (uint32_t line = 1; line < position.line; ++line) {
    const size_t newline = toml.find('\n');
    if (newline == absl::string_view::npos) return {};
    toml.remove_prefix(newline + 1);
  }
  for (uint32_t column = 1; column < position.column && !toml.empty(); ++column) {
    toml.remove_prefix(results::FirstChar(toml).size);
  }
  return toml;
}

size_t Utf8Size(uint32_t code_point) {
  if (code_point < 0x80) return 1;
  if (code_point < 0x800) return 2;
  return code_point < 0x10000 ? 3 : 4;
}

struct Piece {
  size_t columns;  // in the file
  size_t file_bytes;
  size_t value_bytes;
};

// The character or escape sequence at the beginning of `text`.
Piece NextPiece(absl::string_view text, bool escapes) {
  if (!escapes || text[0] != '\\' || text.size() < 2) {
    const size_t size = results::FirstChar(text).size;
    return {1, size, size};
  }
  const size_t digits = text[1] == 'u' ? 4 : text[1] == 'U' ? 8 : 0;
  uint32_t code_point = 0;
  if (digits > 0 && text.size() >= 2 + digits &&
      absl::SimpleHexAtoi(text.substr(2, digits), &code_point)) {
    return {2 + digits, 2 + digits, Utf8Size(code_point)};
  }
  return {2, 2, 1};
}

}  // namespace

TextPosition PositionInTomlString(absl::string_view toml, TextPosition begin, size_t offset) {
  absl::string_view rest = From(toml, begin);
  const bool basic = absl::StartsWith(rest, "\"");
  if (!basic && !absl::StartsWith(rest, "'")) return begin;
  if (absl::StartsWith(rest, "\"\"\"") || absl::StartsWith(rest, "'''")) return begin;
  rest.remove_prefix(1);
  TextPosition position{begin.line, begin.column + 1};
  size_t passed = 0;
  while (passed < offset && !rest.empty()) {
    const Piece piece = NextPiece(rest, basic);
    passed += piece.value_bytes;
    position.column += static_cast<uint32_t>(piece.columns);
    rest.remove_prefix(piece.file_bytes);
  }
  return position;
}

}  // namespace loadline::policy
