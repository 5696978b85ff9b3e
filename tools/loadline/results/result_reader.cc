#include "tools/loadline/results/result_reader.h"

#include <rapidjson/error/error.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <cmath>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/charconv.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "loadline/base/status_macros.h"
#include "tools/loadline/results/fault.h"
#include "tools/loadline/results/json.h"
#include "tools/loadline/results/locale_advice.h"
#include "tools/loadline/results/result_row.h"
#include "tools/loadline/results/stray_text.h"
#include "tools/loadline/results/text_safety.h"
#include "tools/loadline/results/tokens.h"

namespace loadline::results {
namespace {

constexpr size_t kMaxDepth = 64;
constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";  // some editors write it before a text
// From here on an object's names are looked up in a hash set; most objects stay below.
constexpr size_t kFewMembers = 24;

absl::Status ToStatus(absl::string_view source, absl::string_view text, const Fault& fault) {
  const std::string file = source == "-" ? "standard input" : EscapeUnprintable(source);
  return absl::InvalidArgumentError(absl::StrCat(
      file, ": byte ", fault.offset, ", ", LineAndColumn(text, fault.offset), ": ", fault.message));
}

// Where the string began whose closing quote is the byte before `end`.
size_t StringBegin(absl::string_view text, size_t end) {
  size_t quote = end - 1;
  while (quote > 0) {
    quote = text.rfind('"', quote - 1);
    if (quote == absl::string_view::npos) return 0;
    size_t slashes = 0;
    while (slashes < quote && text[quote - 1 - slashes] == '\\') ++slashes;
    if (slashes % 2 == 0) return quote;
  }
  return 0;
}

// The integer that `text` is, if it has few enough digits to be one without a look at its value.
std::optional<int64_t> ShortInteger(absl::string_view text) {
  constexpr size_t kDigits = 18;
  const bool negative = text[0] == '-';
  if (negative) text.remove_prefix(1);
  if (text.empty() || text.size() > kDigits || (negative && text == "0")) return std::nullopt;
  int64_t value = 0;
  for (char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return negative ? -value : value;
}

// The number that `text` is, which the parser has found well-formed; nothing when a double cannot
// hold it.
std::optional<Number> ToNumber(absl::string_view text) {
  if (const auto integer = ShortInteger(text))
    return Number{static_cast<double>(*integer), integer};
  if (text.back() == 'N') return Number{std::numeric_limits<double>::quiet_NaN(), {}};
  if (text.back() == 'y' || text.back() == 'f') {
    const double infinity = std::numeric_limits<double>::infinity();
    return Number{text[0] == '-' ? -infinity : infinity, {}};
  }
  int64_t integer = 0;
  if (absl::SimpleAtoi(text, &integer) && text != "-0") {
    return Number{static_cast<double>(integer), integer};
  }
  double value = 0;
  const auto result = absl::from_chars(text.data(), text.data() + text.size(), value);
  // "1e-999" is out of range as well, and is zero.
  if (result.ptr != text.data() + text.size() || !std::isfinite(value) ||
      (result.ec != std::errc() && std::fabs(value) > 1)) {
    return std::nullopt;
  }
  return Number{value, {}};
}

// Receives the parser's events and builds documents. Every callback returns false to stop at a
// fault, which is then in fault().
class Builder {
 public:
  using Ch = char;

  Builder(absl::string_view text, const rapidjson::MemoryStream& stream, ResultSink& sink)
      : text_(text), stream_(stream), sink_(sink) {}

  const std::optional<Fault>& fault() const { return fault_; }
  // The document that has just ended, without its rows.
  ResultFile Take() { return std::exchange(file_, ResultFile()); }

  bool Null() { return InRow() ? RowTook(row_.Null()) : Add(Json()); }
  bool Bool(bool value) { return InRow() ? RowTook(row_.Bool(value)) : Add(value); }
  // Never called: the parser gives numbers as text, because its own conversion is undefined for
  // some of them ("0e99").
  bool Int(int) { return UnexpectedNumber(); }
  bool Uint(unsigned) { return UnexpectedNumber(); }
  bool Int64(int64_t) { return UnexpectedNumber(); }
  bool Uint64(uint64_t) { return UnexpectedNumber(); }
  bool Double(double) { return UnexpectedNumber(); }

  // The number just read; its text is taken from the file, since the parser leaves NaN and
  // Infinity out of what it passes.
  bool RawNumber(const char*, rapidjson::SizeType, bool) {
    const size_t end = stream_.Tell();
    size_t begin = end;
    while (begin > 0 && IsNumberChar(text_[begin - 1])) --begin;
    const std::optional<Number> number = ToNumber(text_.substr(begin, end - begin));
    if (!number.has_value()) return Fail("found a number that is out of a double's range", begin);
    if (InRow()) return TakeNumber(*number, text_.substr(begin, end - begin));
    return Add(number->integer.has_value() ? Json(*number->integer) : Json(number->value));
  }

  bool String(const char* chars, rapidjson::SizeType size, bool) {
    const absl::string_view value(chars, size);
    // The parser accepts an escaped lone low surrogate.
    if (!IsValidUtf8(value)) return FailAtString("found a string that is not Unicode");
    return InRow() ? RowTook(row_.Text(value)) : Add(value);
  }

  bool Key(const char* chars, rapidjson::SizeType size, bool) {
    const absl::string_view name(chars, size);
    if (!IsValidUtf8(name)) return FailAtString("found a name that is not Unicode");
    if (InRow()) {
      row_key_end_ = stream_.Tell();
      return row_.Name(name) || FailAtString(row_.problem());
    }
    Frame& frame = frames_.back();
    if (!frame.AddName(name)) {
      return FailAtString(absl::StrCat("found the name ", Quoted(name), " twice in one object"));
    }
    frame.key = std::string(name);
    frame.key_ends.push_back(stream_.Tell());
    return true;
  }

  // The parser calls these before it takes the bracket.
  bool StartObject() {
    const Level level = InBenchmarks() ? Level::kRow : Level::kObject;
    if (!Push(level)) return false;
    if (level == Level::kRow) row_.Begin();
    return true;
  }
  bool StartArray() {
    if (frames_.empty()) return Fail("found an array, want a JSON object", stream_.Tell());
    if (InBenchmarks()) return FailAtElement(stream_.Tell() + 1);
    const bool rows = frames_.size() == 1 && frames_[0].key == "benchmarks";
    return Push(rows ? Level::kBenchmarks : Level::kArray);
  }

  bool EndObject(rapidjson::SizeType) {
    if (InRow()) return EndRow();
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (frames_.empty()) return Finish(std::move(frame));
    return AddNested(Json(std::move(frame.members)));
  }
  bool EndArray(rapidjson::SizeType) {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    return AddNested(Json(std::move(frame.elements)));
  }

 private:
  enum class Level { kObject, kArray, kBenchmarks, kRow };

  struct Frame {
    Frame(Level of, size_t bracket) : level(of), offset(bracket) {}

    Level level;
    size_t offset;    // of its bracket
    std::string key;  // the member whose value comes next
    Json::Object members;
    Json::Array elements;
    std::vector<size_t> key_ends;
    absl::flat_hash_set<std::string> names;  // filled from kFewMembers on

    // False when the name is there already.
    bool AddName(absl::string_view name) {
      if (members.size() < kFewMembers) {
        for (const Json::Member& member : members) {
          if (member.first == name) return false;
        }
        return true;
      }
      if (names.empty()) {
        for (const Json::Member& member : members) names.insert(member.first);
      }
      return names.emplace(name).second;
    }
  };

  static bool IsNumberChar(char c) {
    return (c >= '0' && c <= '9') ||
           absl::string_view("+-.eENaInfity").find(c) != absl::string_view::npos;
  }

  bool InRow() const { return !frames_.empty() && frames_.back().level == Level::kRow; }
  bool InBenchmarks() const {
    return !frames_.empty() && frames_.back().level == Level::kBenchmarks;
  }

  bool UnexpectedNumber() { return Fail("found a number that was not asked for", stream_.Tell()); }

  bool Fail(std::string message, size_t offset) {
    fault_ = Fault{std::move(message), offset};
    return false;
  }
  // At the string whose closing quote was just read.
  bool FailAtString(std::string message) {
    return Fail(std::move(message), StringBegin(text_, stream_.Tell()));
  }
  bool FailAtElement(size_t end) {
    return Fail("found an element of \"benchmarks\" that is no object", end - 1);
  }

  bool Push(Level level) {
    if (frames_.size() >= kMaxDepth) {
      return Fail(absl::StrCat("found more than ", kMaxDepth, " levels of nesting"),
                  stream_.Tell());
    }
    frames_.emplace_back(level, stream_.Tell());
    return true;
  }

  bool AddNested(Json value) {
    return InRow() ? RowTook(row_.Nested(std::move(value))) : Add(std::move(value));
  }

  bool Add(Json value) {
    if (frames_.empty()) return Fail("found no JSON object at the top", 0);
    Frame& frame = frames_.back();
    if (frame.level == Level::kObject) {
      frame.members.emplace_back(std::move(frame.key), std::move(value));
      return true;
    }
    if (frame.level == Level::kBenchmarks) return FailAtElement(stream_.Tell());
    frame.elements.push_back(std::move(value));
    return true;
  }

  bool RowTook(bool took) { return took || Fail(row_.problem(), StringBegin(text_, row_key_end_)); }

  // Where a whole number is wanted, a locale's separator of thousands may look like a point.
  bool TakeNumber(const Number& number, absl::string_view text) {
    if (row_.Number(number)) return true;
    const bool grouped = row_.WantsInteger() && IsGroupedNumber(text);
    return Fail(absl::StrCat(row_.problem(), grouped ? "; " : "", grouped ? kLocaleAdvice : ""),
                StringBegin(text_, row_key_end_));
  }

  bool EndRow() {
    const size_t offset = frames_.back().offset;
    frames_.pop_back();
    if (!row_.Finish()) return Fail(row_.problem(), offset);
    sink_.OnRow(row_.row());
    return true;
  }

  bool Finish(Frame top) {
    bool has_benchmarks = false;
    for (size_t i = 0; i < top.members.size(); ++i) {
      auto& [name, value] = top.members[i];
      const auto fail = [&](const char* message) {
        return Fail(message, StringBegin(text_, top.key_ends[i]));
      };
      if (name == "benchmarks") {
        has_benchmarks = true;
        if (!std::holds_alternative<Json::Array>(value.value)) {
          return fail("\"benchmarks\" is not an array");
        }
      } else if (name == "context") {
        auto* context = std::get_if<Json::Object>(&value.value);
        if (context == nullptr) return fail("\"context\" is not an object");
        file_.context = std::move(*context);
      } else {
        file_.extras.push_back(std::move(top.members[i]));
      }
    }
    return has_benchmarks || FailWithoutBenchmarks(top.offset);
  }

  // Programs log in JSON, too.
  bool FailWithoutBenchmarks(size_t offset) {
    const bool elsewhere = absl::StrContains(text_, "\"benchmarks\"");
    return Fail(absl::StrCat("the object has no \"benchmarks\"", elsewhere ? "; " : "",
                             elsewhere ? kStrayTextAdvice : ""),
                offset);
  }

  const absl::string_view text_;
  const rapidjson::MemoryStream& stream_;
  ResultSink& sink_;
  std::vector<Frame> frames_;
  RowReader row_;
  size_t row_key_end_ = 0;
  ResultFile file_;
  std::optional<Fault> fault_;
};

std::string FoundAt(absl::string_view text, size_t offset) {
  if (offset >= text.size()) return "the end of the file";
  return Quoted(text.substr(offset, FirstChar(text.substr(offset)).size));
}

std::string Explain(rapidjson::ParseErrorCode code, absl::string_view text, size_t offset) {
  using namespace rapidjson;  // NOLINT: the enumerators have no scope of their own
  const std::string found = FoundAt(text, offset);
  switch (code) {
    case kParseErrorDocumentRootNotSingular:
      return absl::StrCat("found ", found, " after the end of the object");
    case kParseErrorObjectMissName:
      return absl::StrCat("found ", found, ", want a name in quotes");
    case kParseErrorObjectMissColon:
      return absl::StrCat("found ", found, ", want : after the name");
    case kParseErrorObjectMissCommaOrCurlyBracket:
      return absl::StrCat("found ", found, ", want , or }");
    case kParseErrorArrayMissCommaOrSquareBracket:
      return absl::StrCat("found ", found, ", want , or ]");
    case kParseErrorStringUnicodeEscapeInvalidHex:
    case kParseErrorStringUnicodeSurrogateInvalid:
      return "found an escape that is no Unicode character";
    case kParseErrorStringEscapeInvalid:
      return absl::StrCat("found an unknown escape or a bare control in a string at ", found);
    case kParseErrorStringMissQuotationMark:
      return "found a string that does not end";
    case kParseErrorStringInvalidEncoding:
      return absl::StrCat("found ", found, " in a string, which is no UTF-8 or a bare control");
    case kParseErrorNumberTooBig:
      return "found a number that is out of a double's range";
    case kParseErrorNumberMissFraction:
    case kParseErrorNumberMissExponent:
      return absl::StrCat("found ", found, " in a number, want a digit");
    default:
      return absl::StrCat("found ", found, ", want a JSON value");
  }
}

constexpr unsigned kParseFlags = rapidjson::kParseIterativeFlag |
                                 rapidjson::kParseNumbersAsStringsFlag |
                                 rapidjson::kParseValidateEncodingFlag |
                                 rapidjson::kParseNanAndInfFlag | rapidjson::kParseStopWhenDoneFlag;

// The smallest document has 17 bytes, and is a process with an environment and a line of its own in
// every report: without a limit a file would cost a hundred times its size.
constexpr size_t kMostDocuments = 4096;

// The documents of a text, one after another.
class Documents {
 public:
  Documents(absl::string_view text, ResultSink& sink)
      : text_(text),
        stream_(text.data(), text.size()),
        sink_(sink),
        builder_(text, stream_, sink) {}

  std::optional<Fault> Read(absl::string_view source, size_t most) {
    for (size_t count = 1; !AtEnd(count); ++count) {
      if (count > 1 && text_[stream_.Tell()] != '{') return Trailing("after the end of the object");
      if (count > most) {
        return Trailing(absl::StrCat("after the end of the object, want at most ", most,
                                     most == 1 ? " result document" : " result documents",
                                     " in this file"));
      }
      if (std::optional<Fault> fault = ReadOne()) return fault;
      ResultFile document = builder_.Take();
      document.source =
          count == 1 ? std::string(source) : absl::StrCat(source, " (document ", count, ")");
      sink_.OnDocument(std::move(document));
    }
    return std::nullopt;
  }

 private:
  // The first document is there even where nothing is: the parser says what is missing.
  bool AtEnd(size_t count) {
    rapidjson::SkipWhitespace(stream_);
    if (absl::StartsWith(text_.substr(stream_.Tell()), kByteOrderMark)) {
      stream_.src_ += sizeof(kByteOrderMark) - 1;
      rapidjson::SkipWhitespace(stream_);
    }
    return count > 1 && stream_.Tell() == text_.size();
  }

  std::optional<Fault> ReadOne() {
    const rapidjson::ParseResult result = reader_.Parse<kParseFlags>(stream_, builder_);
    if (builder_.fault().has_value()) return builder_.fault();
    if (!result.IsError()) return std::nullopt;
    return Fault{Explain(result.Code(), text_, result.Offset()), result.Offset()};
  }

  Fault Trailing(absl::string_view where) const {
    const size_t offset = stream_.Tell();
    return Fault{absl::StrCat("found ", FoundAt(text_, offset), " ", where), offset};
  }

  const absl::string_view text_;
  rapidjson::MemoryStream stream_;
  ResultSink& sink_;
  Builder builder_;
  rapidjson::Reader reader_;
};

absl::Status Stream(absl::string_view source, std::string text, size_t most, ResultSink& sink) {
  std::optional<Fault> fault = PrepareTokens(text);
  if (!fault.has_value()) fault = Documents(text, sink).Read(source, most);
  if (!fault.has_value()) return absl::OkStatus();
  std::string advice = AdviceOnLocale(text, fault->offset);
  if (advice.empty()) advice = AdviceOnStrayText(text, fault->offset);
  // The reader itself advises where the parser finds nothing wrong.
  if (!absl::StrContains(fault->message, advice)) fault->message += advice;
  return ToStatus(source, text, *fault);
}

class Collector : public ResultSink {
 public:
  void OnRow(Row& row) override { rows_.push_back(std::move(row)); }
  void OnDocument(ResultFile document) override {
    document.rows = std::exchange(rows_, {});
    files_.push_back(std::move(document));
  }
  std::vector<ResultFile> Take() { return std::move(files_); }

 private:
  std::vector<Row> rows_;
  std::vector<ResultFile> files_;
};

}  // namespace

absl::Status StreamResults(absl::string_view source, std::string text, ResultSink& sink) {
  return Stream(source, std::move(text), kMostDocuments, sink);
}

absl::Status StreamResultFile(absl::string_view path, ResultSink& sink,
                              const InputOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(std::string text, ReadInputFile(path, options));
  return StreamResults(path, std::move(text), sink);
}

absl::StatusOr<ResultFile> ParseResultFile(absl::string_view source, std::string text) {
  Collector collector;
  LOADLINE_RETURN_IF_ERROR(Stream(source, std::move(text), 1, collector));
  return std::move(collector.Take().front());
}

absl::StatusOr<ResultFile> ReadResultFile(absl::string_view path, const InputOptions& options) {
  LOADLINE_ASSIGN_OR_RETURN(std::string text, ReadInputFile(path, options));
  return ParseResultFile(path, std::move(text));
}

absl::StatusOr<std::vector<ResultFile>> ReadResultFiles(absl::string_view path,
                                                        const InputOptions& options) {
  Collector collector;
  LOADLINE_RETURN_IF_ERROR(StreamResultFile(path, collector, options));
  return collector.Take();
}

}  // namespace loadline::results
