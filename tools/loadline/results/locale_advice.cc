#include "tools/loadline/results/locale_advice.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {
namespace {

size_t Digits(absl::string_view text) {
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), absl::ascii_isdigit) -
                             text.begin());
}

// Digits, one character that parts them, digits: from the digit before `offset` on.
bool IsParted(absl::string_view text, size_t offset) {
  size_t parted =
      absl::ascii_isdigit(static_cast<unsigned char>(text[offset])) ? offset - 1 : offset;
  if (parted == 0 || Digits(text.substr(parted - 1)) != 1) return false;
  if (text[parted] == '\n' || text[parted] == '"') return false;
  parted += FirstChar(text.substr(parted)).size;
  return Digits(text.substr(parted)) > 0;
}

}  // namespace

std::string AdviceOnLocale(absl::string_view text, size_t offset) {
  if (offset >= text.size() || offset == 0 || !IsParted(text, offset)) return "";
  return absl::StrCat("; ", kLocaleAdvice);
}

bool IsGroupedNumber(absl::string_view number) {
  const size_t first = Digits(number);
  return first >= 1 && first <= 3 && first < number.size() && number[first] == '.' &&
         number.size() == first + 4 && Digits(number.substr(first + 1)) == 3;
}

}  // namespace loadline::results
