#include "tools/loadline/results/fault_advice.h"

#include <algorithm>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "loadline/base/utf8.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {
namespace {

size_t Digits(absl::string_view text) {
  return static_cast<size_t>(absl::c_find_if_not(text, absl::ascii_isdigit) - text.begin());
}

// Digits, one character that parts them, digits: from the digit before `offset` on.
bool IsPartedNumber(absl::string_view text, size_t offset) {
  size_t parted = Digits(text.substr(offset, 1)) == 1 ? offset - 1 : offset;
  if (parted == 0 || Digits(text.substr(parted - 1)) != 1) return false;
  if (text[parted] == '\n' || text[parted] == '"') return false;
  parted += FirstChar(text.substr(parted)).size;
  return Digits(text.substr(parted)) > 0;
}

absl::string_view LineAt(absl::string_view text, size_t offset) {
  const size_t begin = text.substr(0, offset).rfind('\n') + 1;  // npos + 1 is 0
  return text.substr(begin, text.find('\n', offset) - begin);
}

bool IsPrinted(absl::string_view line) {
  while (!line.empty()) {
    const Utf8Char c = FirstChar(line);
    // Colours are printed too.
    const bool control = absl::StrContains("\t\r\x1b", line[0]);
    if (!c.valid || (IsUnprintable(c.code_point) && !control)) return false;
    line.remove_prefix(c.size);
  }
  return true;
}

// The line without its strings; one that does not end goes on to the end.
std::string OutsideStrings(absl::string_view line) {
  std::string outside;
  bool inside = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (inside && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      inside = !inside;
    } else if (!inside) {
      outside += line[i];
    }
  }
  return outside;
}

// Whether a word may stand in a result file outside strings; the last one may be cut off. A single
// letter may be the "e" of a number.
bool IsJsonWord(absl::string_view word, bool may_be_cut) {
  for (absl::string_view known : {"true", "false", "null", "nan", "inf", "infinity"}) {
    if (absl::EqualsIgnoreCase(word, known)) return true;
    if (may_be_cut && absl::StartsWithIgnoreCase(known, word)) return true;
  }
  return word.size() == 1;
}

bool HasForeignWord(std::string outside, bool may_be_cut) {
  for (char& c : outside) {
    const auto byte = static_cast<unsigned char>(c);
    if (!absl::ascii_isalpha(byte) && byte < 0x80) c = ' ';
  }
  const std::vector<absl::string_view> words = absl::StrSplit(outside, ' ');
  return absl::c_any_of(words, [&](const absl::string_view& word) {
    return !word.empty() && !IsJsonWord(word, may_be_cut && &word == &words.back());
  });
}

// A rule, a percentage, a count: nothing that JSON is made of, and not nothing.
bool HasNoStructure(absl::string_view line) {
  return line.find_first_of("\"{}[]:,") == absl::string_view::npos &&
         !absl::StripAsciiWhitespace(line).empty();
}

bool IsStrayText(absl::string_view text, size_t offset) {
  text = absl::StripTrailingAsciiWhitespace(text);
  if (offset >= text.size() || !absl::StrContains(text, "\"benchmarks\"")) return false;
  // A string that is broken off is where its line ends; what breaks in comes next.
  const absl::string_view line = LineAt(text, text[offset] == '\n' ? offset + 1 : offset);
  const bool last = line.data() + line.size() == text.data() + text.size();
  return IsPrinted(line) && (HasForeignWord(OutsideStrings(line), last) || HasNoStructure(line));
}

absl::string_view AdviceAt(absl::string_view text, size_t offset) {
  if (offset > 0 && offset < text.size() && IsPartedNumber(text, offset)) return kLocaleAdvice;
  return IsStrayText(text, offset) ? kStrayTextAdvice : "";
}

// "line 4:17" of a byte offset: lines and columns from 1, a column is a UTF-8 character.
std::string LineAndColumn(absl::string_view text, size_t offset) {
  const absl::string_view before = text.substr(0, offset);
  const absl::string_view line = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  return absl::StrCat("line ", 1 + absl::c_count(before, '\n'), ":",
                      1 + line.size() - static_cast<size_t>(absl::c_count_if(line, continues)));
}

}  // namespace

absl::Status ToStatus(const Fault& fault, absl::string_view source, absl::string_view text) {
  const absl::string_view advice = AdviceAt(text, fault.offset);
  return absl::InvalidArgumentError(
      absl::StrCat(source == "-" ? "standard input" : EscapeUnprintable(source), ": byte ",
                   fault.offset, ", ", LineAndColumn(text, fault.offset), ": ", fault.message,
                   absl::StrContains(fault.message, advice) ? "" : advice));
}

bool IsGroupedNumber(absl::string_view number) {
  const size_t first = Digits(number);
  return first >= 1 && first <= 3 && first < number.size() && number[first] == '.' &&
         number.size() == first + 4 && Digits(number.substr(first + 1)) == 3;
}

}  // namespace loadline::results
