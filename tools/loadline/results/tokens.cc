#include "tools/loadline/results/tokens.h"

#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace loadline::results {
namespace {

constexpr ptrdiff_t kMaxNumberBytes = 64;

bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool InNumber(char c) {
  return IsDigit(c) || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
}

// Returns past the closing quote, or at the end.
char* SkipString(char* c) {
  for (++c; *c != '"'; ++c) {
    if (*c == '\\') ++c;
    if (*c == '\0') return c;
  }
  return c + 1;
}

char* SpellWord(char* const begin) {
  char* end = begin;
  while (IsLetter(*end)) ++end;
  const absl::string_view word(begin, static_cast<size_t>(end - begin));
  for (absl::string_view spelling : {"NaN", "Inf", "Infinity"}) {
    if (absl::EqualsIgnoreCase(word, spelling)) absl::c_copy(spelling, begin);
  }
  return end;
}

}  // namespace

std::optional<Fault> PrepareTokens(std::string& text) {
  if (absl::StripAsciiWhitespace(text).empty()) {
    return Fault{0, "the file is empty, want a JSON object with \"benchmarks\""};
  }
  if (absl::StartsWith(text, "#!")) {
    return Fault{0, "found a script, and nothing that is read is ever run"};
  }
  const size_t nul = text.find('\0');
  if (nul != std::string::npos) return Fault{nul, "found a NUL byte"};
  char* c = text.data();  // the NUL after the text ends every loop
  while (*c != '\0') {
    if (*c == '"') {
      c = SkipString(c);
    } else if (IsLetter(*c)) {
      c = SpellWord(c);
    } else if (IsDigit(*c)) {
      const char* const begin = c;
      while (InNumber(*c)) ++c;
      if (c - begin <= kMaxNumberBytes) continue;
      return Fault{
          static_cast<size_t>(begin - text.data()),
          absl::StrCat("found a number of ", c - begin, " bytes, want at most ", kMaxNumberBytes)};
    } else {
      ++c;
    }
  }
  return std::nullopt;
}

std::optional<Json> ToNumber(absl::string_view token) {
  const char* const end = token.data() + token.size();
  int64_t integer = 0;
  const std::from_chars_result whole = std::from_chars(token.data(), end, integer);
  if (whole.ptr == end && whole.ec == std::errc() && token != "-0") return Json(integer);
  double value = 0;
  const std::errc error = absl::from_chars(token.data(), end, value).ec;
  // "1e-999" is out of range as well, and is zero.
  if (error != std::errc() && std::fabs(value) > 1) return std::nullopt;
  return Json(value);
}

}  // namespace loadline::results
