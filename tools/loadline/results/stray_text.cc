#include "tools/loadline/results/stray_text.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/utf8.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {
namespace {

absl::string_view LineAt(absl::string_view text, size_t offset) {
  const size_t before = text.substr(0, offset).rfind('\n');
  const size_t begin = before == absl::string_view::npos ? 0 : before + 1;
  return text.substr(begin, std::min(text.find('\n', offset), text.size()) - begin);
}

bool IsPrinted(absl::string_view line) {
  while (!line.empty()) {
    const TextChar c = FirstChar(line);
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

// Whether a word may stand in a result file outside strings; the last one may be cut off.
bool IsJsonWord(absl::string_view word, bool may_be_cut) {
  for (absl::string_view known : {"true", "false", "null", "nan", "inf", "infinity"}) {
    if (absl::EqualsIgnoreCase(word, known)) return true;
    if (may_be_cut && absl::StartsWithIgnoreCase(known, word)) return true;
  }
  return false;
}

// Other than letters alone: the "e" of a number.
bool HasForeignWord(absl::string_view outside, bool may_be_cut) {
  const auto letter = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return absl::ascii_isalpha(byte) || byte >= 0x80;
  };
  for (auto begin = outside.begin(); begin != outside.end();) {
    begin = std::find_if(begin, outside.end(), letter);
    const auto end = std::find_if_not(begin, outside.end(), letter);
    const absl::string_view word(outside.data() + (begin - outside.begin()),
                                 static_cast<size_t>(end - begin));
    const bool cut = may_be_cut && end == outside.end();
    if (word.size() > 1 && !IsJsonWord(word, cut)) return true;
    begin = end;
  }
  return false;
}

// A rule, a percentage, a count: nothing that JSON is made of, and not nothing.
bool HasNoStructure(absl::string_view line) {
  return line.find_first_of("\"{}[]:,") == absl::string_view::npos &&
         !absl::StripAsciiWhitespace(line).empty();
}

}  // namespace

std::string AdviceOnStrayText(absl::string_view text, size_t offset) {
  text = absl::StripTrailingAsciiWhitespace(text);
  if (offset >= text.size() || !absl::StrContains(text, "\"benchmarks\"")) return "";
  // A string that is broken off is where its line ends; what breaks in comes next.
  const absl::string_view line = LineAt(text, text[offset] == '\n' ? offset + 1 : offset);
  const bool last = line.data() + line.size() == text.data() + text.size();
  if (!IsPrinted(line)) return "";
  if (!HasForeignWord(OutsideStrings(line), last) && !HasNoStructure(line)) return "";
  return absl::StrCat("; ", kStrayTextAdvice);
}

}  // namespace loadline::results
