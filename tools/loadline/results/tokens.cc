#include "tools/loadline/results/tokens.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace loadline::results {
namespace {

enum class Kind : unsigned char { kOther, kQuote, kLetter, kDigit, kEnd };

constexpr std::array<Kind, 256> Kinds() {
  std::array<Kind, 256> kinds{};
  kinds['\0'] = Kind::kEnd;
  kinds['"'] = Kind::kQuote;
  for (unsigned c = '0'; c <= '9'; ++c) kinds[c] = Kind::kDigit;
  for (unsigned c = 'a'; c <= 'z'; ++c) kinds[c] = kinds[c - 'a' + 'A'] = Kind::kLetter;
  return kinds;
}
constexpr std::array<Kind, 256> kKinds = Kinds();

std::optional<Fault> CheckStart(absl::string_view text) {
  if (absl::StripAsciiWhitespace(text).empty()) {
    return Fault{"the file is empty, want a JSON object with \"benchmarks\"", 0};
  }
  if (absl::StartsWith(text, "#!")) {
    return Fault{"found a script, and nothing that is read is ever run", 0};
  }
  return std::nullopt;
}

Kind KindOf(char c) { return kKinds[static_cast<unsigned char>(c)]; }

bool InNumber(char c) {
  return KindOf(c) == Kind::kDigit || c == '.' || c == 'e' || c == 'E' || c == '+' || c == '-';
}

// Returns past the closing quote, or at the end.
char* SkipString(char* c) {
  for (++c; *c != '"'; ++c) {
    if (*c == '\\') ++c;
    if (*c == '\0') return c;
  }
  return c + 1;
}

char* NormalizeWord(char* const begin) {
  char* end = begin;
  while (KindOf(*end) == Kind::kLetter) ++end;
  const absl::string_view word(begin, static_cast<size_t>(end - begin));
  for (absl::string_view spelling : {"NaN", "Inf", "Infinity"}) {
    if (absl::EqualsIgnoreCase(word, spelling)) {
      std::copy(spelling.begin(), spelling.end(), begin);
    }
  }
  return end;
}

// REQUIRES: `text` has no NUL but the one that ends it, so that every loop here can run up to that.
std::optional<Fault> Pass(char* const text) {
  char* c = text;
  for (;;) {
    while (KindOf(*c) == Kind::kOther) ++c;
    char* const begin = c;
    switch (KindOf(*c)) {
      case Kind::kQuote:
        c = SkipString(c);
        break;
      case Kind::kLetter:
        c = NormalizeWord(c);
        break;
      case Kind::kDigit:
        while (InNumber(*c)) ++c;
        if (static_cast<size_t>(c - begin) > kMaxNumberBytes) {
          return Fault{absl::StrCat("found a number of ", c - begin, " bytes, want at most ",
                                    kMaxNumberBytes),
                       static_cast<size_t>(begin - text)};
        }
        break;
      case Kind::kOther:
      case Kind::kEnd:
        return std::nullopt;
    }
  }
}

}  // namespace

std::optional<Fault> PrepareTokens(std::string& text) {
  if (std::optional<Fault> fault = CheckStart(text)) return fault;
  const size_t nul = text.find('\0');
  if (nul != std::string::npos) return Fault{"found a NUL byte", nul};
  return Pass(text.data());
}

}  // namespace loadline::results
