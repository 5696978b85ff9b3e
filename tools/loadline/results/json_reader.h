#ifndef TOOLS_LOADLINE_RESULTS_JSON_READER_H_
#define TOOLS_LOADLINE_RESULTS_JSON_READER_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/loadline/results/json.h"

namespace loadline::results {

// Reads JSON from an untrusted text, piece by piece as the caller asks for it. Beyond JSON it takes
// NaN, Infinity and "inf" in any case. It reads 64 levels and numbers of 64 bytes at most.
//
// What returns bool is false at a fault, which is in status() as "FILE: byte 120, line 4:17: ...",
// with advice where the cause seems to be known; nothing is to be read after it.
class JsonReader {
 public:
  // `source` is what messages call the text, "-" standard input. Both must outlive the reader.
  JsonReader(absl::string_view source, const std::string& text)
      : source_(source), text_(text), at_(text.c_str()) {}

  // The first byte of what comes next, after space; 0 at the end. It is at offset() then.
  char Peek();
  size_t offset() const { return OffsetOf(at_); }
  absl::string_view text() const { return text_; }
  // Of UTF-8, which some editors write before a text.
  void SkipByteOrderMark();

  bool ReadValue(Json& out);  // integers of 63 bits as int64_t, other numbers as double
  bool ReadArray(absl::FunctionRef<bool()> element);
  // `member` is given each name, which holds until something is read, and the offset of its quote;
  // it reads the value.
  using Member = absl::FunctionRef<bool(absl::string_view name, size_t at)>;
  bool ReadObject(Member member);
  bool ReadUniqueMembers(Member member);  // the same, of an object that has no name twice

  bool Fail(size_t at, std::string message);
  // Of what is at offset(): "found " what it is, and then `what`, as ", want , or }".
  bool FailHere(absl::string_view what);
  const absl::Status& status() const { return status_; }

 private:
  size_t OffsetOf(const char* at) const { return static_cast<size_t>(at - text_.c_str()); }
  absl::string_view Rest() const { return text().substr(offset()); }
  std::string Found() const;
  absl::string_view Letters() const;  // that come next
  bool SkipDigits(int before = 0);
  bool SkipCharacter();
  bool ReadList(char close, absl::FunctionRef<bool()> element);
  bool ReadString(absl::string_view kind, absl::string_view& out);
  bool ReadEscape(absl::string_view kind, size_t string);
  bool ReadHex4(uint32_t& out);
  bool ReadWord(absl::string_view word);
  bool ReadNumber(Json& out);
  bool ReadNonFinite(bool negative, Json& out);
  bool FailInString();

  const absl::string_view source_;
  const std::string& text_;
  const char* at_;  // a NUL ends the text
  size_t depth_ = 0;
  std::string unescaped_;  // the string that was read last, if it has escapes
  absl::Status status_;
};

}  // namespace loadline::results

#endif  // TOOLS_LOADLINE_RESULTS_JSON_READER_H_
