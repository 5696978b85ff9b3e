#include "tools/loadline/results/locale_advice.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {
namespace {

constexpr char kAdvice[] =
    "; it looks like a number in the program's locale (std::locale::global, setlocale): numbers in "
    "JSON are those of the C locale, which loadline::bench_main writes whatever the program sets";

size_t Digits(absl::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), absl::ascii_isdigit) -
                             text.begin());
}

// Digits, one character that parts them, digits: from the digit before `offset` on.
bool IsParted(absl::string_view text, size_t offset) {
  size_t parted =
      absl::ascii_isdigit(static_cast<unsigned char>(text[offset])) ? offset - 1 : offset;
  if (parted == 0 || Digits(text.substr(parted - 1)) != 1) return false;
  parted += FirstChar(text.substr(parted)).size;
  return Digits(text.substr(parted)) > 0;
}

// A member whose whole number has groups of three: "iterations": 38.785.
bool IsGroupedMember(absl::string_view text) {
  const size_t colon = text.find(':');
  if (colon == absl::string_view::npos) return false;
  text = absl::StripLeadingAsciiWhitespace(text.substr(colon + 1));
  const size_t first = Digits(text);
  return first >= 1 && first <= 3 && first < text.size() && text[first] == '.' &&
         Digits(text.substr(first + 1)) == 3;
}

}  // namespace

absl::string_view AdviceOnLocale(absl::string_view text, size_t offset) {
  if (offset >= text.size() || offset == 0) return "";
  const bool localized =
      text[offset] == '"' ? IsGroupedMember(text.substr(offset)) : IsParted(text, offset);
  return localized ? kAdvice : "";
}

}  // namespace loadline::results
