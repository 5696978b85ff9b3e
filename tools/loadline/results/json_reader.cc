#include "tools/loadline/results/json_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/utf8.h"
#include "tools/loadline/results/fault_advice.h"
#include "tools/loadline/results/text_safety.h"

namespace loadline::results {
namespace {

constexpr size_t kMaxDepth = 64;
constexpr ptrdiff_t kMaxNumberBytes = 64;
constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr char kWantValue[] = ", want a JSON value";
constexpr char kWantDigit[] = " in a number, want a digit";

// "line 4:17" of a byte offset: lines and columns from 1, a column is a UTF-8 character.
std::string LineAndColumn(absl::string_view text, size_t offset) {
  const absl::string_view before = text.substr(0, offset);
  const absl::string_view line = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
  const auto continues = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  return absl::StrCat(
      "line ", 1 + std::count(before.begin(), before.end(), '\n'), ":",
      1 + line.size() - static_cast<size_t>(std::count_if(line.begin(), line.end(), continues)));
}

// What a string may hold as it is and has one byte.
bool IsPlain(char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; }

void AppendUtf8(uint32_t code_point, std::string& out) {
  const int more = code_point < 0x80 ? 0 : code_point < 0x800 ? 1 : code_point < 0x10000 ? 2 : 3;
  const uint32_t mark = more == 0 ? 0 : 0xFF80u >> more;  // as many ones as there are bytes
  out.push_back(static_cast<char>(mark | code_point >> 6 * more));
  for (int shift = 6 * (more - 1); shift >= 0; shift -= 6) {
    out.push_back(static_cast<char>(0x80 | (code_point >> shift & 0x3F)));
  }
}

}  // namespace

char JsonReader::Peek() {
  while (*at_ == ' ' || *at_ == '\n' || *at_ == '\r' || *at_ == '\t') ++at_;
  return *at_;
}

void JsonReader::SkipByteOrderMark() {
  Peek();
  if (absl::StartsWith(Rest(), kByteOrderMark)) at_ += kByteOrderMark.size();
}

bool JsonReader::ReadValue(Json& out) {
  switch (Peek()) {
    case '{': {
      auto& members = out.value.emplace<Json::Object>();
      return ReadUniqueMembers([&](absl::string_view name, size_t) {
        return ReadValue(members.emplace_back(name, Json()).second);
      });
    }
    case '[': {
      auto& elements = out.value.emplace<Json::Array>();
      return ReadArray([&] { return ReadValue(elements.emplace_back()); });
    }
    case '"': {
      absl::string_view text;
      if (!ReadString("string", text)) return false;
      out.value.emplace<std::string>(text);
      return true;
    }
    case 't':
      out.value = true;
      return ReadWord("true");
    case 'f':
      out.value = false;
      return ReadWord("false");
    case 'n':
      if (absl::EqualsIgnoreCase(Letters(), "nan")) return ReadNumber(out);
      out.value = nullptr;
      return ReadWord("null");
    default:
      return ReadNumber(out);
  }
}

bool JsonReader::ReadArray(absl::FunctionRef<bool()> element) { return ReadList(']', element); }

bool JsonReader::ReadObject(Member member) {
  return ReadList('}', [&] {
    if (Peek() != '"') return FailHere(", want a name in quotes");
    const size_t at = offset();
    absl::string_view name;
    if (!ReadString("name", name)) return false;
    if (Peek() != ':') return FailHere(", want : after the name");
    ++at_;
    return member(name, at);
  });
}

bool JsonReader::ReadUniqueMembers(Member member) {
  absl::flat_hash_set<std::string> names;
  return ReadObject([&](absl::string_view name, size_t at) {
    if (names.emplace(name).second) return member(name, at);
    return Fail(at, absl::StrCat("found the name ", Quoted(name), " twice in one object"));
  });
}

// From the opening bracket to `close`.
bool JsonReader::ReadList(char close, absl::FunctionRef<bool()> element) {
  if (depth_ == kMaxDepth) {
    return Fail(offset(), absl::StrCat("found more than ", kMaxDepth, " levels of nesting"));
  }
  ++depth_;
  ++at_;
  for (bool more = Peek() != close; more;) {
    if (!element()) return false;
    more = Peek() == ',';
    if (more) ++at_;
  }
  if (*at_ != close) return FailHere(close == '}' ? ", want , or }" : ", want , or ]");
  ++at_;
  --depth_;
  return true;
}

// `out` is a part of the text or unescaped_.
bool JsonReader::ReadString(absl::string_view kind, absl::string_view& out) {
  const size_t begin = offset();
  const char* rest = ++at_;  // what is not in unescaped_
  unescaped_.clear();
  for (;;) {
    while (IsPlain(*at_)) ++at_;
    if (*at_ == '"') break;
    if (*at_ == '\\') {
      unescaped_.append(rest, at_);
      if (!ReadEscape(kind, begin)) return false;
      rest = at_;
    } else if (!SkipCharacter()) {
      return false;
    }
  }
  out = absl::string_view(rest, static_cast<size_t>(at_ - rest));
  if (!unescaped_.empty()) out = unescaped_.append(rest, at_);
  ++at_;
  return true;
}

// One that is not plain.
bool JsonReader::SkipCharacter() {
  if (Rest().empty()) return Fail(offset(), "found a string that does not end");
  const Utf8Char c = FirstUtf8Char(Rest());
  if (!c.valid) return FailHere(" in a string, which is no UTF-8 or a bare control");
  if (c.code_point < 0x20) return FailInString();
  at_ += c.size;
  return true;
}

// Into unescaped_. The string of that kind begins at `string`.
bool JsonReader::ReadEscape(absl::string_view kind, size_t string) {
  const size_t begin = offset();
  const size_t which = absl::string_view("\"\\/bfnrt").find(at_[1]);
  if (which != absl::string_view::npos) {
    unescaped_.push_back("\"\\/\b\f\n\r\t"[which]);
    at_ += 2;
    return true;
  }
  if (at_[1] != 'u') return FailInString();
  uint32_t code_point = 0;
  bool good = ReadHex4(code_point);
  if (good && code_point >= 0xD800 && code_point < 0xDC00) {
    uint32_t low = 0;
    good = absl::StartsWith(Rest(), "\\u") && ReadHex4(low) && low >= 0xDC00 && low < 0xE000;
    code_point = 0x10000 + ((code_point - 0xD800) << 10) + (low - 0xDC00);
  }
  if (!good) return Fail(begin, "found an escape that is no Unicode character");
  if (code_point >= 0xDC00 && code_point < 0xE000) {
    return Fail(string, absl::StrCat("found a ", kind, " that is not Unicode"));
  }
  AppendUtf8(code_point, unescaped_);
  return true;
}

// Of "\u12ab".
bool JsonReader::ReadHex4(uint32_t& out) {
  const absl::string_view digits = Rest().substr(2, 4);
  const char* const end = digits.data() + digits.size();
  if (digits.size() < 4 || std::from_chars(digits.data(), end, out, 16).ptr != end) return false;
  at_ = end;
  return true;
}

// As much of it as is there.
bool JsonReader::ReadWord(absl::string_view word) {
  const absl::string_view rest = Rest();
  const auto missing = std::mismatch(word.begin(), word.end(), rest.begin(), rest.end()).first;
  at_ += missing - word.begin();
  return missing == word.end() || FailHere(kWantValue);
}

bool JsonReader::ReadNumber(Json& out) {
  const char* const begin = at_;
  if (*at_ == '-') ++at_;
  if (!Letters().empty()) return ReadNonFinite(at_ != begin, out);
  const char* const digits = at_;
  if (*at_ == '0') {
    ++at_;
  } else if (!SkipDigits()) {
    return FailHere(kWantValue);
  }
  const char* const point = at_;
  if (*at_ == '.' && !SkipDigits(1)) return FailHere(kWantDigit);
  if (*at_ == 'e' || *at_ == 'E') {
    if (!SkipDigits(at_[1] == '+' || at_[1] == '-' ? 2 : 1)) return FailHere(kWantDigit);
  }
  if (at_ - digits > kMaxNumberBytes) {
    return Fail(OffsetOf(digits), absl::StrCat("found a number of ", at_ - digits,
                                               " bytes, want at most ", kMaxNumberBytes));
  }
  int64_t integer = 0;
  const bool whole = at_ == point && std::from_chars(begin, at_, integer).ec == std::errc();
  if (whole && (integer != 0 || digits == begin)) {  // "-0" is none
    out.value = integer;
    return true;
  }
  double value = 0;
  const std::errc error = absl::from_chars(begin, at_, value).ec;
  // "1e-999" is out of range as well, and is zero.
  if (error != std::errc() && std::fabs(value) > 1) {
    return Fail(OffsetOf(begin), "found a number that is out of a double's range");
  }
  out.value = value;
  return true;
}

// In any case as a word of its own, otherwise as JavaScript spells it.
bool JsonReader::ReadNonFinite(bool negative, Json& out) {
  const absl::string_view word = Letters();
  const bool nan = *at_ == 'N' || *at_ == 'n';
  const double value =
      nan ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  out.value = negative ? -value : value;
  for (const absl::string_view known : {"nan", "inf", "infinity"}) {
    if (absl::EqualsIgnoreCase(word, known)) return ReadWord(word);
  }
  if (*at_ == 'N') return ReadWord("NaN");
  if (*at_ == 'I') return ReadWord("Inf") && (*at_ != 'i' || ReadWord("inity"));
  return FailHere(kWantValue);
}

// After so many bytes. False where there are none.
bool JsonReader::SkipDigits(int before) {
  const char* const begin = at_ += before;
  while (*at_ >= '0' && *at_ <= '9') ++at_;
  return at_ != begin;
}

absl::string_view JsonReader::Letters() const {
  const absl::string_view rest = Rest();
  return rest.substr(
      0, static_cast<size_t>(std::find_if_not(rest.begin(), rest.end(), absl::ascii_isalpha) -
                             rest.begin()));
}

std::string JsonReader::Found() const {
  if (Rest().empty()) return "the end of the file";
  return Quoted(Rest().substr(0, FirstChar(Rest()).size));
}

bool JsonReader::FailHere(absl::string_view what) {
  return Fail(offset(), absl::StrCat("found ", Found(), what));
}

bool JsonReader::FailInString() {
  return Fail(offset(),
              absl::StrCat("found an unknown escape or a bare control in a string at ", Found()));
}

bool JsonReader::Fail(size_t at, std::string message) {
  const std::string advice = AdviceOnFault(text_, at);
  // The caller advises itself where nothing is wrong with the JSON.
  if (!absl::StrContains(message, advice)) message += advice;
  status_ = absl::InvalidArgumentError(
      absl::StrCat(source_ == "-" ? "standard input" : EscapeUnprintable(source_), ": byte ", at,
                   ", ", LineAndColumn(text_, at), ": ", message));
  return false;
}

}  // namespace loadline::results
